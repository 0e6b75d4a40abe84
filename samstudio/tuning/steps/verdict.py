"""The evidence from a trial, and the gate's verdict on it."""

from __future__ import annotations

import numpy as np

from samstudio.tuning.data.splits import unseen_samples
from samstudio.tuning.gate import (
    AgainstLive,
    Differences,
    Evidence,
    Guard,
    Verdict,
    against_live,
    decide,
)
from samstudio.tuning.steps.job import TuningJob
from samstudio.tuning.steps.models import Baseline, Trial
from samstudio.tuning.steps.planning import DataSplit

FAIR_IMAGES = 3
"""From so many images on that are new to the live version, it is compared on those alone."""


def judge_trial(
    job: TuningJob, data: DataSplit, baseline: Baseline, trial: Trial, *, everyday: Guard | None = None
) -> Verdict:
    """Return the gate's verdict on a trial.

    Args:
        job: The tuning job.
        data: How its samples are split.
        baseline: The scores to beat.
        trial: The models at their strength.
        everyday: The candidate's scores on everyday objects.

    Returns:
        The verdict, with its code and parameters.
    """
    recipe = job.recipe
    wanted_steps = recipe.steps_for(len(job.samples))
    return decide(
        Evidence(
            stock=baseline.stock.tight,
            candidate=trial.scores,
            images=[sample.image_id for sample in data.judged.samples],
            choice=trial.choice,
            against_live=_against_live(job, data, baseline, trial),
            guards=trial.guards,
            recipe=recipe,
            steps=trial.steps,
            least_steps=min(recipe.least_steps, wanted_steps),
            max_seconds=job.max_seconds,
            everyday=everyday,
        )
    )


def _against_live(job: TuningJob, data: DataSplit, baseline: Baseline, trial: Trial) -> AgainstLive | None:
    """Compare with the live version, on images that it did not learn from where there are enough."""
    if baseline.live is None:
        return None
    samples = data.judged.samples
    new = {id(sample) for sample in unseen_samples(samples, job.live_annotation_ids)}
    unseen = np.array([id(sample) in new for sample in samples], np.bool_)
    images = np.array([sample.image_id for sample in samples])
    fair = len(set(images[unseen])) >= FAIR_IMAGES
    kept = unseen if fair else np.ones_like(unseen)
    live, candidate = baseline.live.mean[kept], trial.judged.mean[kept]
    return against_live(live, candidate, Differences.of(live, candidate, images[kept].tolist()), fair=fair)
