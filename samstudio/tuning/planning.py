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

EFFORT_OBJECTS = 8
"""On how many objects the annotation effort is measured."""

FEWEST_STEPS = 25
"""Where the judged models would take fewer steps than this, there are fewer models."""

RESERVE = 0.9
"""The share of the time allowed that is planned; the rest is for what takes longer than measured."""


@dataclass(eq=False)
class DataSplit:
    """What is learned from, and what is judged: with boxes, with other prompts, on the way, in clicks."""

    samples: Sequence[Sample]
    folds: Sequence[Fold]
    judged: Sequence[Sample]
    guarded: Sequence[Sample]
    checked: Sequence[Sample]
    effort_samples: Sequence[Sample]
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


def split(samples: Sequence[Sample], *, judges: Sequence[Sample], recipe: Recipe, seed: int) -> DataSplit:
    """Deal the samples out to folds; only ``judges``, whole groups of them, are ever held out."""
    rng = np.random.default_rng(seed)
    crossed = len({sample.image_id for sample in judges}) <= recipe.max_cross_fit_images
    folds = (
        splits.cross_fit(judges, folds=recipe.folds, rng=rng)
        if crossed
        else splits.fixed_split(judges, share=recipe.validation_share, rng=rng)
    )
    judging = {id(sample) for sample in judges}
    always = tuple(sample for sample in samples if id(sample) not in judging)
    folds = [replace(fold, train=always + fold.train) for fold in folds]
    judged = splits.spread([s for fold in folds for s in fold.validation], recipe.judged_objects, rng=rng)
    guarded = splits.spread(judged, recipe.guarded_objects, rng=rng)
    checked = splits.spread(judged, CHECKED_OBJECTS, rng=rng)
    effort_samples = splits.spread(guarded, EFFORT_OBJECTS, rng=rng)
    return DataSplit(samples, folds, judged, guarded, checked, effort_samples, crossed)


def plan(
    data: DataSplit,
    recipe: Recipe,
    *,
    judges: Sequence[Sample],
    seed: int,
    now: float,
    seconds: float,
    reserved_seconds: float,
    seconds_per_step: float,
) -> Plan:
    """How many models, and how many steps each.

    ``now`` and ``seconds``: time spent, and allowed in all. ``reserved_seconds``: seconds that scoring
    will take. ``seconds_per_step``: of training.
    """
    folds, part = data.folds, recipe.trial_share
    wanted = recipe.steps_for(len(data.samples))
    left = max(0.0, RESERVE * seconds - now - reserved_seconds)
    affordable = left / seconds_per_step
    if affordable * part / (part * len(folds) + 1) < min(FEWEST_STEPS, recipe.trial_steps(wanted)):
        # Little time, or a busy machine: fewer models, each trained enough to be judged.
        part = 1.0
        if data.crossed:
            fewer = replace(recipe, folds=2)
            folds = split(data.samples, judges=judges, recipe=fewer, seed=seed).folds
    models = part * len(folds) + 1
    last = max(1, min(wanted, int(affordable / models)))
    until = now + left * (1 - 1 / models)
    return Plan(folds, max(1, round(part * last)), last, until)
