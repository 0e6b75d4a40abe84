"""Annotations that were drawn on a picture before it was turned by its EXIF orientation.

Some tools ignore the orientation. Where the sizes that a file says are those of the image with its sides
exchanged, and the image is one that EXIF turns on its side, its objects are turned with it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from samstudio.domain import Box, Size
from samstudio.masks import decode_rle, encode_rle
from samstudio.services.dataset_io.imports.outcomes import HEADINGS
from samstudio.services.dataset_io.imports.reading import (
    OTHER_SIZES,
    EntryKind,
    FoundImage,
    FoundObject,
    FoundObjects,
    Skipped,
)
from samstudio.services.images.readers.orientation import upright

ON_ITS_SIDE = (5, 6, 7, 8)
"""The EXIF orientations that exchange the sides of a picture."""


@dataclass(frozen=True)
class _Split:
    """What came of the entries of an image: those for a size, and how many are for another one."""

    objects: list[FoundObject]
    skipped: list[Skipped]
    others: int

    @property
    def count(self) -> int:
        return len(self.objects) + sum(entry.count for entry in self.skipped)


def with_turned(found: FoundImage, size: Size, orientation: Callable[[], int]) -> tuple[FoundObjects, int]:
    """Read the objects of an image; where their size says so, turn them with the image.

    Args:
        found: The image.
        size: Its upright size (H, W).
        orientation: Returns its EXIF orientation, 1 to 8; asked only where a size differs.

    Returns:
        The objects, and how many of them were turned.

    Raises:
        InvalidInput: None can be used.
    """
    read = found.objects(size)
    straight = _split(read)
    if not straight.others or size[0] == size[1]:
        return read, 0
    turn = orientation()
    if turn not in ON_ITS_SIDE:
        return read, 0
    sideways = _split(found.objects(size[::-1]))
    if not sideways.objects or not _are_apart(straight, sideways):
        return read, 0
    objects = [_turned(one, turn, size) for one in sideways.objects]
    both = FoundObjects([*straight.objects, *objects], [*straight.skipped, *sideways.skipped])
    return both, len(objects)


def _split(found: FoundObjects) -> _Split:
    others = [entry for entry in found.skipped if entry.code in OTHER_SIZES]
    rest = [entry for entry in found.skipped if entry.code not in OTHER_SIZES]
    return _Split(found.objects, rest, sum(entry.count for entry in others))


def _are_apart(straight: _Split, sideways: _Split) -> bool:
    """Tell whether each entry is for one of the two sizes; one without a size would be read as both."""
    if not straight.count and not sideways.others:
        return True
    return (straight.count, straight.others) == (sideways.others, sideways.count)


def _turned(one: FoundObject, orientation: int, size: Size) -> FoundObject:
    rle, box = one.rle, one.box
    if rle is not None:
        rle = encode_rle(np.ascontiguousarray(upright(decode_rle(rle), orientation)))
    return replace(one, rle=rle, box=None if box is None else _turned_box(box, orientation, size))


def _turned_box(box: Box, orientation: int, size: Size) -> Box:
    """Turn a box (XYXY pixel indices) upright, on an image of the upright ``size`` (H, W)."""
    y0, x0, y1, x1 = box
    if orientation in (6, 7):
        x0, x1 = size[1] - 1 - x1, size[1] - 1 - x0
    if orientation in (7, 8):
        y0, y1 = size[0] - 1 - y1, size[0] - 1 - y0
    return (x0, y0, x1, y1)


def turned_note(name: str, count: int) -> Skipped:
    """Say that so many objects of an image were turned."""
    return Skipped(name, HEADINGS["turned"], "turned", EntryKind.OBJECT, count)
