"""The evidence from a trial, and the gate's verdict on it."""

from __future__ import annotations

import numpy as np

from samstudio.tuning.data.splits import unseen_samples
from samstudio.tuning.gate import Evidence, Guard, Verdict, decide
from samstudio.tuning.steps.folds import Baseline, Trial
from samstudio.tuning.steps.job import TuningJob
from samstudio.tuning.steps.planning import DataSplit


def judge_trial(
    job: TuningJob,
    data: DataSplit,
    baseline: Baseline,
    trial: Trial,
    *,
    canary: Guard | None = None,
    kept_share: float = 1.0,
) -> Verdict:
    """Return the gate's verdict on a trial.

    Args:
        job: The tuning job.
        data: How its samples are split.
        baseline: The scores to beat.
        trial: The folds' models at their strength.
        canary: The candidate's scores on everyday objects, once there is one.
        kept_share: The part of its change that was kept, 0 to 1.

    Returns:
        The verdict, with its code and parameters.
    """
    recipe = job.recipe
    unseen = {id(sample) for sample in unseen_samples(data.judged, job.live_annotation_ids)}
    wanted_steps = recipe.trial_steps(recipe.steps_for(len(job.samples)))
    return decide(
        Evidence(
            stock=baseline.stock,
            live=baseline.live,
            candidate=trial.scores,
            images=[sample.image_id for sample in data.judged],
            unseen_by_live=np.array([id(sample) in unseen for sample in data.judged], np.bool_),
            guards=trial.guards,
            recipe=recipe,
            steps=trial.steps,
            least_steps=min(recipe.least_steps, wanted_steps),
            max_seconds=job.max_seconds,
            canary=canary,
            kept_share=kept_share,
        )
    )
