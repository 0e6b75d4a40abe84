"""Masks of a part of an image, and masks whose runs go along the rows: put into the whole image."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from samstudio.domain import InvalidInput, Size
from samstudio.masks.arrays import Mask
from samstudio.masks.run_lengths import RunLengths


def placed(crop: Mask, *, left: int, top: int, size: Size) -> RunLengths:
    """Return a bool hxw mask as one of the whole image; what lies beyond the image is cut off.

    Args:
        crop: The mask of a part of the image.
        left: The column of the crop's first column, in pixels; may be negative.
        top: The row of its first row, in pixels; may be negative.
        size: (H, W) of the image, in pixels.
    """
    height, width = size
    inside = crop[max(0, -top) : max(0, height - top), max(0, -left) : max(0, width - left)]
    left, top = max(0, left), max(0, top)
    columns = np.zeros((inside.shape[1], height), np.int8)
    columns[:, top : top + inside.shape[0]] = inside.T
    changes = np.diff(columns.reshape(-1), prepend=0, append=0)
    first = left * height
    return RunLengths(size, np.flatnonzero(changes == 1) + first, np.flatnonzero(changes == -1) + first)


def row_runs(mask: Mask) -> NDArray[np.int64]:
    """Return the lengths of a bool HxW mask's runs along its rows laid end to end, background first."""
    flat = np.ascontiguousarray(mask).reshape(-1)
    changes = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    before = [0, 0] if flat[:1].any() else [0]
    runs: NDArray[np.int64] = np.diff(np.concatenate((before, changes, [flat.size])))
    return runs


def mask_of_row_runs(runs: NDArray[np.int64], *, size: Size) -> Mask:
    """Return the bool HxW mask of ``size`` whose runs along the rows, background first, are these.

    Raises:
        InvalidInput: They do not fill the size.
    """
    height, width = size
    if (runs < 0).any() or (runs > height * width).any() or int(runs.sum()) != height * width:
        raise InvalidInput(f"its runs do not fill {width}x{height} pixels")
    return np.repeat(np.arange(len(runs)) % 2 == 1, runs).reshape(height, width)
