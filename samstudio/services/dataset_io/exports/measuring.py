"""An object's measurements: what scikit-image's ``regionprops`` defines, and quicker.

A test compares every figure with ``regionprops``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from samstudio.masks import Mask, RunLengths

SIDES = np.array(((0.5, 0), (-0.5, 0), (0, 0.5), (0, -0.5)))
"""From a pixel's middle to the middles of its sides, (x, y)."""

CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))

NEIGHBOURS = np.array([[9, 3, 9], [1, 0, 1], [9, 3, 9]], np.float32)
"""Counts a pixel's neighbours: 1 for each to the left or right, 3 above or below, 9 across a corner."""

Points = NDArray[np.floating[Any]]

Spacing = tuple[float, float]
"""The width and the height of a pixel."""

SQUARE: Spacing = (1.0, 1.0)
"""Of measurements in pixels."""


@dataclass(frozen=True)
class Shape:
    """An object's shape, in pixels or in the unit of their size.

    ``perimeter`` is 0 for objects of a pixel. ``feret_diameter``: the largest
    distance between two points of the convex hull's outline. ``centroid``: (x, y), where (0, 0)
    is the middle of the first pixel. ``circularity``: 4 pi area / perimeter^2; None
    where there is no perimeter. ``eccentricity``: 0 for a circle, towards 1 for a line.
    ``orientation``: of the long axis against the x axis, in degrees from -90 to 90, counted
    from x towards y, which points down.
    """

    area: float
    perimeter: float
    equivalent_diameter: float
    feret_diameter: float
    centroid: tuple[float, float]
    circularity: float | None
    eccentricity: float
    orientation: float


def shape_of(mask: RunLengths, crop: Mask, spacing: Spacing = SQUARE) -> Shape:
    """Measure an object's shape.

    Args:
        mask: The object's mask, not empty.
        crop: The same within its box.
        spacing: The size of a pixel; it gives the unit of the measurements.
    """
    x0, y0, _, _ = mask.box
    rows, columns = np.nonzero(crop)
    x, y = float(columns.mean()), float(rows.mean())
    width, height = spacing
    eccentricity, orientation = _axes((columns - x) * width, (rows - y) * height)
    area, perimeter = len(rows) * width * height, perimeter_of(crop, spacing)
    return Shape(
        area=area,
        perimeter=perimeter,
        equivalent_diameter=math.sqrt(4 * area / math.pi),
        feret_diameter=feret_diameter(crop, spacing),
        centroid=((x0 + x) * width, (y0 + y) * height),
        circularity=4 * math.pi * area / perimeter**2 if perimeter else None,
        eccentricity=eccentricity,
        orientation=orientation,
    )


def _axes(x: Points, y: Points) -> tuple[float, float]:
    """Return eccentricity and orientation (degrees) of the ellipse that has these points' second moments."""
    xx, yy, xy = float(x @ x) / len(x), float(y @ y) / len(x), float(x @ y) / len(x)
    half, apart = (xx + yy) / 2, math.hypot((xx - yy) / 2, xy)
    long, short = half + apart, max(half - apart, 0.0)
    eccentricity = math.sqrt(1 - short / long) if long else 0.0
    return eccentricity, math.degrees(math.atan2(2 * xy, xx - yy)) / 2


def perimeter_of(crop: Mask, spacing: Spacing = SQUARE) -> float:
    """Return the length of a line through the middles of an object's border pixels.

    As in ``regionprops``, where pixels are square: a border pixel counts by how its neighbours
    on the border lie, beside it or across a corner. Where they are not square, those steps have the
    lengths that the pixels give them.
    """
    filled = cv2.copyMakeBorder(crop.view(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    border = filled - cv2.erode(filled, CROSS, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    neighbours = cv2.filter2D(border, -1, NEIGHBOURS, borderType=cv2.BORDER_CONSTANT)
    lengths = _step_lengths(spacing)
    return float(np.bincount(neighbours[border > 0], minlength=len(lengths)) @ lengths)


@lru_cache(maxsize=64)
def _step_lengths(spacing: Spacing) -> NDArray[np.float64]:
    """Return what a border pixel adds to the perimeter, by what `NEIGHBOURS` gives for it."""
    left_right, above_below, corners = np.unravel_index(np.arange(45), (3, 3, 5), order="F")
    sides = left_right + above_below
    straight = (left_right * spacing[0] + above_below * spacing[1]) / np.maximum(sides, 1)
    diagonal = np.full(45, math.hypot(*spacing))
    kind = sides + 10 * corners  # of regionprops' perimeter, without its 1 for the pixel and 2 for a side
    return np.select(
        [np.isin(kind, (2, 3, 12, 13, 22, 23)), np.isin(kind, (20, 31)), np.isin(kind, (11, 21))],
        [straight, diagonal, (straight + diagonal) / 2],
        0.0,
    )


def feret_diameter(crop: Mask, spacing: Spacing = SQUARE) -> float:
    """Return the largest distance between two points of the outline of an object's convex hull.

    As in ``regionprops``, the hull is of whole pixels, those whose middle lies in
    the hull of the object's pixels' sides, and the outline runs through the middles of their sides.
    """
    rings, _ = cv2.findContours(crop.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    pixels = np.concatenate([np.asarray(ring).reshape(-1, 2) for ring in rings])
    hull = _hull(_hull_pixels(_hull(pixels))) * spacing
    apart = hull[:, None] - hull[None]
    return math.sqrt(float(np.square(apart).sum(axis=2).max()))


def _hull(pixels: NDArray[np.int32]) -> Points:
    """Return the corners, Nx2 (x, y), of the convex hull of these pixels' sides.

    The corners of the pixels' own hull suffice: the hull of a sum of two sets is that of their hulls' sum.
    """
    corners = cv2.convexHull(pixels).reshape(-1, 1, 2)
    sides = (corners + SIDES).reshape(-1, 2).astype(np.float32)
    hull: Points = cv2.convexHull(sides).reshape(-1, 2).astype(np.float64)
    return hull


def _hull_pixels(hull: Points) -> NDArray[np.int32]:
    """Return the first and the last pixel, (x, y), of each row that has some in a convex polygon."""
    top, bottom = hull[:, 1].min(), hull[:, 1].max()
    rows = np.arange(math.ceil(top), math.floor(bottom) + 1, dtype=np.float64)
    ring = np.roll(hull, -int(hull[:, 1].argmin()), axis=0)
    ring = np.concatenate((ring, ring[:1]))
    lowest = int(ring[:, 1].argmax())
    sides = (ring[: lowest + 1], ring[: lowest - 1 : -1])
    x = np.stack([np.interp(rows, side[:, 1], side[:, 0]) for side in sides])
    left, right = x.min(axis=0), x.max(axis=0)
    for level in (top, bottom):  # there a side may be level, and begin and end in one row
        ends = hull[hull[:, 1] == level, 0]
        left[rows == level], right[rows == level] = ends.min(), ends.max()
    first, last = np.ceil(left - 1e-6), np.floor(right + 1e-6)
    pixels = np.concatenate((np.stack((first, rows), 1), np.stack((last, rows), 1)))
    return pixels.astype(np.int32)


def intensity_of(mask: RunLengths, crop: Mask, values: NDArray[Any]) -> tuple[list[float], list[float]]:
    """Return the mean and the standard deviation of an image's values on the object, by channel.

    Args:
        mask: The object's mask.
        crop: The same within its box.
        values: HxW or HxWxC, of the mask's size.
    """
    x0, y0, x1, y1 = (int(side) for side in mask.box)
    box = values[y0 : y1 + 1, x0 : x1 + 1].reshape(crop.size, -1)
    inside = box[np.flatnonzero(crop)]  # quicker than by a mask of two dimensions
    by_channel = inside.T.astype(np.float64, order="C")
    mean = by_channel.mean(axis=1)
    by_channel -= mean[:, None]
    variance = np.einsum("ij,ij->i", by_channel, by_channel) / len(inside)
    return mean.tolist(), np.sqrt(variance).tolist()
