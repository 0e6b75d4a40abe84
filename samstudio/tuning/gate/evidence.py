"""The evidence that the gate decides on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from samstudio.tuning.gate.statistics import Gain, Scores, paired_gain
from samstudio.tuning.recipe import Recipe


@dataclass(frozen=True, eq=False)
class Guard:
    """The scores of stock and the candidate on the same objects, under one of the other prompts."""

    protocol: str
    base: Scores
    candidate: Scores

    def drop(self) -> float:
        """Return how much mIoU fell beyond one standard error; few objects' click scores vary widely."""
        change = self.candidate - self.base
        error = change.std(ddof=1) / np.sqrt(len(change)) if len(change) > 1 else 0.0
        return float(-change.mean() - error)

    def fall(self) -> float:
        """Return how much mIoU fell."""
        return float(self.base.mean() - self.candidate.mean())


@dataclass(frozen=True, eq=False)
class Evidence:
    """Scores of stock, the live version and the candidate on the same N objects.

    ``stock``, ``live``, ``candidate``: one IoU an object; ``live`` is None when stock is live.
    ``images``: each object's image. ``unseen_by_live``: bool N, the objects on images that the live
    version was not trained on. ``guards``: the other prompts. ``steps``: of the judged models,
    within ``max_seconds``. ``canary``: the final candidate on everyday objects; None before
    there is one. ``kept_share``: the part of its change that was kept.
    """

    stock: Scores
    live: Scores | None
    candidate: Scores
    images: Sequence[str]
    unseen_by_live: NDArray[np.bool_]
    guards: Sequence[Guard]
    recipe: Recipe
    steps: int
    least_steps: int
    max_seconds: float
    canary: Guard | None = None
    kept_share: float = 1.0

    @cached_property
    def gain(self) -> Gain:
        """The candidate's gain over stock."""
        return paired_gain(self.stock, self.candidate, self.images, confidence=self.recipe.confidence)
