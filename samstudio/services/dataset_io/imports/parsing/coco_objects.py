"""COCO annotations as objects: polygons, run-lengths, segments of panoptic pictures, crowd regions, boxes."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from typing import Any

from samstudio.domain import AnnotationStatus, Box, InvalidInput, Size
from samstudio.masks import RunLengths, usable_mask
from samstudio.services.dataset_io.imports.parsing.coco_document import Entry, whole
from samstudio.services.dataset_io.imports.parsing.panoptic import Segment
from samstudio.services.dataset_io.imports.parsing.shapes import (
    box_of_corners,
    polygon_numbers,
    polygons_mask,
    united,
)
from samstudio.services.dataset_io.imports.reading import OTHER_SIZES, FoundObject, code_of

CROWD = "it is a crowd region (iscrowd 1), many objects in one mask; it came in as a proposal"


def coco_object(annotation: Entry, label: str, category: str, size: Size) -> FoundObject:
    """Read one annotation.

    Args:
        annotation: The annotation.
        label: What sentences call it.
        category: Its category's name.
        size: (H, W) of its image.

    Raises:
        InvalidInput: It has neither a mask nor a box that can be used.
    """
    segmentation = annotation.get("segmentation")
    if isinstance(segmentation, Segment):
        return _segment(segmentation, annotation, label, category, size)
    if segmentation in ([], [[]], {}, None) and annotation.get("bbox") is not None:
        return FoundObject(label, category, box=_box(annotation["bbox"], size))
    try:
        mask, doubt = _mask(segmentation, size)
    except InvalidInput as error:
        return _box_instead(annotation, label, category, size, error)
    return _masked(mask, doubt, annotation, label, category)


def _masked(mask: RunLengths, doubt: str, annotation: Entry, label: str, category: str) -> FoundObject:
    """Return an object with its mask; a crowd region is a proposal."""
    if whole(annotation.get("iscrowd")) or annotation.get("iscrowd") is True:
        # Some tools say so of every run-length mask: it is not thrown away, and not learned from unseen.
        proposed = AnnotationStatus.PROPOSED
        return FoundObject(label, category, mask.to_rle(), status=proposed, doubt=CROWD, code="crowd")
    return FoundObject(label, category, mask.to_rle(), doubt=doubt, code="part_left_out" if doubt else "")


def _segment(segment: Segment, annotation: Entry, label: str, category: str, size: Size) -> FoundObject:
    """Read one segment of a panoptic picture."""
    try:
        mask = segment.mask(size)
    except InvalidInput as error:
        return _box_instead(annotation, label, category, size, error)
    return _masked(mask, "", annotation, label, category)


def _box_instead(
    annotation: Entry, label: str, category: str, size: Size, problem: InvalidInput
) -> FoundObject:
    """Return the box of an annotation whose outline cannot be used, with a doubt.

    Args:
        annotation: The annotation.
        label: What sentences call it.
        category: Its category's name.
        size: (H, W) of its image.
        problem: Why its outline cannot be used; raised where the box cannot be used either, or where
            the annotation is for another size than its image has.

    Raises:
        InvalidInput: The problem.
    """
    if code_of(problem) in OTHER_SIZES:
        raise problem
    try:
        box = _box(annotation.get("bbox"), size)
    except InvalidInput:
        raise problem from None
    doubt = f"{problem}; its box was taken, and its mask will be drawn"
    return FoundObject(label, category, box=box, doubt=doubt, code="box_instead")


def _box(bbox: Any, size: Size) -> Box:
    """Return a COCO box (left, top, width, height) as XYXY."""
    if not isinstance(bbox, list) or len(bbox) != 4:
        raise InvalidInput("its bbox is not four numbers")
    try:
        left, top, width, height = (float(value) for value in bbox)
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidInput("its bbox is not four numbers") from error
    _in_pixels([left, top, width, height], "its bbox has")
    return box_of_corners([left, top, left + width, top + height], size)


def _in_pixels(numbers: list[float], what: str) -> list[float]:
    """Return coordinates.

    Raises:
        InvalidInput: They all are parts of the sides, and not pixels as COCO has them.
    """
    if all(0 <= number <= 1 for number in numbers) and not all(map(float.is_integer, numbers)):
        raise InvalidInput(f"{what} only numbers from 0 to 1, which are no pixels but parts of the sides")
    return numbers


def _mask(segmentation: Any, size: Size) -> tuple[RunLengths, str]:
    """Read a mask in any of COCO's notations: polygons, RLE, compressed RLE, or a list of such.

    Returns:
        The mask, and a sentence on a part that was left out, or nothing.

    Raises:
        InvalidInput: There is none, or it cannot be used.
    """
    if isinstance(segmentation, Mapping):
        return usable_mask(segmentation, size), ""
    if not isinstance(segmentation, list) or not segmentation:
        none = segmentation in ([], {}, None)
        raise InvalidInput(
            "it has no mask (no segmentation)" if none else "its segmentation is no list and no run-lengths"
        )
    if not isinstance(segmentation[0], list | array | Mapping):
        segmentation = [segmentation]  # one polygon, not in a list of its own
    masks, polygons, problem = _parts(segmentation, size)
    if polygons:
        try:
            masks.append(polygons_mask(polygons, size))
        except InvalidInput as error:  # none of their pixels is in the image
            problem = problem or str(error)
    if not masks:
        raise InvalidInput(problem)
    return united(masks), f"{problem}; the rest was taken" if problem else ""


def _parts(parts: list[Any], size: Size) -> tuple[list[RunLengths], list[list[float]], str]:
    """Return the run-lengths and polygons that can be used, and the first reason for one that cannot."""
    masks, polygons, problem = [], [], ""
    for part in parts:
        try:
            if isinstance(part, Mapping):
                masks.append(usable_mask(part, size))
            else:
                polygons.append(_in_pixels(polygon_numbers(part, size), "one of its polygons has"))
        except InvalidInput as error:
            problem = problem or str(error)
    return masks, polygons, problem
