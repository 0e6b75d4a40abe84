"""CVAT for images 1.1: one XML file with exact masks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TextIO
from xml.sax.saxutils import escape, quoteattr

from samstudio.domain import Annotation
from samstudio.masks import RunLengths
from samstudio.masks.crops import row_runs
from samstudio.services.dataset_io.exports.files import place
from samstudio.services.dataset_io.exports.format import ExportFormat
from samstudio.services.dataset_io.exports.source import ExportItem, ExportReport, ExportSource, copy_image
from samstudio.services.dataset_io.exports.xml_text import XmlNames, xml_text


def write_cvat(source: ExportSource, out: Path) -> ExportReport:
    """Write ``annotations.xml`` and ``images/``.

    Every object is a ``mask``: run-lengths along the rows of its box, which hold parts
    and holes exactly. Source: ``cvat.apps.dataset_manager.formats.cvat``.

    Raises:
        InvalidInput: There is nothing to export.
    """
    report = ExportReport()
    names = XmlNames(source)
    with place(out / "annotations.xml").open("w", encoding="utf-8", newline="") as file:
        file.write('<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n  <version>1.1</version>\n')
        _write_meta(source, names, file)
        for item in source.items():
            copy_image(item, out / "images", report)
            _write_image(item, report.images - 1, names, file)
        file.write("</annotations>\n")
    report.files += 1
    return report


def _write_meta(source: ExportSource, names: XmlNames, file: TextIO) -> None:
    """Write the labels, in the order of the categories and with their colours."""
    file.write("  <meta>\n    <task>\n      <name>SAM Studio</name>\n      <mode>annotation</mode>\n")
    file.write("      <labels>\n")
    for category in source.categories():
        name = escape(names.of(category))
        file.write(
            f"        <label>\n          <name>{name}</name>\n          <color>{category.color}</color>\n"
            "          <type>any</type>\n          <attributes>\n          </attributes>\n        </label>\n"
        )
    file.write("      </labels>\n    </task>\n  </meta>\n")


def _write_image(item: ExportItem, number: int, names: XmlNames, file: TextIO) -> None:
    image = {"id": number, "name": item.name, "width": item.image.width, "height": item.image.height}
    file.write(f"  <image {_attributes(image)}>\n")
    for order, (one, mask) in enumerate(zip(item.annotations, item.masks, strict=True)):
        file.write(f"    <mask {_attributes(_mask(one, mask, order, names))}>\n    </mask>\n")
    file.write("  </image>\n")


def _mask(annotation: Annotation, mask: RunLengths, order: int, names: XmlNames) -> dict[str, object]:
    x0, y0, x1, y1 = (int(side) for side in mask.box)
    return {
        "label": names.of(annotation.category),
        "source": "manual",
        "occluded": 0,
        "rle": ", ".join(map(str, row_runs(mask.decode_box()).tolist())),
        "left": x0,
        "top": y0,
        "width": x1 - x0 + 1,
        "height": y1 - y0 + 1,
        "z_order": order,
    }


def _attributes(values: Mapping[str, object]) -> str:
    return " ".join(f"{name}={quoteattr(xml_text(str(value)))}" for name, value in values.items())


CVAT = ExportFormat(
    name="cvat",
    label="CVAT",
    description="One annotations.xml for CVAT (for images 1.1) with exact masks, and the images",
    write=write_cvat,
)
