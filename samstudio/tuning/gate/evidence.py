"""The evidence that the gate decides on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from samstudio.tuning.gate.choice import Choice
from samstudio.tuning.gate.expected_gain import Scores
from samstudio.tuning.recipe import Recipe

if TYPE_CHECKING:
    from samstudio.tuning.collapse import Collapse


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


@dataclass(frozen=True)
class AgainstLive:
    """The candidate beside the live version, on the objects that both can be judged on.

    ``live_miou`` and ``candidate_miou``: on these objects. ``expected``: the expected gain over the
    live version; ``risk``: the probability that it hurts. ``fair``: whether the objects are new to both.
    """

    live_miou: float
    candidate_miou: float
    expected: float
    risk: float
    fair: bool


@dataclass(frozen=True, eq=False)
class Evidence:
    """Scores of stock and the candidate on the same N objects, and what they come to.

    ``stock``, ``candidate``: one IoU an object, by its tight box. ``images``: each object's image.
    ``choice``: the strength, its expected gain and its risk. ``against_live``: None when stock is
    live. ``guards``: the other prompts. ``steps``: of the judged models, within ``max_seconds``.
    ``collapse``: how the candidate answers, beside stock; None where it is refused anyway.
    ``everyday``: the candidate on everyday objects; None where they are not installed.
    """

    stock: Scores
    candidate: Scores
    images: Sequence[str]
    choice: Choice
    guards: Sequence[Guard]
    recipe: Recipe
    steps: int
    least_steps: int
    max_seconds: float
    against_live: AgainstLive | None = None
    collapse: Collapse | None = None
    everyday: Guard | None = None
