"""Masks as arrays: their box, and how much two agree."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from samstudio.domain import Box, InvalidInput

Mask = NDArray[np.bool_]
"""Bool HxW, True inside the object."""

EMPTY = "the mask is empty: it has no foreground pixel, so it has no box"


def mask_to_box(mask: Mask) -> Box:
    """Return the tight XYXY box of a mask, as pixel indices of its outermost pixels.

    The convention of MedSAM and torchvision's ``masks_to_boxes``: ``x1`` is the
    index of the last foreground column, not one past it.

    Raises:
        InvalidInput: The mask has no foreground.
    """
    ys, xs = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(xs):
        raise InvalidInput(EMPTY)
    return (float(xs[0]), float(ys[0]), float(xs[-1]), float(ys[-1]))


def iou(a: Mask, b: Mask) -> float:
    """Return intersection over union of two masks of one shape; two empty masks have 1.0."""
    union = np.count_nonzero(a | b)
    return float(np.count_nonzero(a & b) / union) if union else 1.0
