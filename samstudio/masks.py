"""Masks as COCO run-lengths, boxes and overlaps: pure functions over numpy arrays.

Masks are bool arrays of shape HxW. Run-lengths are pycocotools' compressed
ones, with ``counts`` as str so that they survive JSON.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco

from samstudio.domain import Box, InvalidInput, Rle

Mask = NDArray[np.bool_]


def encode_rle(mask: Mask) -> Rle:
    """Encode a bool HxW mask as COCO RLE with str counts."""
    if mask.ndim != 2:
        raise InvalidInput(f"a mask has two dimensions (H, W), not {mask.ndim}")
    encoded = coco.encode(np.asfortranarray(mask.astype(np.uint8)))
    return {"size": [int(side) for side in encoded["size"]], "counts": encoded["counts"].decode("ascii")}


def decode_rle(rle: Rle) -> Mask:
    """Decode COCO RLE (compressed, or uncompressed integer counts) to a bool HxW mask."""
    return coco.decode(_compressed(rle)).astype(bool)


def _compressed(rle: Rle) -> Rle:
    try:
        height, width = (int(side) for side in rle["size"])
        counts = rle["counts"]
        if isinstance(counts, list):
            return coco.frPyObjects({"size": [height, width], "counts": counts}, height, width)
        raw = counts.encode("ascii") if isinstance(counts, str) else bytes(counts)
    except (KeyError, TypeError, ValueError, UnicodeEncodeError) as error:
        raise InvalidInput(f"not a COCO run-length mask: {error}") from error
    return {"size": [height, width], "counts": raw}


def rle_area(rle: Rle) -> int:
    """Number of foreground pixels."""
    return int(coco.area(_compressed(rle)))


def mask_to_box(mask: Mask) -> Box:
    """The tight XYXY box of a mask, as pixel indices of its outermost pixels.

    The convention of MedSAM and torchvision's ``masks_to_boxes``: ``x1`` is the
    index of the last foreground column, not one past it.

    Raises InvalidInput when the mask has no foreground.
    """
    ys, xs = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(xs):
        raise InvalidInput("the mask is empty: it has no foreground pixel, so it has no box")
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
