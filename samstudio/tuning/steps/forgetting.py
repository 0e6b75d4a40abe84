"""How much of a candidate's change can be kept without it forgetting everyday objects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from samstudio.tuning.evaluator import Evaluator
from samstudio.tuning.gate import Guard
from samstudio.tuning.steps.job import TuningJob
from samstudio.tuning.trainer import State, blend

LEAST_KEPT = 0.25
"""Less of a candidate's change than this is not worth keeping."""

HALVINGS = 4
"""Bisection steps in the search for how much to keep: to a twentieth of the change."""


@dataclass(frozen=True, eq=False)
class Blend:
    """The mean of the models at an interpolation weight, and its scores on everyday objects."""

    state: State
    canary: Guard
    weight: float


def remembering_blend(job: TuningJob, states: Sequence[State], weight: float, evaluator: Evaluator) -> Blend:
    """Return the mean of the models with the largest weight at which it has not forgotten everyday objects.

    Args:
        job: The tuning job.
        states: The models.
        weight: The largest weight that is wanted.
        evaluator: Scores on everyday objects.

    Returns:
        The blend; at a quarter of ``weight`` it is returned even where it has forgotten them.
    """

    def at(part: float) -> Blend:
        state = blend(evaluator.origin, states, weight * part)
        return Blend(state, evaluator.canary(job.canary, state), weight * part)

    def forgets(one: Blend) -> bool:
        return one.canary.fall() > job.recipe.canary_drop

    best = at(1.0)
    if not forgets(best):
        return best
    best = at(LEAST_KEPT)
    if forgets(best):
        return best
    remembered, forgotten = LEAST_KEPT, 1.0
    for _ in range(HALVINGS):
        middle = (remembered + forgotten) / 2
        tried = at(middle)
        if forgets(tried):
            forgotten = middle
        else:
            remembered, best = middle, tried
    return best
