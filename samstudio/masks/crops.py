"""Masks of a part of an image, and masks whose runs go along the rows: put into the whole image."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from samstudio.domain import InvalidInput, Size
from samstudio.masks.arrays import Mask
from samstudio.masks.run_lengths import RunLengths, joined_runs


def placed(crop: Mask, *, left: int, top: int, size: Size) -> RunLengths:
    """Return a bool hxw mask as one of the whole image; what lies beyond the image is cut off.

    It takes the time of the mask's box, however large the image is.

    Args:
        crop: The mask of a part of the image.
        left: The column of the crop's first column, in pixels; may be negative.
        top: The row of its first row, in pixels; may be negative.
        size: (H, W) of the image, in pixels.
    """
    height, width = size
    inside = crop[max(0, -top) : max(0, height - top), max(0, -left) : max(0, width - left)]
    rows = np.flatnonzero(inside.any(axis=1))
    if not len(rows):
        return RunLengths(size, np.zeros(0, np.int64), np.zeros(0, np.int64))
    band = inside[rows[0] : rows[-1] + 1]
    columns = np.flatnonzero(band.any(axis=0))
    tight = band[:, columns[0] : columns[-1] + 1]
    row, column = _line_edges(tight.T)
    places = (row + max(0, left) + columns[0]) * height + column + max(0, top) + rows[0]
    return RunLengths(size, *joined_runs(places[0::2], places[1::2]))


def runs_along_rows(mask: RunLengths) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where the foreground's runs start and end, as pixels' numbers along the rows laid end to end.

    No run goes on into the next row.
    """
    if mask.is_empty:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    x0, y0 = int(mask.box[0]), int(mask.box[1])
    crop = mask.decode_box()
    row, column = _line_edges(crop)
    places = (row + y0) * mask.size[1] + column + x0
    return places[0::2], places[1::2]


def _line_edges(lines: Mask) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return line and place of where runs along the lines of a bool array start and end, in turn.

    A run ends with its line, at the place after the last.
    """
    count, length = lines.shape
    # Background between the lines keeps a run from going on into the next one.
    flat = np.zeros(1 + count * (length + 1), bool)
    flat[1:].reshape(count, length + 1)[:, :length] = lines
    line, place = np.divmod(np.flatnonzero(flat[1:] != flat[:-1]), length + 1)
    return line, place


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
