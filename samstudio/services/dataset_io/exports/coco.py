"""COCO instances: one JSON file with exact masks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from samstudio.domain import Annotation, Image
from samstudio.services.dataset_io.exports.categories import export_numbers
from samstudio.services.dataset_io.exports.files import place
from samstudio.services.dataset_io.exports.format import ExportFormat
from samstudio.services.dataset_io.exports.source import ExportItem, ExportReport, ExportSource, copy_image

DESCRIPTION = "Exported by SAM Studio"


def write_coco(source: ExportSource, out: Path) -> ExportReport:
    """Write ``annotations.json`` (COCO instances, masks as compressed RLE) and ``images/``.

    Notes and flags are in ``attributes``, where there are any. Categories have
    the ids that they came in with. The annotations are written as they are
    read: memory holds one image's. Format: https://cocodataset.org/#format-data.

    Raises:
        InvalidInput: There is nothing to export.
    """
    report = ExportReport()
    numbers = export_numbers(source.categories())
    images: list[dict[str, Any]] = []
    with place(out / "annotations.json").open("w", encoding="utf-8", newline="") as file:
        file.write(f'{{"info": {_json({"description": DESCRIPTION})}, "licenses": [], "annotations": [')
        between = ""
        for item in source.items():
            copy_image(item, out / "images", report)
            images.append(_coco_image(item, number=len(images) + 1))
            for annotation in item.annotations:
                found = _coco_annotation(annotation, len(images), numbers[annotation.category.id])
                file.write(f"{between}\n{_json(found)}")
                between = ","
        categories = [
            {"id": numbers[one.id], "name": one.name, "supercategory": one.supercategory}
            | ({"description": one.description} if one.description else {})
            for one in source.categories()
        ]
        file.write(f'\n], "images": {_json(images)}, "categories": {_json(categories)}}}\n')
    report.files += 1
    return report


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _coco_image(item: ExportItem, *, number: int) -> dict[str, Any]:
    size = {"width": item.image.width, "height": item.image.height}
    return {"id": number, "file_name": item.name, **size, **_attributes(item.image)}


def _coco_annotation(annotation: Annotation, image_id: int, category_id: int) -> dict[str, Any]:
    x0, y0, x1, y1 = annotation.box
    return {
        "id": annotation.id,
        "image_id": image_id,
        "category_id": category_id,
        "segmentation": annotation.rle,
        "area": annotation.area,
        "bbox": [x0, y0, x1 - x0 + 1, y1 - y0 + 1],  # COCO: left, top, width, height
        "iscrowd": 0,
        **_attributes(annotation),
    }


def _attributes(one: Image | Annotation) -> dict[str, Any]:
    """Return the note and the flag under the name that CVAT has for what COCO has no field for."""
    said = {"note": one.note, "flagged": one.flagged}
    there = {name: value for name, value in said.items() if value}
    return {"attributes": there} if there else {}


COCO = ExportFormat(
    name="coco",
    label="COCO",
    description="One annotations.json with exact masks, and the images",
    write=write_coco,
)
