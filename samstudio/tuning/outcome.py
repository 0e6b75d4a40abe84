"""What a tuning job ends with: the candidate, how it was judged, and the record of how it came about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from samstudio.tuning.annotation_effort import AnnotationEffort
from samstudio.tuning.data.samples import Sample
from samstudio.tuning.gate import Guard, Scores

State = dict[str, Tensor]
"""A mask decoder's weights by name."""


@dataclass(frozen=True)
class JudgedObject:
    """One held-out object's IoU under stock, the live version and the candidate."""

    image_id: str
    annotation_id: int | None
    base: float
    live: float
    candidate: float


@dataclass(frozen=True, eq=False)
class TuneOutcome:
    """What a tuning job ends with.

    ``state``: the candidate's mask decoder weights, also when it was not
    promoted (it goes to the shelf). The mIoUs are None when nothing could be
    held out. ``n_train`` and ``n_val`` count objects; cross-fitting learns from
    all of them and judges all of them, never both with one model. ``points``:
    (step, loss, val_miou, seconds).
    """

    state: State
    promote: bool
    reason: str
    base_miou: float | None
    live_miou: float | None
    candidate_miou: float | None
    n_train: int
    n_val: int
    seconds: float
    scores: dict[str, Any] = field(default_factory=dict)
    objects: tuple[JudgedObject, ...] = ()
    points: tuple[tuple[int, float | None, float | None, float], ...] = ()
    config: dict[str, Any] = field(default_factory=dict)


@dataclass(eq=False)
class Trial:
    """The folds' models and how they did, at the strength that did best.

    ``before`` and ``after``: the annotation effort with stock and with them, on ``effort_objects`` objects.
    """

    states: Sequence[State]
    steps: int
    strength: float
    by_strength: Mapping[float, Scores]
    guards: Sequence[Guard]
    before: AnnotationEffort
    after: AnnotationEffort
    effort_objects: int

    @property
    def scores(self) -> Scores:
        """IoU of each judged object."""
        return self.by_strength[self.strength]


def trial_scores(trial: Trial, canary: Guard | None) -> dict[str, Any]:
    """The full evaluation as a version's record keeps it."""
    shown = [*trial.guards, *([canary] if canary else [])]
    before, after = trial.before, trial.after
    return {
        "strength": trial.strength,
        "by_strength": {str(s): float(v.mean()) for s, v in trial.by_strength.items()},
        "protocols": {
            guard.protocol: {"base": float(guard.base.mean()), "candidate": float(guard.candidate.mean())}
            for guard in shown
        },
        "labour": {
            "objects": trial.effort_objects,
            "clicks90": {"base": before.clicks, "candidate": after.clicks},
            "corrected_pixels": {"base": before.pixels, "candidate": after.pixels},
        },
    }


def judged_objects(
    samples: Sequence[Sample], base: Scores, live: Scores, candidate: Scores
) -> tuple[JudgedObject, ...]:
    """Each judged object with its three IoUs."""
    return tuple(
        JudgedObject(s.image_id, s.example.annotation_id, *map(float, ious))
        for s, *ious in zip(samples, base, live, candidate, strict=True)
    )
