"""Ultralytics YOLO segmentation: one text file of outlines an image, and ``data.yaml``."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from samstudio.masks import Mask
from samstudio.services.dataset_io.exports.files import write_text
from samstudio.services.dataset_io.exports.format import ExportFormat
from samstudio.services.dataset_io.exports.source import ExportReport, ExportSource, copy_image

Points = NDArray[np.float64]


def write_yolo(source: ExportSource, out: Path) -> ExportReport:
    """Write ``images/``, ``labels/`` and ``data.yaml``: a line an object, ``class x y x y …``.

    Coordinates are parts of the image's sides. An outline runs through the middles
    of the border's pixels, as Ultralytics' own ``convert_segment_masks_to_yolo_seg``
    takes it from OpenCV: filled with its border, it is the mask. A line holds one
    outline: an object's further parts and its holes are joined to it by a cut there
    and back, as ``merge_multi_segment`` joins parts.
    Every image is listed for training: whoever trains splits them.

    Raises:
        InvalidInput: There is nothing to export.
    """
    report = ExportReport()
    numbers = {category.id: number for number, category in enumerate(source.categories())}
    joined = 0
    for item in source.items():
        copy_image(item, out / "images", report)
        lines = []
        for annotation, mask in zip(item.annotations, item.masks, strict=True):
            line, rings = _line(mask.decode(), numbers[annotation.category.id])
            lines.append(line)
            joined += rings > 1
        write_text(out / "labels" / f"{Path(item.name).stem}.txt", "".join(lines))
        report.files += 1
    write_text(out / "data.yaml", _data_yaml([category.name for category in source.categories()]))
    report.files += 1
    if joined:
        report.notes.append(
            f"{joined} objects have holes or several parts, and a YOLO line holds one outline: they are "
            "joined by cuts of one pixel; the coco format keeps them as they are"
        )
    return report


def _line(mask: Mask, number: int) -> tuple[str, int]:
    """Return an object's line, and of how many outlines it was made."""
    rings = _outlines(mask)
    height, width = mask.shape
    outline = (_joined(rings) + 0.5) / (width, height)
    points = " ".join(f"{value:.6f}" for value in outline.reshape(-1))
    return f"{number} {points}\n", len(rings)


def _outlines(mask: Mask) -> list[Points]:
    """Trace closed outlines, float64 Nx2 (x, y) with N >= 3, through the border pixels of parts and holes."""
    found, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    rings = [np.asarray(ring, np.float64).reshape(-1, 2) for ring in found]
    return [np.concatenate((ring, ring[-1:].repeat(max(0, 3 - len(ring)), axis=0))) for ring in rings]


def _joined(rings: list[Points]) -> Points:
    """Join outlines to one: from its nearest point into each further one, around it, and back."""
    whole = rings[0]
    for ring in rings[1:]:
        apart = np.square(whole[:, None] - ring[None]).sum(axis=2)
        here, there = np.unravel_index(apart.argmin(), apart.shape)
        around = np.roll(ring, -there, axis=0)
        whole = np.concatenate((whole[: here + 1], around, around[:1], whole[here:]))
    return whole


def _data_yaml(names: list[str]) -> str:
    # JSON's strings are YAML's double-quoted ones, whatever a category is called.
    listed = "".join(
        f"  {number}: {json.dumps(name, ensure_ascii=False)}\n" for number, name in enumerate(names)
    )
    return f"train: images\nval: images\nnames:\n{listed}"


YOLO = ExportFormat(
    name="yolo",
    label="YOLO",
    description="Outlines for Ultralytics YOLO segmentation, and the images",
    write=write_yolo,
)
