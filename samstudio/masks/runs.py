"""Arithmetic on masks as runs: overlaps and shifts without unpacking a pixel."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from samstudio.domain import Rle
from samstudio.masks.rle import foreground_runs


class Runs(NamedTuple):
    """A mask's foreground as runs, columns laid end to end."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]

    @classmethod
    def of(cls, rle: Rle) -> Runs:
        """Of a mask; raises InvalidInput as `samstudio.masks.rle.decode_rle` does."""
        _, starts, ends = foreground_runs(rle)
        return cls(starts, ends)

    def same(self, other: Runs) -> bool:
        """Whether both hold the same pixels."""
        return np.array_equal(self.starts, other.starts) and np.array_equal(self.ends, other.ends)

    @property
    def area(self) -> int:
        """Number of pixels."""
        return int((self.ends - self.starts).sum())

    def overlap(self, other: Runs) -> int:
        """Number of pixels that both have."""
        return int((other._below(self.ends) - other._below(self.starts)).sum())

    def _below(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """How many of the pixels lie before each of these places."""
        lengths = np.concatenate(([0], np.cumsum(self.ends - self.starts)))
        index = np.searchsorted(self.starts, places, side="right")
        inside = np.concatenate(([0], self.ends))[index] - places
        return lengths[index] - np.where(index > 0, np.maximum(inside, 0), 0)

    def moved(self, other: Runs) -> bool:
        """Whether the other is this one, moved as a whole."""
        if len(self.starts) != len(other.starts) or not len(self.starts):
            return False
        shift = other.starts - self.starts
        return bool((shift == shift[0]).all() and (other.ends - self.ends == shift[0]).all())
