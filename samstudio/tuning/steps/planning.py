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
from samstudio.tuning.data.views import Views
from samstudio.tuning.steps.job import TuningJob

CHECKED_OBJECTS = 16
"""On how many objects the models are evaluated while they train, for the curve."""

FEWEST_STEPS = 25
"""Where the models would take fewer steps than this, there are fewer models."""

RESERVE = 0.9
"""The share of the time allowed that is planned; the rest is for what takes longer than measured."""


@dataclass(frozen=True, eq=False)
class DataSplit:
    """The folds of the samples, and the objects that are evaluated.

    ``judged``: with boxes, to decide. ``guarded``: with other prompts. ``checked``: while the models
    train. ``effort_samples``: for the annotation effort.
    """

    samples: Sequence[Sample]
    folds: Sequence[Fold]
    judged: Views
    guarded: Sequence[Sample]
    checked: Sequence[Sample]
    effort_samples: Sequence[Sample]


@dataclass(frozen=True)
class Plan:
    """The training that the time allows.

    ``folds``: one model each. ``steps``: of each of them. ``until``: when they stop, in seconds
    since the job began.
    """

    folds: Sequence[Fold]
    steps: int
    until: float


def split(job: TuningJob) -> DataSplit:
    """Split the samples into folds; only the validation pool, in whole groups, is ever held out."""
    recipe, pool = job.recipe, job.validation_pool
    rng = np.random.default_rng(job.seed)
    folds = _folds(job, rng)
    judged = splits.spread(pool, recipe.judged_objects, rng=rng)
    loose = 2 * len(judged) <= recipe.judged_objects
    guarded = splits.spread(judged, recipe.guarded_objects, rng=rng)
    checked = splits.spread(judged, CHECKED_OBJECTS, rng=rng)
    effort_samples = splits.spread(judged, recipe.effort_objects, rng=rng)
    shown = Views(judged, loose=loose)
    return DataSplit(job.samples, folds, shown, guarded, checked, effort_samples)


def _folds(job: TuningJob, rng: np.random.Generator) -> list[Fold]:
    """Return the folds of each partition of the pool; the other samples are always trained on.

    What is judged only is held out by every fold.
    """
    in_pool = {id(sample) for sample in job.validation_pool}
    judged_only = tuple(sample for sample in job.validation_pool if sample.example.judged_only)
    pool = [sample for sample in job.validation_pool if not sample.example.judged_only]
    always = tuple(sample for sample in job.samples if id(sample) not in in_pool)
    if not pool:
        return [Fold(always, judged_only)] * job.recipe.partitions
    return [
        Fold(always + fold.train, fold.validation + judged_only)
        for _ in range(job.recipe.partitions)
        for fold in splits.cross_fit(pool, folds=job.recipe.folds, rng=rng)
    ]


def plan(
    job: TuningJob, data: DataSplit, *, now: float, reserved_seconds: float, seconds_per_step: float
) -> Plan:
    """Return how many models to train, and how many steps each takes.

    Args:
        job: The tuning job, with its time.
        data: How its samples are split.
        now: Seconds since the job began.
        reserved_seconds: Seconds that scoring will take.
        seconds_per_step: Seconds that an optimiser step of one model takes.

    Returns:
        The plan; the same folds as in ``data`` where the time is enough for them.
    """
    wanted = job.recipe.steps_for(len(data.samples))
    left = max(0.0, RESERVE * job.max_seconds - now - reserved_seconds)
    affordable = left / seconds_per_step
    folds = _affordable(job, data.folds, affordable, min(FEWEST_STEPS, wanted))
    steps = max(1, min(wanted, int(affordable / len(folds))))
    return Plan(folds, steps, now + left)


def _affordable(job: TuningJob, folds: Sequence[Fold], steps: float, least: int) -> Sequence[Fold]:
    """Return fewer folds where their models would take fewer steps than the least.

    Each model is then trained enough to be judged: one partition, then one of two parts.
    """
    for recipe in (replace(job.recipe, partitions=1), replace(job.recipe, partitions=1, folds=2)):
        if steps / len(folds) >= least:
            return folds
        folds = _folds(job.with_recipe(recipe), np.random.default_rng(job.seed))
    return folds
