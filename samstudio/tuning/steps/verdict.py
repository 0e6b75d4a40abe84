"""The evidence from a trial, and the gate's verdict on it."""

from __future__ import annotations

import numpy as np

from samstudio.tuning.collapse import Collapse
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
"""From so many images on, the live version is compared on objects that it had not seen alone."""


def judge_trial(
    job: TuningJob,
    data: DataSplit,
    baseline: Baseline,
    trial: Trial,
    *,
    everyday: Guard | None = None,
    collapse: Collapse | None = None,
) -> Verdict:
    """Return the gate's verdict on a trial.

    Args:
        job: The tuning job.
        data: How its samples are split.
        baseline: The scores to beat.
        trial: The models at their strength.
        everyday: The candidate's scores on everyday objects.
        collapse: How the candidate answers, beside stock.

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
            collapse=collapse,
        )
    )


def _against_live(job: TuningJob, data: DataSplit, baseline: Baseline, trial: Trial) -> AgainstLive | None:
    """Compare with the live version, on objects that are new to it where they lie in enough images.

    Where it learned from an object, what its own job's models got on it, held out, stands for it.
    """
    if baseline.live is None:
        return None
    samples = data.judged.samples
    live, candidate = baseline.live.mean.copy(), trial.judged.mean.copy()
    new = {id(sample) for sample in unseen_samples(samples, job.live_annotation_ids)}
    fair = np.array([id(sample) in new for sample in samples], np.bool_)
    for row, sample in enumerate(samples):
        known = job.live_held_out.get(sample.example.annotation_id or 0)
        if known is not None and not fair[row]:
            live[row], candidate[row], fair[row] = known, trial.scores[row], True
    images = np.array([sample.image_id for sample in samples])
    enough = len(set(images[fair])) >= FAIR_IMAGES
    kept = fair if enough else np.ones_like(fair)
    seen = Differences.of(live[kept], candidate[kept], images[kept].tolist())
    return against_live(live[kept], candidate[kept], seen, fair=enough)
