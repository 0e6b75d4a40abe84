"""Masks to polygons and back, without losing a pixel.

Outlines run along the pixels' edges: pixel (x, y) is the square from x to x+1
and y to y+1. A pixel is inside when its centre is within an odd number of
outlines, so holes need no flag. Both ways are whole-array arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from samstudio.domain import InvalidInput, Rle, Size
from samstudio.masks.arrays import Mask
from samstudio.masks.run_lengths import RunLengths

MAX_CROSSINGS = 20_000_000
"""Columns that all outlines together may cross; those of a real image cross some thousands."""

MAX_EDGES = 2_000_000
"""Pixel edges that outlines may follow; a smooth object of 12 megapixels has some thousands."""

FARTHEST = 1e9
"""Largest coordinate accepted, in pixels: outlines are cut off at the image, but this is a mistake."""

Ints = NDArray[np.int64]


def polygons_of(mask: Mask, *, tolerance: float = 0.0) -> list[list[float]]:
    """Return the outlines of a bool HxW mask, each ``[x, y, x, y, …]`` in pixels; none for an empty mask.

    ``tolerance`` is how far, in pixels, an outline may be moved to save corners; 0 keeps the mask exactly.

    Raises:
        InvalidInput: The mask has more than `MAX_EDGES` edges between inside and outside.
    """
    starts, ends = _edges(mask)
    if len(starts) > MAX_EDGES:
        raise InvalidInput("this mask is too ragged to be given as polygons: ask for it as rle or png")
    width = mask.shape[1] + 1
    rings = (_corners(ring, width) for ring in _rings(starts, _next_edges(starts, ends)))
    simple = (_simplified(ring, tolerance) for ring in rings)
    return [ring.reshape(-1).astype(float).tolist() for ring in simple if len(ring) >= 3]


def rle_of(polygons: Sequence[Sequence[float]], *, size: Size) -> Rle:
    """Return the COCO RLE, of ``size`` (H, W), of the pixels that an odd number of outlines enclose.

    Coordinates are in pixels; those beyond the image are cut off.

    Raises:
        InvalidInput: There is no outline, one is not of pairs, or they are absurdly long.
    """
    if not polygons:
        raise InvalidInput("the mask has no polygon: give at least one outline")
    if any(len(ring) < 6 or len(ring) % 2 for ring in polygons):
        raise InvalidInput("a polygon is x, y, x, y, … of at least three points")
    if any(abs(value) > FARTHEST for ring in polygons for value in ring):
        raise InvalidInput("a polygon lies far outside the image")
    height, width = size
    crossings = _crossings(polygons, height=height, width=width)
    # Where the image, read down its columns, changes between outside and inside; twice is not at all.
    places, times = np.unique(crossings, return_counts=True)
    changes = places[times % 2 == 1]
    edges = np.append(changes, height * width) if len(changes) % 2 else changes
    return RunLengths(size, edges[0::2], edges[1::2]).to_rle()


def _crossings(polygons: Sequence[Sequence[float]], *, height: int, width: int) -> Ints:
    """Return where outlines cross the middles of columns, as pixels' numbers in COCO's order."""
    points = [np.asarray(ring, np.float64).reshape(-1, 2) for ring in polygons]
    a = np.concatenate(points)
    b = np.concatenate([np.roll(ring, -1, axis=0) for ring in points])
    a, b = np.where((a[:, :1] <= b[:, :1]), a, b), np.where((a[:, :1] <= b[:, :1]), b, a)
    first = np.clip(np.ceil(a[:, 0] - 0.5), 0, width).astype(np.int64)
    last = np.clip(np.ceil(b[:, 0] - 0.5), 0, width).astype(np.int64)
    spans = last - first
    if spans.sum() > MAX_CROSSINGS:
        raise InvalidInput("the polygons are too long and too many: send the mask as rle or png")
    edge = np.repeat(np.arange(len(spans)), spans)
    column = np.arange(len(edge)) - np.repeat(np.cumsum(spans) - spans, spans) + first[edge]
    along = (column + 0.5 - a[edge, 0]) / (b[edge, 0] - a[edge, 0])
    y = a[edge, 1] + along * (b[edge, 1] - a[edge, 1])
    row = np.clip(np.ceil(y - 0.5), 0, height).astype(np.int64)
    places: Ints = column * height + row
    return places


def _edges(mask: Mask) -> tuple[Ints, Ints]:
    """Return the pixel edges between inside and outside as corners' numbers, the inside on the right."""
    padded = np.pad(mask, 1).astype(np.int8)
    across, down = np.diff(padded, axis=0)[:, 1:-1], np.diff(padded, axis=1)[1:-1]
    width = mask.shape[1] + 1
    pairs = []
    for change, step in ((across, 1), (down, width)):
        # An edge of row or column begins at the corner of its own number.
        forward = 1 if step == 1 else -1
        y, x = np.nonzero(change == forward)
        pairs.append((y * width + x, y * width + x + step))
        y, x = np.nonzero(change == -forward)
        pairs.append((y * width + x + step, y * width + x))
    return np.concatenate([p[0] for p in pairs]), np.concatenate([p[1] for p in pairs])


def _next_edges(starts: Ints, ends: Ints) -> Ints:
    """Return for each edge one that starts where it ends; where two do, each is used once."""
    by_start, by_end = np.argsort(starts, kind="stable"), np.argsort(ends, kind="stable")
    # Each corner is left as often as it is reached, so the two orders fit corner by corner.
    follows = np.empty_like(by_start)
    follows[by_end] = by_start
    return follows


def _rings(starts: Ints, follows: Ints) -> list[Ints]:
    """Return the closed walks over all edges, each as its corners' numbers in order."""
    after, seen = follows.tolist(), bytearray(len(follows))
    rings = []
    for first in range(len(after)):
        ring, at = [], first
        while not seen[at]:
            seen[at] = 1
            ring.append(at)
            at = after[at]
        if ring:
            rings.append(starts[ring])
    return rings


def _corners(ring: Ints, width: int) -> Ints:
    """Return a walk's points Nx2 (x, y), only where it turns."""
    points = np.stack((ring % width, ring // width), axis=1)
    step = np.roll(points, -1, axis=0) - points
    turns = (step != np.roll(step, 1, axis=0)).any(axis=1)
    corners: Ints = points[turns]
    return corners


def _simplified(ring: Ints, tolerance: float) -> NDArray[np.generic]:
    if not tolerance:
        return ring
    return np.asarray(cv2.approxPolyDP(ring.astype(np.int32), tolerance, closed=True)).reshape(-1, 2)
