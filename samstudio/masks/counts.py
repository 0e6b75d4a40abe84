"""The ``counts`` of a COCO run-length mask, compressed or not, read and checked.

pycocotools' own decoder does not check: runs that are too short give whatever
was in memory, and a size that is too large crashes the process.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from samstudio.domain import InvalidInput, Size

MAX_PIXELS = 2**31
"""pycocotools counts pixels in 32 bits."""


def read_counts(rle: Any) -> tuple[Size, NDArray[np.int64]]:
    """Return the size (H, W) of a COCO RLE and its run lengths, background first, down the columns.

    Raises:
        InvalidInput: It is no COCO RLE, or its runs do not fill its size.
    """
    if not isinstance(rle, Mapping):
        raise InvalidInput("not a COCO run-length mask: it is no object with a size and counts")
    try:
        height, width = (int(side) for side in rle["size"])
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
        raise InvalidInput("not a COCO run-length mask: its size is not two numbers") from error
    runs = _checked_runs(rle.get("counts"))
    if height < 0 or width < 0 or height * width >= MAX_PIXELS:
        raise InvalidInput(f"not a COCO run-length mask: its size is {height}x{width}")
    if (runs < 0).any() or (runs >= MAX_PIXELS).any():
        raise InvalidInput("not a COCO run-length mask: it has a run below 0 or of more than 32 bits")
    if runs.sum() != height * width:
        filled = f"its runs do not fill {height}x{width} pixels: they have {runs.sum()}"
        raise InvalidInput(f"not a COCO run-length mask: {filled}")
    return (height, width), runs


def _checked_runs(counts: Any) -> NDArray[np.int64]:
    """Return the run lengths, compressed or not.

    Raises:
        InvalidInput: They are neither.
    """
    if not isinstance(counts, list | tuple | bytes | str):
        raise InvalidInput("not a COCO run-length mask: its counts are no list and no text")
    try:
        return _run_lengths(counts)
    except (TypeError, UnicodeEncodeError, OverflowError) as error:
        raise InvalidInput("not a COCO run-length mask: its counts are no run lengths") from error
    except ValueError as error:
        raise InvalidInput(f"not a COCO run-length mask: {error}") from error


def _run_lengths(counts: Any) -> NDArray[np.int64]:
    if isinstance(counts, list | tuple):
        return np.array([_run(run) for run in counts], np.int64)
    return _decompressed(counts if isinstance(counts, bytes) else counts.encode("ascii"))


def _run(run: Any) -> int:
    """Return a run's length; whole numbers are written as floats by some tools."""
    return int(run) if isinstance(run, float) and run.is_integer() else operator.index(run)


def _decompressed(counts: bytes) -> NDArray[np.int64]:
    """Read what pycocotools' ``rleFrString`` reads, but checked.

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
