"""A mask as the runs of its foreground: its area, box and overlaps without unpacking a pixel."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco

from samstudio.domain import Box, InvalidInput, Rle, Size
from samstudio.masks.arrays import EMPTY, Mask
from samstudio.masks.counts import read_counts

Places = NDArray[np.int64]
"""Numbers of pixels, counted down the columns laid end to end: COCO's order."""


@dataclass(frozen=True, eq=False)
class RunLengths:
    """A mask as the runs of its foreground.

    ``size``: (H, W) in pixels. ``starts`` and ``ends``: int64 N, where each run
    of foreground starts and the pixel after its last one; no run is empty and
    no two touch, so equal masks have equal runs.
    """

    size: Size
    starts: Places
    ends: Places

    @classmethod
    def parse(cls, rle: Any) -> RunLengths:
        """Read a COCO RLE, compressed or with integer counts.

        Raises:
            InvalidInput: It is no COCO RLE, or its runs do not fill its size.
        """
        size, runs = read_counts(rle)
        return cls(size, *_foreground(runs))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, RunLengths)
            and self.size == other.size
            and np.array_equal(self.starts, other.starts)
            and np.array_equal(self.ends, other.ends)
        )

    def __hash__(self) -> int:
        return hash((self.size, self.starts.tobytes(), self.ends.tobytes()))

    @property
    def is_empty(self) -> bool:
        """Whether no pixel is foreground."""
        return not len(self.starts)

    @property
    def area(self) -> int:
        """Number of foreground pixels."""
        return int((self.ends - self.starts).sum())

    @cached_property
    def box(self) -> Box:
        """The tight XYXY box in pixel indices, as `mask_to_box` returns it.

        Raises:
            InvalidInput: The mask is empty.
        """
        if self.is_empty:
            raise InvalidInput(EMPTY)
        height = self.size[0]
        column, top = np.divmod(self.starts, height)
        last_column, bottom = np.divmod(self.ends - 1, height)
        # A run that goes on into the next column touches both the top and the bottom row.
        turns = bool((column != last_column).any())
        y0, y1 = (0, height - 1) if turns else (top.min(), bottom.max())
        return (float(column[0]), float(y0), float(last_column[-1]), float(y1))

    def overlap(self, other: RunLengths) -> int:
        """Return the number of pixels that both masks have; they must be of one size."""
        return int((other._below(self.ends) - other._below(self.starts)).sum())

    def is_moved(self, other: RunLengths) -> bool:
        """Tell whether the other mask is this one, moved as a whole."""
        if len(self.starts) != len(other.starts) or self.is_empty:
            return False
        shift = other.starts - self.starts
        return bool((shift == shift[0]).all() and (other.ends - self.ends == shift[0]).all())

    def decode(self) -> Mask:
        """Return the mask as a bool HxW array."""
        runs = self._counts()
        values = np.arange(len(runs)) % 2 == 1
        return np.repeat(values, runs).reshape(self.size[1], self.size[0]).T

    def decode_box(self) -> Mask:
        """Return the mask within its `box`, a bool array of the box's size: quick in large images.

        Raises:
            InvalidInput: The mask is empty.
        """
        x0, y0, x1, y1 = (int(side) for side in self.box)
        height = self.size[0]
        columns = RunLengths((height, x1 - x0 + 1), self.starts - x0 * height, self.ends - x0 * height)
        return columns.decode()[y0 : y1 + 1]

    def sampled(self, size: Size) -> Mask:
        """Return the mask at another size (H, W), each pixel as the nearest one of the mask's is.

        Its time follows the size that is asked for, not the mask's own.
        """
        rows, columns = (
            ((np.arange(wanted) + 0.5) * own / wanted).astype(np.int64)
            for own, wanted in zip(self.size, size, strict=True)
        )
        found = np.zeros(size, dtype=np.bool_)
        if self.is_empty:
            return found
        x0, y0, x1, y1 = self.box
        near = np.ix_((rows >= y0) & (rows <= y1), (columns >= x0) & (columns <= x1))
        places = columns[near[1][0]] * self.size[0] + rows[near[0][:, 0], None]
        run = np.searchsorted(self.starts, places, side="right")
        found[near] = (run > 0) & (places < np.concatenate(([0], self.ends))[run])
        return found

    def to_rle(self) -> Rle:
        """Return the canonical COCO RLE, compressed with str counts, equal to that of `encode_rle`."""
        height, width = self.size
        return {"size": [height, width], "counts": self._packed}

    @cached_property
    def _packed(self) -> str:
        """The canonical compressed counts."""
        height, width = self.size
        counts = self._counts()
        if counts[-1] == 0 and len(counts) > 1:
            counts = counts[:-1]
        packed = coco.frPyObjects({"size": [height, width], "counts": counts.tolist()}, height, width)
        return str(packed["counts"].decode("ascii"))

    def _counts(self) -> Places:
        """Return the lengths of runs that alternate, background first and last."""
        edges = np.zeros(2 * len(self.starts) + 2, np.int64)
        edges[1:-1:2], edges[2:-1:2], edges[-1] = self.starts, self.ends, self.size[0] * self.size[1]
        return np.diff(edges)

    def _below(self, places: Places) -> Places:
        """Return how many foreground pixels lie before each of these places."""
        lengths = np.concatenate(([0], np.cumsum(self.ends - self.starts)))
        index = np.searchsorted(self.starts, places, side="right")
        inside = np.concatenate(([0], self.ends))[index] - places
        return lengths[index] - np.where(index > 0, np.maximum(inside, 0), 0)


def _foreground(runs: NDArray[np.int64]) -> tuple[Places, Places]:
    """Return where foreground runs start and end; empty ones are dropped and touching ones joined."""
    edges = np.cumsum(runs)
    starts, ends = edges[0:-1:2], edges[1::2]
    if len(runs) < 2 or runs[1:].all():  # as canonical ones are
        return starts, ends
    filled = ends > starts
    return joined_runs(starts[filled], ends[filled])


def joined_runs(starts: Places, ends: Places) -> tuple[Places, Places]:
    """Join runs that touch, as those down whole columns do; none may be empty."""
    apart = starts[1:] != ends[:-1]
    if apart.all():
        return starts, ends
    return starts[np.append(True, apart)], ends[np.append(apart, True)]
