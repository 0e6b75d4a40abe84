"""Masks as COCO run-lengths, boxes and overlaps: pure functions over numpy arrays.

Masks are bool arrays of shape HxW. Run-lengths are pycocotools' compressed
ones, with ``counts`` as str so that they survive JSON.
"""

from __future__ import annotations

import operator

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco

from samstudio.domain import Box, InvalidInput, Rle, Size

Mask = NDArray[np.bool_]

MAX_PIXELS = 2**31
"""pycocotools counts pixels in 32 bits."""

_EMPTY = "the mask is empty: it has no foreground pixel, so it has no box"


def encode_rle(mask: Mask) -> Rle:
    """Encode a bool HxW mask as COCO RLE with str counts."""
    if mask.ndim != 2:
        raise InvalidInput(f"a mask has two dimensions (H, W), not {mask.ndim}")
    encoded = coco.encode(np.asfortranarray(mask.astype(np.uint8)))
    return {"size": [int(side) for side in encoded["size"]], "counts": encoded["counts"].decode("ascii")}


def decode_rle(rle: Rle) -> Mask:
    """Decode COCO RLE (compressed, or uncompressed integer counts) to a bool HxW mask.

    Raises InvalidInput when it is not one, or its runs do not fill its size.
    """
    height, width, runs = _checked(rle)
    # Runs alternate, background first, down the columns: COCO's order.
    values = np.arange(len(runs)) % 2 == 1
    return np.repeat(values, runs).reshape(width, height).T


def rle_area(rle: Rle) -> int:
    """Number of foreground pixels; raises as `decode_rle` does."""
    _, _, runs = _checked(rle)
    return int(runs[1::2].sum())


def rle_box(rle: Rle) -> Box:
    """`mask_to_box` of a run-length mask, from its runs alone: quick for small objects in large images.

    Raises InvalidInput as `decode_rle` does, and for an empty mask.
    """
    height, _, runs = _checked(rle)
    starts, ends = _foreground(runs)
    if not len(starts):
        raise InvalidInput(_EMPTY)
    last = ends - 1
    # A run that goes on into the next column touches both the top and the bottom row.
    turns = bool((starts // height != last // height).any())
    y0 = 0 if turns else int((starts % height).min())
    y1 = height - 1 if turns else int((last % height).max())
    return (float(starts[0] // height), float(y0), float(last[-1] // height), float(y1))


def foreground_runs(rle: Rle) -> tuple[Size, NDArray[np.int64], NDArray[np.int64]]:
    """The size (H, W), and where foreground runs start and end, columns laid end to end.

    Raises as `decode_rle` does; an empty mask has no runs.
    """
    height, width, runs = _checked(rle)
    return (height, width), *_foreground(runs)


def canonical_rle(rle: Rle) -> Rle:
    """The one spelling, compressed with str counts, that `encode_rle` gives; raises as `decode_rle` does."""
    height, width, runs = _checked(rle)
    return _from_foreground(*_foreground(runs), size=(height, width))


def label_rles(labels: NDArray[np.integer]) -> list[Rle]:
    """Split a label picture HxW (0 background, each other value one object) into RLEs, by value.

    The same objects as `masks_from_labels`, in one pass over the picture
    however many there are.
    """
    height, width = labels.shape
    flat = labels.T.reshape(-1)
    if not flat.size:
        return []
    starts = np.concatenate(([0], np.flatnonzero(flat[1:] != flat[:-1]) + 1))
    ends = np.append(starts[1:], flat.size)
    values = flat[starts]
    order = np.argsort(values, kind="stable")
    starts, ends, values = starts[order], ends[order], values[order]
    first = np.concatenate(([0], np.flatnonzero(values[1:] != values[:-1]) + 1))
    groups = zip(values[first], np.split(starts, first[1:]), np.split(ends, first[1:]), strict=True)
    return [_from_foreground(s, e, size=(height, width)) for value, s, e in groups if value != 0]


def _foreground(runs: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where foreground runs start and end, columns laid end to end.

    Empty runs are dropped and touching ones joined.
    """
    edges = np.concatenate(([0], np.cumsum(runs)))
    starts, ends = edges[1:-1:2], edges[2::2]
    filled = ends > starts
    starts, ends = starts[filled], ends[filled]
    if not len(starts):
        return starts, ends
    apart = starts[1:] > ends[:-1]
    return starts[np.append(True, apart)], ends[np.append(apart, True)]


def _from_foreground(starts: NDArray[np.int64], ends: NDArray[np.int64], *, size: Size) -> Rle:
    height, width = size
    edges = np.stack((starts, ends), axis=1).reshape(-1)
    counts = np.diff(np.concatenate(([0], edges, [height * width])))
    if counts[-1] == 0 and len(counts) > 1:
        counts = counts[:-1]
    packed = coco.frPyObjects({"size": [height, width], "counts": counts.tolist()}, height, width)
    return {"size": [height, width], "counts": packed["counts"].decode("ascii")}


def _checked(rle: Rle) -> tuple[int, int, NDArray[np.int64]]:
    """Height, width and run lengths.

    pycocotools' own decoder does not check: runs that are too short give
    whatever was in memory, and a size that is too large crashes the process.
    """
    try:
        height, width = (int(side) for side in rle["size"])
        counts = rle["counts"]
        if isinstance(counts, list | tuple):
            runs = np.array([operator.index(run) for run in counts], np.int64)
        else:
            runs = _runs(counts if isinstance(counts, bytes) else counts.encode("ascii"))
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
        raise InvalidInput(f"not a COCO run-length mask: {error}") from error
    if height < 0 or width < 0 or height * width >= MAX_PIXELS:
        raise InvalidInput(f"not a COCO run-length mask: its size is {height}x{width}")
    if (runs < 0).any() or (runs >= MAX_PIXELS).any() or runs.sum() != height * width:
        raise InvalidInput(f"not a COCO run-length mask: its runs do not fill {height}x{width} pixels")
    return height, width, runs


def _runs(counts: bytes) -> NDArray[np.int64]:
    """The run lengths in a compressed ``counts``: what pycocotools' ``rleFrString`` reads, but checked.

    Each character holds 5 bits, lowest first, on top of ``"0"``; bit 5 says
    that more follow; the last one's bit 4 is the sign. From the fourth run on,
    the difference to the run before the last is stored.
    """
    codes = np.frombuffer(counts, np.uint8).astype(np.int64) - 48
    if not len(codes):
        return codes
    last = (codes & 0x20) == 0
    if ((codes < 0) | (codes > 0x3F)).any() or not last[-1]:
        raise ValueError("its counts are no compressed run lengths")
    starts = np.concatenate(([0], np.flatnonzero(last)[:-1] + 1))
    place = np.arange(len(codes)) - np.repeat(starts, np.diff(np.append(starts, len(codes))))
    if place.max() > 6:
        raise ValueError("one of its runs has more than 32 bits")
    values: NDArray[np.int64] = np.add.reduceat((codes & 0x1F) << (5 * place), starts)
    ends = np.flatnonzero(last)
    negative = (codes[ends] & 0x10) != 0
    values = values - np.where(negative, np.int64(1) << (5 * (place[ends] + 1)), 0)
    values[1::2] = np.cumsum(values[1::2])
    values[2::2] = np.cumsum(values[2::2])
    return values


def mask_to_box(mask: Mask) -> Box:
    """The tight XYXY box of a mask, as pixel indices of its outermost pixels.

    The convention of MedSAM and torchvision's ``masks_to_boxes``: ``x1`` is the
    index of the last foreground column, not one past it.

    Raises InvalidInput when the mask has no foreground.
    """
    ys, xs = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(xs):
        raise InvalidInput(_EMPTY)
    return (float(xs[0]), float(ys[0]), float(xs[-1]), float(ys[-1]))


def iou(a: Mask, b: Mask) -> float:
    """Intersection over union of two masks of one shape; two empty masks agree wholly (1.0)."""
    union = np.count_nonzero(a | b)
    return float(np.count_nonzero(a & b) / union) if union else 1.0


def validated_box(box: Box, *, width: int, height: int) -> Box:
    """Check a box prompt against its image and clip it to the image's edge.

    Corners may come in any order. Raises InvalidInput, naming the box, when it
    is not four finite numbers, has no area or lies outside the image.
    """
    shown = ",".join(f"{value:g}" for value in box)
    if len(box) != 4 or not np.isfinite(box).all():
        raise InvalidInput(f"box {shown} is not four numbers X0,Y0,X1,Y1")
    x0, x1 = sorted((float(box[0]), float(box[2])))
    y0, y1 = sorted((float(box[1]), float(box[3])))
    if x1 - x0 <= 0 or y1 - y0 <= 0:
        raise InvalidInput(f"box {shown} has no area: drag from one corner to the opposite one")
    if x1 <= 0 or y1 <= 0 or x0 >= width or y0 >= height:
        raise InvalidInput(f"box {shown} lies outside the image, which is {width}x{height} pixels")
    return (max(x0, 0.0), max(y0, 0.0), min(x1, float(width)), min(y1, float(height)))


def validated_points(
    coords: tuple[tuple[float, float], ...], labels: tuple[int, ...], *, width: int, height: int
) -> None:
    """Check point prompts against their image; raises InvalidInput naming the point."""
    if len(coords) != len(labels):
        raise InvalidInput(f"{len(coords)} points came with {len(labels)} labels: each point needs one")
    for (x, y), label in zip(coords, labels, strict=True):
        if label not in (0, 1):
            raise InvalidInput(f"point {x:g},{y:g} has label {label}: 1 is foreground, 0 is background")
        if not (np.isfinite((x, y)).all() and 0 <= x <= width and 0 <= y <= height):
            raise InvalidInput(f"point {x:g},{y:g} lies outside the image, which is {width}x{height} pixels")


def masks_from_labels(labels: NDArray[np.integer]) -> list[Mask]:
    """Split a label picture HxW (0 background, each other value one object) into masks, by value."""
    return [labels == value for value in np.unique(labels) if value != 0]
