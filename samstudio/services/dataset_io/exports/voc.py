"""Pascal VOC, as its development kit of 2012 has it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pictures

from samstudio.domain import Category, InvalidInput
from samstudio.services.dataset_io.exports.files import write_lines, write_with
from samstudio.services.dataset_io.exports.format import ExportFormat
from samstudio.services.dataset_io.exports.label_pictures import fitting, label_picture
from samstudio.services.dataset_io.exports.notes import Notes
from samstudio.services.dataset_io.exports.source import ExportReport, ExportSource, copy_image
from samstudio.services.dataset_io.exports.voc_xml import voc_document
from samstudio.services.dataset_io.label_masks import save_labels

BACKGROUND = "background"
RENAMED = "{was} changed, since a label map cannot hold some characters, and names the background itself"
VOC_LABELS = 254
"""A VOC picture has one byte a pixel: 0 is background and 255 is kept for what nobody marked."""


def write_voc(source: ExportSource, out: Path) -> ExportReport:
    """Write ``JPEGImages/``, ``Annotations/`` (boxes), ``SegmentationObject/``, ``SegmentationClass/``.

    As VOC2012 has them: box corners count pixels from 1 and both belong to the
    box; pictures are of one byte a pixel with VOC's palette. ``labelmap.txt``
    names the classes by their value, as CVAT and datumaro write and read it.
    Source: the VOC2012 development kit.

    Raises:
        InvalidInput: There is nothing to export, there are more categories than `VOC_LABELS`, or
            every image has more objects than that.
    """
    report = ExportReport()
    classes = voc_names(source.categories(), source.notes)
    if len(classes) > VOC_LABELS:
        raise InvalidInput(f"VOC holds at most {VOC_LABELS} categories, not {len(classes)}: export as coco")
    values = {category_id: value for value, category_id in enumerate(classes, start=1)}
    stems = []
    for item in fitting(source, VOC_LABELS):
        stem = Path(item.name).stem
        copy_image(item, out / "JPEGImages", report)
        labels = label_picture(item, source)
        kinds = np.array([0, *(values[each.category.id] for each in item.annotations)], np.uint8)
        for folder, picture in (
            ("SegmentationObject", labels.astype(np.uint8)),
            ("SegmentationClass", kinds[labels]),
        ):
            write_with(out / folder / f"{stem}.png", partial(_write_palette, values=picture))
        write_with(out / "Annotations" / f"{stem}.xml", voc_document(item, classes).write)
        stems.append(stem)
        report.files += 3
    write_lines(out / "labelmap.txt", _label_map([BACKGROUND, *classes.values()]))
    write_lines(out / "ImageSets" / "Segmentation" / "default.txt", stems)
    report.files += 2
    return report


def voc_names(categories: Sequence[Category], notes: Notes) -> dict[int, str]:
    """Return each category's name in a label map, by id; those that had to be changed are noted.

    A line ends a field at a colon and is a comment behind a number sign, and the
    background has a name of its own.
    """
    names: dict[int, str] = {}
    taken = {BACKGROUND}
    for category in categories:
        name = re.sub(r"^#|[:\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]", "_", category.name).strip()
        numbered = (name, *(f"{name}_{number}" for number in range(2, len(categories) + 3)))
        names[category.id] = next(one for one in numbered if one not in taken)
        taken.add(names[category.id])
        if names[category.id] != category.name:
            notes.add(RENAMED, f"{category.name} as {names[category.id]}", noun="name")
    return names


def _label_map(names: list[str]) -> list[str]:
    colours = _palette()
    lines = (f"{name}:{','.join(map(str, colours[value]))}::" for value, name in enumerate(names))
    return ["# label:color_rgb:parts:actions", *lines]


def _write_palette(path: Path, values: NDArray[np.uint8]) -> None:
    picture = Pictures.fromarray(values, mode="L")
    picture.putpalette(_palette().tobytes())
    save_labels(picture, path)


def _palette() -> NDArray[np.uint8]:
    """Compute VOC's colours, uint8 256x3: a value's bits, spread over the channels from the highest down."""
    value = np.arange(256)
    colours = np.zeros((256, 3), np.uint8)
    for place in range(8):
        for channel in range(3):
            bit = (value >> (3 * place + channel)) & 1
            colours[:, channel] |= (bit << (7 - place)).astype(np.uint8)
    return colours


VOC = ExportFormat(
    name="voc",
    label="VOC",
    description="Pascal VOC: boxes, and pictures of objects and classes",
    write=write_voc,
)
