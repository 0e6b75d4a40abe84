"""Exports as label pictures: one 16-bit PNG an image, and the folders of Pascal VOC."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pictures

from samstudio.domain import Annotation, InvalidInput
from samstudio.files import write_text, write_with
from samstudio.masks import decode_rle
from samstudio.services.dataset_io.export_source import ExportItem, ExportReport, ExportSource, copy_image
from samstudio.services.dataset_io.label_masks import MAX_LABEL, write_labels

VOC_LABELS = 254
"""A VOC picture has one byte a pixel: 0 is background and 255 is kept for what nobody marked."""


def export_masks(source: ExportSource, out: Path) -> ExportReport:
    """``images/`` and ``masks/``: one 16-bit label PNG an image, the layout that ``import`` reads."""
    report = ExportReport()
    hidden = 0
    for item in source.items():
        _must_fit(item, MAX_LABEL)
        copy_image(item, out / "images", report)
        labels, overlapped = _label_picture(item)
        write_with(out / "masks" / f"{Path(item.name).stem}.png", partial(write_labels, labels=labels))
        report.files += 1
        hidden += overlapped
    _tell_overlaps(hidden, report)
    return report


def export_voc(source: ExportSource, out: Path) -> ExportReport:
    """Pascal VOC: ``JPEGImages/``, ``Annotations/`` (boxes), ``SegmentationObject/``, ``SegmentationClass/``.

    As VOC2012 has them: box corners count pixels from 1 and both belong to the
    box; pictures are of one byte a pixel with VOC's palette; ``labelmap.txt``
    names the classes by their value. Source: the VOC2012 development kit.
    """
    report = ExportReport()
    classes = {category.id: value for value, category in enumerate(source.categories(), start=1)}
    if len(classes) > VOC_LABELS:
        raise InvalidInput(f"VOC holds at most {VOC_LABELS} categories, not {len(classes)}: export as coco")
    hidden, stems = 0, []
    for item in source.items():
        _must_fit(item, VOC_LABELS)
        stem = Path(item.name).stem
        copy_image(item, out / "JPEGImages", report)
        labels, overlapped = _label_picture(item)
        kinds = np.array([0, *(classes[each.category.id] for each in item.annotations)], np.uint8)
        for folder, values in (
            ("SegmentationObject", labels.astype(np.uint8)),
            ("SegmentationClass", kinds[labels]),
        ):
            write_with(out / folder / f"{stem}.png", partial(_write_palette, values=values))
        write_with(out / "Annotations" / f"{stem}.xml", _voc_document(item).write)
        stems.append(stem)
        report.files += 3
        hidden += overlapped
    names = ["background", *(category.name for category in source.categories())]
    _write_lines(out / "labelmap.txt", names)
    _write_lines(out / "ImageSets" / "Segmentation" / "default.txt", stems)
    report.files += 2
    _tell_overlaps(hidden, report)
    return report


def _must_fit(item: ExportItem, most: int) -> None:
    if len(item.annotations) > most:
        raise InvalidInput(f"{item.image.filename} has more than {most} objects: export it as coco")


def _tell_overlaps(hidden: int, report: ExportReport) -> None:
    if hidden:
        report.notes.append(
            f"{hidden} pixels belong to several objects, and a label picture holds one a pixel: "
            "the smaller object got them, or the upper one where a person ordered the objects; "
            "the coco format keeps both"
        )


def _label_picture(item: ExportItem) -> tuple[NDArray[np.uint16], int]:
    """uint16 HxW labels 1, 2, … in the order of the annotations, and how many pixels overlapped.

    The order that a person gave the objects of an image holds. Where nobody
    did, large objects are painted first, so that a small one stays whole.
    """
    order = list(range(len(item.annotations)))
    if all(each.rank is None for each in item.annotations):
        order.sort(key=lambda index: -item.annotations[index].area)
    labels = np.zeros(item.image.size, np.uint16)
    overlapped = 0
    for index in order:
        mask = decode_rle(item.annotations[index].rle)
        overlapped += int(np.count_nonzero(labels[mask]))
        labels[mask] = index + 1
    return labels, overlapped


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


def _write_lines(path: Path, lines: list[str]) -> None:
    write_text(path, "".join(f"{line}\n" for line in lines))


def _write_palette(path: Path, values: NDArray[np.uint8]) -> None:
    picture = Pictures.fromarray(values, mode="L")
    picture.putpalette(_voc_palette())
    picture.save(path, format="PNG")


def _voc_palette() -> bytes:
    """VOC's colours: the bits of a value, spread over red, green and blue from the highest down."""
    value = np.arange(256)
    colours = np.zeros((256, 3), np.uint8)
    for place in range(8):
        for channel in range(3):
            bit = (value >> (3 * place + channel)) & 1
            colours[:, channel] |= (bit << (7 - place)).astype(np.uint8)
    return colours.tobytes()
