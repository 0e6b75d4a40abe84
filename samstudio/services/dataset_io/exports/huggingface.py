"""A folder that Hugging Face ``datasets`` loads: images, label maps and ``metadata.jsonl``."""

from __future__ import annotations

import json
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from samstudio.services.dataset_io.exports.files import place, write_with
from samstudio.services.dataset_io.exports.format import ExportFormat
from samstudio.services.dataset_io.exports.label_pictures import fitting, label_picture
from samstudio.services.dataset_io.exports.source import ExportItem, ExportReport, ExportSource, copy_image
from samstudio.services.dataset_io.label_masks import MAX_LABEL, write_labels

FOLDERS = {"val": "validation", "test": "test"}
"""Names of folders that ``datasets`` reads as splits."""


def write_huggingface(source: ExportSource, out: Path) -> ExportReport:
    """Write folders with ``images/``, ``masks/`` and ``metadata.jsonl``, the ``imagefolder`` layout.

    A row has ``image``, ``mask`` (16-bit labels, 1, 2, …), ``name``, ``group`` and ``objects``: lists of the
    mask's ``value``, ``category``, ``bbox`` (left, top, width, height) and ``area`` of each. What people
    fixed for validation or testing is in ``validation/`` and ``test/``; all else is in ``train/``, to be
    split by ``group``. Format: https://huggingface.co/docs/datasets/image_dataset.

    Raises:
        InvalidInput: There is nothing to export, or every image has more objects than labels fit.
    """
    report = ExportReport()
    with ExitStack() as files:
        rows: dict[str, TextIO] = {}
        for item in fitting(source, MAX_LABEL):
            folder = out / FOLDERS.get(item.split or "", "train")
            if folder.name not in rows:
                path = place(folder / "metadata.jsonl")
                rows[folder.name] = files.enter_context(path.open("w", encoding="utf-8", newline=""))
            copy_image(item, folder / "images", report, originals=out / "originals")
            labels = label_picture(item, source)
            mask = f"masks/{Path(item.name).stem}.png"
            write_with(folder / mask, partial(write_labels, labels=labels))
            rows[folder.name].write(json.dumps(_row(item, mask), ensure_ascii=False) + "\n")
            report.files += 1
    report.files += len(rows)
    return report


def _row(item: ExportItem, mask: str) -> dict[str, Any]:
    boxes = [annotation.box for annotation in item.annotations]
    return {
        "file_name": f"images/{item.name}",
        "mask_file_name": mask,
        "name": Path(item.name).stem,
        "group": item.image.group or item.image.id,
        "objects": {
            "value": list(range(1, len(boxes) + 1)),
            "category": [annotation.category.name for annotation in item.annotations],
            "bbox": [[x0, y0, x1 - x0 + 1, y1 - y0 + 1] for x0, y0, x1, y1 in boxes],
            "area": [annotation.area for annotation in item.annotations],
        },
    }


HUGGINGFACE = ExportFormat(
    name="huggingface",
    label="Hugging Face",
    description="A folder that Hugging Face datasets loads: images, masks and metadata.jsonl",
    write=write_huggingface,
)
