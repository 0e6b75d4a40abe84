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
    filled = np.flatnonzero(inside.any(axis=0))
    if not len(filled):
        return RunLengths(size, np.zeros(0, np.int64), np.zeros(0, np.int64))
    first, last = filled[0], filled[-1]
    top, left = max(0, top), max(0, left) + int(first)
    columns = np.zeros((last - first + 1, height), bool)
    columns[:, top : top + inside.shape[0]] = inside[:, first : last + 1].T
    edges = _edges(columns.reshape(-1)) + left * height
    return RunLengths(size, edges[0::2], edges[1::2])


def runs_along_rows(mask: RunLengths) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where the foreground's runs start and end, as pixels' numbers along the rows laid end to end.

    No run goes on into the next row.
    """
    if mask.is_empty:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    x0, y0 = int(mask.box[0]), int(mask.box[1])
    crop = mask.decode_box()
    # A column of background after each row keeps its last run from going on.
    apart = np.pad(crop, ((0, 0), (0, 1)))
    row, column = np.divmod(_edges(apart.reshape(-1)), crop.shape[1] + 1)
    places = (row + y0) * mask.size[1] + column + x0
    return places[0::2], places[1::2]


def _edges(flat: Mask) -> NDArray[np.int64]:
    """Return where runs of a bool array of one dimension start and end, in turn."""
    changes = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    before, after = [0] if flat[:1].any() else [], [flat.size] if flat[-1:].any() else []
    return np.concatenate((before, changes, after)).astype(np.int64)


def row_runs(mask: Mask) -> NDArray[np.int64]:
    """Return the lengths of a bool HxW mask's runs along its rows laid end to end, background first."""
    edges = _edges(np.ascontiguousarray(mask).reshape(-1))
    runs: NDArray[np.int64] = np.diff(np.concatenate(([0], edges, [mask.size])))
    return runs if runs[-1] or len(runs) == 1 else runs[:-1]


def mask_of_row_runs(runs: NDArray[np.int64], *, size: Size) -> Mask:
    """Return the bool HxW mask of ``size`` whose runs along the rows, background first, are these.

    Raises:
        InvalidInput: They do not fill the size.
    """
    height, width = size
    if (runs < 0).any() or (runs > height * width).any() or int(runs.sum()) != height * width:
        raise InvalidInput(f"its runs do not fill {width}x{height} pixels")
    return np.repeat(np.arange(len(runs)) % 2 == 1, runs).reshape(height, width)
