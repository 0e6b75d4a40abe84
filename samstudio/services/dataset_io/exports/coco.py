"""COCO instances: one JSON file with exact masks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from samstudio.domain import Annotation
from samstudio.services.dataset_io.exports.files import write_text
from samstudio.services.dataset_io.exports.format import ExportFormat
from samstudio.services.dataset_io.exports.source import ExportReport, ExportSource, copy_image


def write_coco(source: ExportSource, out: Path) -> ExportReport:
    """Write ``annotations.json`` (COCO instances, masks as compressed RLE) and ``images/``.

    Format: https://cocodataset.org/#format-data.

    Raises:
        InvalidInput: There is nothing to export.
    """
    report = ExportReport()
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for item in source.items():
        copy_image(item, out / "images", report)
        images.append(
            {
                "id": len(images) + 1,
                "file_name": item.name,
                "width": item.image.width,
                "height": item.image.height,
            }
        )
        annotations += [_coco_annotation(each, image_id=len(images)) for each in item.annotations]
    document = {
        "info": {"description": "Exported by SAM Studio"},
        "licenses": [],
        "images": images,
        "annotations": annotations,
        "categories": [{"id": c.id, "name": c.name, "supercategory": ""} for c in source.categories()],
    }
    text = json.dumps(document, ensure_ascii=False)
    write_text(out / "annotations.json", text)
    report.files += 1
    return report


def _coco_annotation(annotation: Annotation, *, image_id: int) -> dict[str, Any]:
    x0, y0, x1, y1 = annotation.box
    return {
        "id": annotation.id,
        "image_id": image_id,
        "category_id": annotation.category.id,
        "segmentation": annotation.rle,
        "area": annotation.area,
        "bbox": [x0, y0, x1 - x0 + 1, y1 - y0 + 1],  # COCO: left, top, width, height
        "iscrowd": 0,
    }


COCO = ExportFormat(
    name="coco",
    label="COCO",
    description="One annotations.json with exact masks, and the images",
    write=write_coco,
)
