"""Exports as Ultralytics YOLO segmentation: one text file of outlines an image, and ``data.yaml``."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from samstudio.domain import Annotation, InvalidInput, Size
from samstudio.masks import decode_rle
from samstudio.outlines import polygons_of
from samstudio.services.export_source import ExportReport, ExportSource, copy_image
from samstudio.services.files import write_with

TOLERANCE = 0.75
"""Pixels that an outline may be off: a slanted edge's stairs become a line."""

Points = NDArray[np.float64]


def export_yolo(source: ExportSource, out: Path) -> ExportReport:
    """``images/``, ``labels/`` and ``data.yaml``: a line an object, ``class x y x y …``.

    Coordinates are parts of the image's sides. A line holds one outline: an
    object's further parts and its holes are joined to it by a cut there and
    back, as Ultralytics' own COCO converter joins parts (``merge_multi_segment``).
    Every image is for training: how to split them is for who trains.
    """
    report = ExportReport()
    numbers = {category.id: number for number, category in enumerate(source.categories())}
    joined = 0
    for item in source.items():
        copy_image(item, out / "images", report)
        lines = []
        for annotation in item.annotations:
            line, rings = _line(annotation, numbers[annotation.category.id], item.image.size)
            lines.append(line)
            joined += rings > 1
        _write_text(out / "labels" / f"{Path(item.name).stem}.txt", "".join(lines))
        report.files += 1
    _write_text(out / "data.yaml", _data_yaml([category.name for category in source.categories()]))
    report.files += 1
    if joined:
        report.notes.append(
            f"{joined} objects have holes or several parts, and a YOLO line holds one outline: they are "
            "joined by cuts without width; the coco format keeps them as they are"
        )
    return report


def _line(annotation: Annotation, number: int, size: Size) -> tuple[str, int]:
    """An object's line, and of how many outlines it was made."""
    mask = decode_rle(annotation.rle)
    try:
        rings = polygons_of(mask, tolerance=TOLERANCE) or polygons_of(mask)
    except InvalidInput as error:
        raise InvalidInput(
            f"object {annotation.id} is too ragged for an outline: mend its mask, or export as coco"
        ) from error
    outline = _joined([np.asarray(ring).reshape(-1, 2) for ring in rings]) / (size[1], size[0])
    points = " ".join(f"{value:.6f}" for value in outline.reshape(-1))
    return f"{number} {points}\n", len(rings)


def _joined(rings: list[Points]) -> Points:
    """One outline through all: from its nearest point into each further one, around it, and back."""
    whole = rings[0]
    for ring in rings[1:]:
        apart = np.square(whole[:, None] - ring[None]).sum(axis=2)
        here, there = np.unravel_index(apart.argmin(), apart.shape)
        around = np.roll(ring, -there, axis=0)
        whole = np.concatenate((whole[: here + 1], around, around[:1], whole[here:]))
    return whole


def _write_text(path: Path, text: str) -> None:
    write_with(path, lambda temporary: temporary.write_text(text, encoding="utf-8"))


def _data_yaml(names: list[str]) -> str:
    # JSON's strings are YAML's double-quoted ones, whatever a category is called.
    listed = "".join(
        f"  {number}: {json.dumps(name, ensure_ascii=False)}\n" for number, name in enumerate(names)
    )
    return f"train: images\nval: images\nnames:\n{listed}"
