"""What a picture of values looks like: which values fill areas, and which only lie between others."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.uint16]
"""uint16 HxW: numbers of a mask's values, in the order of the values."""


@dataclass(frozen=True, eq=False)
class Structure:
    """How the pixels of each value lie, by the value's number.

    ``areas``: pixels. ``solid``: whether it fills a square of 3x3 pixels
    somewhere. ``between``: how many of its pixels have both a lower and a higher
    value within two pixels. ``border``: how many of its pixels are on the
    picture's edge.
    """

    areas: NDArray[np.int64]
    solid: NDArray[np.bool_]
    between: NDArray[np.int64]
    border: NDArray[np.int64]

    @property
    def soft(self) -> NDArray[np.bool_]:
        """The values that are nowhere solid and lie mostly between two others, as a blurred edge does."""
        soft: NDArray[np.bool_] = ~self.solid & (2 * self.between >= self.areas) & (self.areas > 0)
        return soft

    @property
    def border_shares(self) -> NDArray[np.float64]:
        """The part of the picture's edge that each value has."""
        shares: NDArray[np.float64] = self.border / max(1, int(self.border.sum()))
        return shares


def structure_of(ids: Ids, count: int) -> Structure:
    """Look at a picture of ``count`` values, given by their numbers."""
    near, wide = np.ones((3, 3), np.uint8), np.ones((5, 5), np.uint8)
    uniform = cv2.erode(ids, near) == cv2.dilate(ids, near)
    between = (cv2.erode(ids, wide) < ids) & (cv2.dilate(ids, wide) > ids)
    return Structure(
        areas=np.bincount(ids.reshape(-1), minlength=count),
        solid=np.bincount(ids[uniform], minlength=count) > 0,
        between=np.bincount(ids[between], minlength=count),
        border=border_counts(ids, count),
    )


def border_counts(ids: Ids, count: int) -> NDArray[np.int64]:
    """Count the pixels of each value along the picture's edge."""
    edge = np.concatenate((ids[0], ids[-1], ids[1:-1, 0], ids[1:-1, -1]))
    return np.bincount(edge, minlength=count)


def is_rim(inside: NDArray[np.bool_], others: NDArray[np.bool_]) -> bool:
    """Tell whether a region is a rim around other objects: nearly all of it lies close to one of them."""
    if not inside.any() or not others.any():
        return False
    reach = max(6.0, 0.015 * max(inside.shape))
    away = cv2.distanceTransform((~others).astype(np.uint8), cv2.DIST_L2, 3)
    return bool(np.count_nonzero(away[inside] <= reach) >= 0.9 * np.count_nonzero(inside))


def parts_of(mask: NDArray[np.bool_]) -> tuple[NDArray[np.int32], int]:
    """Return int32 HxW numbers of a mask's separate parts (8-connected), and how many there are."""
    count, parts = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    return np.asarray(parts, np.int32), count - 1
