"""Pascal VOC, as its development kit of 2012 has it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pictures

from samstudio.domain import Annotation, InvalidInput
from samstudio.services.dataset_io.exports.files import write_lines, write_with
from samstudio.services.dataset_io.exports.format import ExportFormat
from samstudio.services.dataset_io.exports.label_pictures import fitting, label_picture
from samstudio.services.dataset_io.exports.source import ExportItem, ExportReport, ExportSource, copy_image

VOC_LABELS = 254
"""A VOC picture has one byte a pixel: 0 is background and 255 is kept for what nobody marked."""


def write_voc(source: ExportSource, out: Path) -> ExportReport:
    """Write ``JPEGImages/``, ``Annotations/`` (boxes), ``SegmentationObject/``, ``SegmentationClass/``.

    As VOC2012 has them: box corners count pixels from 1 and both belong to the
    box; pictures are of one byte a pixel with VOC's palette; ``labelmap.txt``
    names the classes by their value. Source: the VOC2012 development kit.

    Raises:
        InvalidInput: There is nothing to export, there are more categories than `VOC_LABELS`, or
            every image has more objects than that.
    """
    report = ExportReport()
    classes = {category.id: value for value, category in enumerate(source.categories(), start=1)}
    if len(classes) > VOC_LABELS:
        raise InvalidInput(f"VOC holds at most {VOC_LABELS} categories, not {len(classes)}: export as coco")
    stems = []
    for item in fitting(source, VOC_LABELS):
        stem = Path(item.name).stem
        copy_image(item, out / "JPEGImages", report)
        labels = label_picture(item, source)
        kinds = np.array([0, *(classes[each.category.id] for each in item.annotations)], np.uint8)
        for folder, values in (
            ("SegmentationObject", labels.astype(np.uint8)),
            ("SegmentationClass", kinds[labels]),
        ):
            write_with(out / folder / f"{stem}.png", partial(_write_palette, values=values))
        write_with(out / "Annotations" / f"{stem}.xml", _voc_document(item).write)
        stems.append(stem)
        report.files += 3
    names = ["background", *(category.name for category in source.categories())]
    write_lines(out / "labelmap.txt", names)
    write_lines(out / "ImageSets" / "Segmentation" / "default.txt", stems)
    report.files += 2
    return report


def _voc_document(item: ExportItem) -> ET.ElementTree[ET.Element]:
    root = ET.Element("annotation")
    _text(root, "folder", "JPEGImages")
    _text(root, "filename", item.name)
    size = ET.SubElement(root, "size")
    for name, value in (("width", item.image.width), ("height", item.image.height), ("depth", 3)):
        _text(size, name, value)
    _text(root, "segmented", 1)
    for annotation in item.annotations:
        root.append(_voc_object(annotation, item))
    ET.indent(root)
    return ET.ElementTree(root)


def _voc_object(annotation: Annotation, item: ExportItem) -> ET.Element:
    x0, y0, x1, y1 = (int(side) for side in annotation.box)
    cut_off = x0 == 0 or y0 == 0 or x1 == item.image.width - 1 or y1 == item.image.height - 1
    found = ET.Element("object")
    for name, value in (
        ("name", annotation.category.name),
        ("pose", "Unspecified"),
        ("truncated", int(cut_off)),
    ):
        _text(found, name, value)
    _text(found, "difficult", 0)
    box = ET.SubElement(found, "bndbox")
    for name, value in (("xmin", x0 + 1), ("ymin", y0 + 1), ("xmax", x1 + 1), ("ymax", y1 + 1)):
        _text(box, name, value)
    return found


def _text(parent: ET.Element, name: str, value: object) -> None:
    ET.SubElement(parent, name).text = str(value)


def _write_palette(path: Path, values: NDArray[np.uint8]) -> None:
    picture = Pictures.fromarray(values, mode="L")
    picture.putpalette(_voc_palette())
    picture.save(path, format="PNG")


def _voc_palette() -> bytes:
    """Compute VOC's colours: the bits of a value, spread over red, green and blue from the highest down."""
    value = np.arange(256)
    colours = np.zeros((256, 3), np.uint8)
    for place in range(8):
        for channel in range(3):
            bit = (value >> (3 * place + channel)) & 1
            colours[:, channel] |= (bit << (7 - place)).astype(np.uint8)
    return colours.tobytes()


VOC = ExportFormat(
    name="voc",
    label="VOC",
    description="Pascal VOC: boxes, and pictures of objects and classes",
    write=write_voc,
)
