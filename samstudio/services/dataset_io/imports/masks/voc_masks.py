"""Pascal VOC's pictures of objects and classes, and how objects of both and of the XML are the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from samstudio.domain import Box, InvalidInput, Size
from samstudio.masks import usable_mask
from samstudio.services.dataset_io.imports.masks.mask_objects import MaskFile, Naming, read_masks_of
from samstudio.services.dataset_io.imports.parsing.voc_annotation import LabelMap, VocAnnotation, object_of
from samstudio.services.dataset_io.imports.reading import FoundObject, FoundObjects, Skipped, code_of
from samstudio.services.dataset_io.label_masks import MaskObject, open_mask

SAME = 0.5
"""A mask and a box of the XML are one object where their boxes overlap by so much (IoU)."""


@dataclass(frozen=True)
class VocImage:
    """What there is for one image: its XML files, and its pictures of objects and of classes."""

    annotations: tuple[VocAnnotation, ...] = ()
    objects: MaskFile | None = None
    classes: MaskFile | None = None


def read_image(voc: VocImage, labels: LabelMap, size: Size) -> FoundObjects:
    """Return the objects of an image of ``size`` (H, W).

    Those of the picture of objects have exact masks; those of the XML alone have
    boxes. Where there is a picture of classes alone, each class is one object.
    """
    boxes = _boxes(voc, size)
    masks = _masks(voc, labels, size)
    taken: set[int] = set()
    objects = []
    for mask in masks.objects:
        found = _same(mask, boxes.objects, taken, size)
        if found is not None:
            taken.add(found)
            named = replace(mask, category=mask.category or boxes.objects[found].category)
        else:
            named = replace(mask, category=mask.category or mask.label.replace("value", "class"))
        objects.append(named)
    objects += [box for number, box in enumerate(boxes.objects) if number not in taken]
    return FoundObjects(objects, [*masks.skipped, *boxes.skipped])


def _boxes(voc: VocImage, size: Size) -> FoundObjects:
    """Return the objects of the XML."""
    found = FoundObjects()
    for annotation in voc.annotations:
        if annotation.size not in (None, size) and annotation.objects:
            found.skipped.append(_other_size(annotation, size))
            continue
        for one in annotation.objects:
            try:
                found.objects.append(object_of(one, annotation.first_pixel, size))
            except InvalidInput as error:
                found.skipped.append(Skipped(f"{one.label} in {annotation.source}", str(error)))
    return found


def _other_size(annotation: VocAnnotation, size: Size) -> Skipped:
    height, width = annotation.size or size
    why = (
        f"{annotation.filename} is {size[1]}x{size[0]} pixels but {annotation.source} says {width}x{height}: "
        "its boxes are for another size"
    )
    return Skipped(annotation.source, why, code="other_size", count=len(annotation.objects))


def _masks(voc: VocImage, labels: LabelMap, size: Size) -> FoundObjects:
    """Return the objects of the picture of objects, or of classes; their category is empty where unknown."""
    picture = voc.objects or voc.classes
    if picture is None:
        return FoundObjects()
    problems: list[Skipped] = []
    name = _class_names(voc.classes, labels, size, problems)
    found = read_masks_of([picture], Naming(lambda _mask, one: name(one)), size)
    return FoundObjects(found.objects, [*found.skipped, *(problems if voc.objects is not None else [])])


def _class_names(
    classes: MaskFile | None, labels: LabelMap, size: Size, problems: list[Skipped]
) -> Callable[[MaskObject], str]:
    """Return what names an object: the class that most of its pixels have in the picture of classes."""
    if classes is None:
        return lambda _one: ""
    try:
        picture = open_mask(classes.path, size=size)
    except InvalidInput as error:
        problems.append(Skipped(classes.name, str(error), code_of(error)))
        return lambda _one: ""
    if picture.values.ndim == 2:
        by_value = _by_value(labels, picture.palette)
        return lambda one: by_value(_most(picture.values, one))
    packed = picture.values[..., :3].astype(np.int64) @ np.array([1 << 16, 1 << 8, 1])
    return lambda one: labels.by_colour.get(_unpacked(_most(packed, one)), "")


def _most(values: NDArray[Any], one: MaskObject) -> int:
    """Return the value that most of an object's pixels have."""
    height, width = values.shape
    mask = usable_mask(one.rle, (height, width))
    x0, y0, x1, y1 = map(int, mask.box)
    inside = values[y0 : y1 + 1, x0 : x1 + 1][mask.decode_box()]
    if (inside == inside[0]).all():  # almost always
        return int(inside[0])
    found, counts = np.unique(inside, return_counts=True)
    return int(found[counts.argmax()])


def _unpacked(colour: int) -> tuple[int, int, int]:
    return colour >> 16, (colour >> 8) & 255, colour & 255


def _by_value(labels: LabelMap, palette: NDArray[np.uint8] | None) -> Callable[[int], str]:
    """Return what names a class's value: by its palette's colour where the label map has colours."""

    def name(value: int) -> str:
        if labels.by_colour and palette is not None and 0 <= value < len(palette):
            red, green, blue = (int(part) for part in palette[value, :3])
            found = labels.by_colour.get((red, green, blue))
            if found is not None:
                return found
        return labels.by_value.get(value, "")

    return name


def _same(mask: FoundObject, boxes: list[FoundObject], taken: set[int], size: Size) -> int | None:
    """Return the number of the box that is the same object, if there is one."""
    if mask.rle is None:
        return None
    tight = usable_mask(mask.rle, size).box
    best, found = SAME, None
    for number, one in enumerate(boxes):
        if number in taken or one.box is None or mask.category not in ("", one.category):
            continue
        overlap = _iou(tight, one.box)
        if overlap >= best:
            best, found = overlap, number
    return found


def _iou(one: Box, other: Box) -> float:
    """Return how much two boxes (XYXY pixel indices, both ends inside) overlap."""
    width = min(one[2], other[2]) - max(one[0], other[0]) + 1
    height = min(one[3], other[3]) - max(one[1], other[1]) + 1
    if width <= 0 or height <= 0:
        return 0.0
    inside = width * height
    areas = [(box[2] - box[0] + 1) * (box[3] - box[1] + 1) for box in (one, other)]
    return float(inside / (sum(areas) - inside))
