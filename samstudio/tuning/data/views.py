"""The views in which an object is judged: where there are few objects, each says more.

An object is prompted by its tight box, by a loose box, and by its tight box on the mirrored images
that are encoded. Its score is the mean over the views.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from samstudio.tuning.data.samples import Sample

Flipped = Callable[[Sample], Sequence[Sample]]
"""Returns the same object on the mirrored images that are encoded; maybe none."""


def no_views(_sample: Sample) -> Sequence[Sample]:
    """Return no mirrored image."""
    return ()


@dataclass(frozen=True, eq=False)
class Views:
    """The judged objects, and their further views.

    ``mirrored``: objects on mirrored images, each with the row of the sample that it shows.
    ``loose``: whether each sample is also prompted by its loose box.
    """

    samples: Sequence[Sample]
    mirrored: Sequence[tuple[int, Sample]]
    loose: bool

    @property
    def tight(self) -> list[Sample]:
        """Return the samples that are prompted by their tight box: the objects, then those mirrored."""
        return [*self.samples, *(sample for _, sample in self.mirrored)]

    def __len__(self) -> int:
        return len(self.samples) * (2 if self.loose else 1) + len(self.mirrored)

    def mean(self, tight: NDArray[np.float64], loose: NDArray[np.float64] | None) -> NDArray[np.float64]:
        """Return each object's mean IoU over its views, float64 N.

        Args:
            tight: IoU of the samples in `tight`.
            loose: IoU of the N objects by their loose boxes; None where they are no view.
        """
        count = len(self.samples)
        rows = [*range(count), *(row for row, _ in self.mirrored)]
        values = [tight]
        if loose is not None:
            rows += range(count)
            values.append(loose)
        sums = np.bincount(rows, weights=np.concatenate(values), minlength=count)
        return np.asarray(sums / np.bincount(rows, minlength=count), np.float64)


def views_of(samples: Sequence[Sample], flipped: Flipped, *, each: int) -> Views:
    """Return the samples in up to ``each`` views: the tight box, the loose box, then mirrored images."""
    mirrored = [
        (row, other) for row, sample in enumerate(samples) for other in flipped(sample)[: max(0, each - 2)]
    ]
    return Views(samples, mirrored, loose=each > 1)
