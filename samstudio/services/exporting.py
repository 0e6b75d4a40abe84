"""The accepted annotations as folders that other tools read: a registry of formats, by name.

Files are written beside and renamed; files of other origin in the folder are left alone.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np

from samstudio.domain import Annotation, AnnotationStatus, Image, InvalidInput
from samstudio.masks import decode_rle
from samstudio.services.annotations import AnnotationService
from samstudio.services.files import write_with
from samstudio.services.images import ImageService
from samstudio.services.label_masks import MAX_LABEL, write_labels


@dataclass(frozen=True)
class ExportItem:
    """One image with accepted annotations; ``name`` is its file's, unique in the export, as is its stem."""

    image: Image
    name: str
    source: Path
    annotations: list[Annotation]


@dataclass
class ExportReport:
    """What an export wrote; ``notes`` are sentences on what the format could not carry."""

    images: int = 0
    annotations: int = 0
    files: int = 0
    notes: list[str] = field(default_factory=list)


class ExportSource:
    """What the formats write: the images with at least one accepted annotation."""

    def __init__(self, *, images: ImageService, annotations: AnnotationService) -> None:
        self._images = images
        self._annotations = annotations

    def items(self) -> Iterator[ExportItem]:
        """The images in the order they were added, one at a time; raises InvalidInput when there is none."""
        images = self._images.list()
        counts = self._annotations.counts_by_image([image.id for image in images])
        accepted = [image for image in images if counts[image.id]]
        if not accepted:
            raise InvalidInput("there is nothing to export: accept at least one mask first")
        taken: set[str] = set()
        for image in accepted:
            source = self._images.path(image.id)
            name = _unique_name(image, source.suffix, taken)
            yield ExportItem(image, name, source, self._annotations.list(image.id, AnnotationStatus.ACCEPTED))

    def categories(self) -> list[dict[str, Any]]:
        """Every category as COCO lists it."""
        return [{"id": c.id, "name": c.name, "supercategory": ""} for c in self._annotations.categories()]


Exporter: TypeAlias = Callable[[ExportSource, Path], ExportReport]


def export_coco(source: ExportSource, out: Path) -> ExportReport:
    """``annotations.json`` (COCO instances, masks as compressed RLE) and ``images/``."""
    report = ExportReport()
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for item in source.items():
        _copy_image(item, out, report)
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
        "categories": source.categories(),
    }
    text = json.dumps(document, ensure_ascii=False)
    write_with(out / "annotations.json", lambda path: path.write_text(text, encoding="utf-8"))
    report.files += 1
    return report


def export_masks(source: ExportSource, out: Path) -> ExportReport:
    """``images/`` and ``masks/``: one 16-bit label PNG an image, the layout that ``import`` reads."""
    report = ExportReport()
    hidden = 0
    for item in source.items():
        if len(item.annotations) > MAX_LABEL:
            raise InvalidInput(f"{item.image.filename} has more than {MAX_LABEL} objects: export it as coco")
        _copy_image(item, out, report)
        labels, overlapped = _label_picture(item)
        write_with(out / "masks" / f"{Path(item.name).stem}.png", lambda path: write_labels(path, labels))  # noqa: B023
        report.files += 1
        hidden += overlapped
    if hidden:
        report.notes.append(
            f"{hidden} pixels belong to several objects, and a label picture holds one a pixel: "
            "the smaller object got them, or the upper one where a person ordered the objects; "
            "the coco format keeps both"
        )
    return report


FORMATS: Mapping[str, Exporter] = MappingProxyType({"coco": export_coco, "masks": export_masks})
"""The formats by the name that ``export --format`` takes."""


def _label_picture(item: ExportItem) -> tuple[np.ndarray[Any, np.dtype[np.uint16]], int]:
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


def _copy_image(item: ExportItem, out: Path, report: ExportReport) -> None:
    write_with(out / "images" / item.name, lambda path: shutil.copyfile(item.source, path), durable=False)
    report.images += 1
    report.annotations += len(item.annotations)
    report.files += 1


def _unique_name(image: Image, suffix: str, taken: set[str]) -> str:
    """The image's own name with the stored file's suffix; longer when another image has its stem."""
    stem = Path(image.filename).stem or "image"
    for candidate in (stem, f"{stem}-{image.id[:8]}", f"{stem}-{image.id}"):
        if candidate.casefold() not in taken:
            taken.add(candidate.casefold())
            return candidate + suffix
    raise AssertionError("an image's id is its own")
