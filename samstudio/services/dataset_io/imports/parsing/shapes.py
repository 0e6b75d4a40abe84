"""Polygons and boxes of annotation files, checked and turned into masks and boxes of an image."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from typing import Any

from pycocotools import mask as coco

from samstudio.domain import Box, InvalidInput, Size
from samstudio.masks import RunLengths, usable_mask

FAR = 10
"""A shape may leave its image by this many times the image's longer side; beyond that it is a mistake."""


def polygon_numbers(points: Any, size: Size) -> list[float]:
    """Return one polygon's x, y, x, y, …, given so or as pairs.

    It is checked because pycocotools takes four numbers for a box, and any size.

    Raises:
        InvalidInput: It is no list of numbers, has fewer than 3 points, or lies far outside the image.
    """
    numbers = _numbers(points)
    if len(numbers) < 6:
        raise InvalidInput("one of its polygons has fewer than 3 points")
    if len(numbers) % 2:
        raise InvalidInput("one of its polygons has an odd number of coordinates")
    if not all(map(math.isfinite, numbers)):
        raise InvalidInput("one of its polygons has a coordinate that is not finite")
    far = FAR * max(size)
    if not all(-far <= value <= far for value in numbers):
        raise InvalidInput("one of its polygons lies far outside the image")
    return numbers


def polygons_mask(polygons: Sequence[Sequence[float]], size: Size) -> RunLengths:
    """Draw the union of polygons (x, y, x, y, …, in pixels) as a mask of ``size`` (H, W), as pycocotools.

    Raises:
        UnusableMask: No pixel of the image lies in them.
    """
    height, width = size
    drawn = coco.frPyObjects([list(one) for one in polygons], height, width)
    whole = drawn[0] if len(drawn) == 1 else coco.merge(drawn)
    return usable_mask({"size": [height, width], "counts": whole["counts"].decode("ascii")}, size)


def united(masks: Sequence[RunLengths]) -> RunLengths:
    """Return the union of masks of one size; at least one."""
    if len(masks) == 1:
        return masks[0]
    return RunLengths.parse(coco.merge([mask.to_rle() for mask in masks]))


def box_of_corners(corners: Any, size: Size) -> Box:
    """Return the box of x0, y0, x1, y1 (edges, not pixel indices) as XYXY pixel indices inside the image.

    Raises:
        InvalidInput: They are not four numbers, or hold no pixel of the image.
    """
    numbers = _numbers(corners)
    if len(numbers) != 4 or not all(math.isfinite(value) for value in numbers):
        raise InvalidInput("its box is not four numbers")
    height, width = size
    x0, y0 = max(0.0, numbers[0]), max(0.0, numbers[1])
    x1, y1 = min(float(width), numbers[2]), min(float(height), numbers[3])
    if x1 <= x0 or y1 <= y0:
        raise InvalidInput("its box holds no pixel of the image")
    return (x0, y0, max(x0, x1 - 1), max(y0, y1 - 1))


def _numbers(values: Any) -> list[float]:
    """Return a list of numbers, or of pairs of them, as one list.

    Raises:
        InvalidInput: It is anything else.
    """
    if isinstance(values, array):
        return list(values)
    if not isinstance(values, list | tuple):
        raise InvalidInput("one of its polygons is not a list of numbers")
    plain = set(map(type, values)) <= {int, float}  # almost always
    try:
        return list(map(float, values if plain else _flat(values)))
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidInput("one of its polygons is not a list of numbers") from error


def _flat(values: Sequence[Any]) -> list[Any]:
    """Return the values, or those of the pairs that they are; raise TypeError for truth values."""
    pairs = bool(values) and all(isinstance(value, list | tuple) and len(value) == 2 for value in values)
    flat = [number for pair in values for number in pair] if pairs else list(values)
    if any(isinstance(value, bool) for value in flat):
        raise TypeError(bool)
    return flat
