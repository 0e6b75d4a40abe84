"""The plan before training: what is trained on, what is evaluated, and what the time allows.

Not here: how images are split (`splits`), and the training itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from samstudio.tuning.data import splits
from samstudio.tuning.data.samples import Sample
from samstudio.tuning.data.splits import Fold
from samstudio.tuning.steps.job import TuningJob

CHECKED_OBJECTS = 16
"""On how many objects the models are evaluated while they train, for the curve."""

EFFORT_OBJECTS = 8
"""On how many objects the annotation effort is measured."""

FEWEST_STEPS = 25
"""Where the judged models would take fewer steps than this, there are fewer models."""

RESERVE = 0.9
"""The share of the time allowed that is planned; the rest is for what takes longer than measured."""


@dataclass(frozen=True, eq=False)
class DataSplit:
    """The folds of the samples, and the objects that are evaluated.

    ``judged``: with boxes, to decide. ``guarded``: with other prompts. ``checked``: while the models
    train. ``effort_samples``: for the annotation effort. ``crossed``: whether the folds are cross-fitted.
    """

    samples: Sequence[Sample]
    folds: Sequence[Fold]
    judged: Sequence[Sample]
    guarded: Sequence[Sample]
    checked: Sequence[Sample]
    effort_samples: Sequence[Sample]
    crossed: bool


@dataclass(frozen=True)
class Plan:
    """The training that the time allows.

    ``folds``: one model each. ``trial_steps`` and ``last_steps``: their steps, and the last
    model's. ``until``: when they stop, in seconds since the job began.
    """

    folds: Sequence[Fold]
    trial_steps: int
    last_steps: int
    until: float


def split(job: TuningJob) -> DataSplit:
    """Split the samples into folds; only the validation pool, in whole groups, is ever held out."""
    recipe, pool = job.recipe, job.validation_pool
    rng = np.random.default_rng(job.seed)
    crossed = len({sample.image_id for sample in pool}) <= recipe.max_cross_fit_images
    folds = (
        splits.cross_fit(pool, folds=recipe.folds, rng=rng)
        if crossed
        else splits.fixed_split(pool, share=recipe.validation_share, rng=rng)
    )
    in_pool = {id(sample) for sample in pool}
    always = tuple(sample for sample in job.samples if id(sample) not in in_pool)
    folds = [replace(fold, train=always + fold.train) for fold in folds]
    judged = splits.spread([s for fold in folds for s in fold.validation], recipe.judged_objects, rng=rng)
    guarded = splits.spread(judged, recipe.guarded_objects, rng=rng)
    checked = splits.spread(judged, CHECKED_OBJECTS, rng=rng)
    effort_samples = splits.spread(guarded, EFFORT_OBJECTS, rng=rng)
    return DataSplit(job.samples, folds, judged, guarded, checked, effort_samples, crossed)


def plan(
    job: TuningJob, data: DataSplit, *, now: float, reserved_seconds: float, seconds_per_step: float
) -> Plan:
    """Return how many models to train, and how many steps each takes.

    Args:
        job: The tuning job, with its time.
        data: How its samples are split.
        now: Seconds since the job began.
        reserved_seconds: Seconds that scoring will take.
        seconds_per_step: Seconds that an optimiser step takes.

    Returns:
        The plan; the same folds as in ``data`` where the time is enough for them.
    """
    recipe, folds, part = job.recipe, data.folds, job.recipe.trial_share
    wanted = recipe.steps_for(len(data.samples))
    left = max(0.0, RESERVE * job.max_seconds - now - reserved_seconds)
    affordable = left / seconds_per_step
    if affordable * part / (part * len(folds) + 1) < min(FEWEST_STEPS, recipe.trial_steps(wanted)):
        # Little time, or a busy machine: fewer models, each trained enough to be judged.
        part = 1.0
        if data.crossed:
            folds = split(job.with_recipe(replace(recipe, folds=2))).folds
    models = part * len(folds) + 1
    last = max(1, min(wanted, int(affordable / models)))
    until = now + left * (1 - 1 / models)
    return Plan(folds, max(1, round(part * last)), last, until)
