"""labelme: one JSON file beside each image, with exact masks."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image as Pictures

from samstudio.domain import Annotation
from samstudio.masks import Mask, RunLengths
from samstudio.services.dataset_io.exports.files import write_lines, write_text
from samstudio.services.dataset_io.exports.format import ExportFormat
from samstudio.services.dataset_io.exports.source import ExportItem, ExportReport, ExportSource, copy_image

VERSION = "5.5.0"
"""The version of labelme whose format this is; the first with shapes of the kind ``mask`` is 5.2."""


def write_labelme(source: ExportSource, out: Path) -> ExportReport:
    """Write each image with a JSON file of its stem beside it, and ``labels.txt``.

    Every object is one shape of the kind ``mask``: a PNG of its box, which holds
    parts and holes exactly. ``labels.txt`` lists the categories, as labelme's ``--labels``
    takes them. Source: ``labelme._label_file`` of labelme 6.

    Raises:
        InvalidInput: There is nothing to export.
    """
    report = ExportReport()
    for item in source.items():
        copy_image(item, out, report)
        text = json.dumps(_document(item), ensure_ascii=False, indent=2)
        write_text(out / f"{Path(item.name).stem}.json", text)
        report.files += 1
    write_lines(out / "labels.txt", [category.name for category in source.categories()])
    report.files += 1
    return report


def _document(item: ExportItem) -> dict[str, Any]:
    shapes = [_shape(one, mask) for one, mask in zip(item.annotations, item.masks, strict=True)]
    return {
        "version": VERSION,
        "flags": {},
        "shapes": shapes,
        "imagePath": item.name,
        "imageData": None,
        "imageHeight": item.image.height,
        "imageWidth": item.image.width,
    }


def _shape(annotation: Annotation, mask: RunLengths) -> dict[str, Any]:
    x0, y0, x1, y1 = mask.box
    return {
        "label": annotation.category.name,
        "points": [[x0, y0], [x1, y1]],  # the first and the last pixel of the box
        "group_id": None,
        "description": "",
        "shape_type": "mask",
        "flags": {},
        "mask": _png(mask.decode_box()),
    }


def _png(crop: Mask) -> str:
    out = io.BytesIO()
    Pictures.fromarray(crop.astype(np.uint8)).save(out, format="PNG")
    return base64.b64encode(out.getvalue()).decode("ascii")


LABELME = ExportFormat(
    name="labelme",
    label="labelme",
    description="One labelme JSON file beside each image, with exact masks",
    write=write_labelme,
)
