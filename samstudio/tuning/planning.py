"""Before anything is trained: what is learned from, what is judged, and what the time allows.

Not here: how images are dealt out (`splits`), and the training itself.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from samstudio.tuning.data import splits
from samstudio.tuning.data.samples import Sample
from samstudio.tuning.data.splits import Fold
from samstudio.tuning.recipe import Recipe

CHECKED_OBJECTS = 16
"""On how many objects the models are looked at while they train, for the curve."""

WORKED_OBJECTS = 8
"""On how many objects the labour is measured."""

FEWEST_STEPS = 25
"""Where the judged models would take fewer steps than this, there are fewer models."""

RESERVE = 0.9
"""The share of the time allowed that is planned; the rest is for what takes longer than measured."""


@dataclass(eq=False)
class Share:
    """What is learned from, and what is judged: with boxes, with other prompts, on the way, in clicks."""

    samples: Sequence[Sample]
    folds: Sequence[Fold]
    judged: Sequence[Sample]
    guarded: Sequence[Sample]
    checked: Sequence[Sample]
    worked: Sequence[Sample]
    crossed: bool


@dataclass(frozen=True)
class Plan:
    """What the time allows: the judged models, their steps and the last one's, and when they stop."""

    folds: Sequence[Fold]
    trial_steps: int
    last_steps: int
    until: float


def fresh(samples: Sequence[Sample], seen: Collection[int]) -> list[Sample]:
    """Samples whose group (or image) holds no annotation that was learned from before."""
    known = {sample.group for sample in samples if sample.example.annotation_id in seen}
    return [sample for sample in samples if sample.group not in known]


def share_out(samples: Sequence[Sample], *, judges: Sequence[Sample], recipe: Recipe, seed: int) -> Share:
    """Deal the samples out; only ``judges``, whole groups of them, are ever held out."""
    rng = np.random.default_rng(seed)
    crossed = len({sample.image_id for sample in judges}) <= recipe.few
    folds = (
        splits.cross_fit(judges, folds=recipe.folds, rng=rng)
        if crossed
        else splits.fixed_split(judges, share=recipe.held_share, rng=rng)
    )
    judging = {id(sample) for sample in judges}
    always = tuple(sample for sample in samples if id(sample) not in judging)
    folds = [replace(fold, train=always + fold.train) for fold in folds]
    judged = splits.spread([s for fold in folds for s in fold.held], recipe.judged_objects, rng=rng)
    guarded = splits.spread(judged, recipe.guarded_objects, rng=rng)
    checked = splits.spread(judged, CHECKED_OBJECTS, rng=rng)
    worked = splits.spread(guarded, WORKED_OBJECTS, rng=rng)
    return Share(samples, folds, judged, guarded, checked, worked, crossed)


def plan(
    share: Share,
    recipe: Recipe,
    *,
    judges: Sequence[Sample],
    seed: int,
    now: float,
    seconds: float,
    spoken_for: float,
    pace: float,
) -> Plan:
    """How many models, and how many steps each.

    ``now`` and ``seconds``: time spent, and allowed in all. ``spoken_for``: seconds that scoring
    will take. ``pace``: seconds a step.
    """
    folds, part = share.folds, recipe.trial_share
    wanted = recipe.steps_for(len(share.samples))
    left = max(0.0, RESERVE * seconds - now - spoken_for)
    affordable = left / pace
    if affordable * part / (part * len(folds) + 1) < min(FEWEST_STEPS, recipe.trial_steps(wanted)):
        # Little time, or a busy machine: fewer models, each trained enough to be judged.
        part = 1.0
        if share.crossed:
            fewer = replace(recipe, folds=2)
            folds = share_out(share.samples, judges=judges, recipe=fewer, seed=seed).folds
    models = part * len(folds) + 1
    last = max(1, min(wanted, int(affordable / models)))
    until = now + left * (1 - 1 / models)
    return Plan(folds, max(1, round(part * last)), last, until)
