"""The jobs among the league's rows: what each judged, and what was true."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.recipes import Row
from samstudio.tuning.gate import Differences

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Press:
    """A job: its split, what it judged, what was true, and how long it took."""

    name: str
    k: int
    seed: int
    objects: int
    held_images: float
    seen: dict[float, Differences]
    true: dict[float, float]
    code: str
    seconds: float

    @property
    def full(self) -> float:
        """The true gain of the whole of the change."""
        return self.true[max(self.true)]

    @property
    def images(self) -> int:
        """How many images it learned from."""
        return len(next(iter(self.seen.values())).gains)

    def true_at(self, strength: float) -> float:
        """Return the true gain at a strength; between those that were measured it is interpolated."""
        known = {0.0: 0.0, **self.true}
        at = sorted(known)
        return float(np.interp(strength, at, [known[one] for one in at]))


def presses(rows: Iterable[Row]) -> list[Press]:
    """Return the jobs among the rows."""
    return [_press(row) for row in rows if row["recipe"] == "ours" and row["judged"]]


def _press(row: Row) -> Press:
    seen = {
        float(strength): Differences(np.array(one["gains"]), np.array(one["shares"]))
        for strength, one in row["judged"].items()
    }
    true = {float(strength): gain for strength, gain in row["true"].items()}
    images = len(next(iter(seen.values())).gains)
    held_images = row["n_held"] * images / row["n_train"]  # with as many objects an image
    place = (row["set"], row["k"], row["seed"], row["n_train"], held_images)
    return Press(*place, seen, true, row["code"], row["seconds"])


def evenly(jobs: Sequence[Press]) -> Values:
    """Return a weight for each job, so that every set counts as much."""
    names = [job.name for job in jobs]
    weights = np.array([1 / names.count(name) for name in names])
    return weights / weights.sum()
