"""Label Studio: one JSON file of tasks with brushes, which hold every mask exactly."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from samstudio.domain import Annotation, AnnotationStatus
from samstudio.masks import RunLengths
from samstudio.masks.brush import brush_of_mask
from samstudio.services.dataset_io.exports.files import place, write_with
from samstudio.services.dataset_io.exports.format import ExportFormat
from samstudio.services.dataset_io.exports.source import ExportItem, ExportReport, ExportSource, copy_image
from samstudio.services.dataset_io.exports.xml_text import XmlNames

CONTROL, OBJECT = "tag", "image"
"""The names of the brush and of the image in the labelling configuration."""

LOCAL_FILES = "/data/local-files/?d=images/"
"""Where Label Studio serves an image of its local storage, whose root is the export's folder."""


def write_label_studio(source: ExportSource, out: Path) -> ExportReport:
    """Write ``tasks.json``, ``label_config.xml`` and ``images/``.

    Accepted objects are a task's annotation; others are its prediction, which a
    person there may take. Source: ``label_studio_sdk.converter``.

    Raises:
        InvalidInput: There is nothing to export.
    """
    report = ExportReport()
    names = XmlNames(source)
    with place(out / "tasks.json").open("w", encoding="utf-8", newline="") as file:
        before = "[\n"
        for item in source.items():
            copy_image(item, out / "images", report)
            file.write(before + json.dumps(_task(item, names), ensure_ascii=False, separators=(",", ":")))
            before = ",\n"
        file.write("\n]\n")
    write_with(out / "label_config.xml", _configuration(source, names).write)
    report.files += 2
    return report


def _task(item: ExportItem, names: XmlNames) -> dict[str, Any]:
    accepted = list(_results(item, names, accepted=True))
    others = list(_results(item, names, accepted=False))
    task: dict[str, Any] = {"data": {OBJECT: LOCAL_FILES + quote(item.name)}}
    if accepted or not others:
        task["annotations"] = [{"result": accepted, "was_cancelled": False, "ground_truth": False}]
    if others:
        task["predictions"] = [{"result": others, "model_version": "SAM Studio"}]
    return task


def _results(item: ExportItem, names: XmlNames, *, accepted: bool) -> Iterator[dict[str, Any]]:
    for one, mask in zip(item.annotations, item.masks, strict=True):
        if (one.status is AnnotationStatus.ACCEPTED) == accepted:
            yield _result(one, mask, item, names)


def _result(annotation: Annotation, mask: RunLengths, item: ExportItem, names: XmlNames) -> dict[str, Any]:
    return {
        "id": str(annotation.id),
        "type": "brushlabels",
        "from_name": CONTROL,
        "to_name": OBJECT,
        "origin": "manual",
        "image_rotation": 0,
        "original_width": item.image.width,
        "original_height": item.image.height,
        "value": {
            "format": "rle",
            "rle": list(brush_of_mask(mask)),
            "brushlabels": [names.of(annotation.category)],
        },
    }


def _configuration(source: ExportSource, names: XmlNames) -> ET.ElementTree[ET.Element]:
    """Return the labelling configuration: a brush with the categories, in their order and colours."""
    view = ET.Element("View")
    ET.SubElement(view, "Image", name=OBJECT, value=f"${OBJECT}", zoom="true")
    brush = ET.SubElement(view, "BrushLabels", name=CONTROL, toName=OBJECT)
    for category in source.categories():
        ET.SubElement(brush, "Label", value=names.of(category), background=category.color)
    ET.indent(view)
    return ET.ElementTree(view)


LABEL_STUDIO = ExportFormat(
    name="label-studio",
    label="Label Studio",
    description="Tasks with brushes for Label Studio, its labelling configuration, and the images",
    write=write_label_studio,
)
