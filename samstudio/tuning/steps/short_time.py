"""What a job leaves out where scoring alone would take more than its time: figures that decide nothing.

The verdict rests on the same objects and prompts as ever. Not here: fewer steps and models (`planning`).
"""

from __future__ import annotations

from dataclasses import replace

from samstudio.tuning.steps.job import TuningJob
from samstudio.tuning.steps.models import Baseline, scoring_seconds
from samstudio.tuning.steps.planning import RESERVE, DataSplit


def shorten(
    job: TuningJob, data: DataSplit, baseline: Baseline, *, seconds: float
) -> tuple[TuningJob, DataSplit]:
    """Return the job and its data with no more to score than there is time for, as far as that goes.

    First the annotation effort is measured on one object, then everyday objects are not looked at, unless
    they are to be kept; an app's first job would even have to encode their images.

    Args:
        job: The tuning job.
        data: How its samples are split.
        baseline: The scores to beat, with the time that they took.
        seconds: Seconds since the job began.
    """
    left = RESERVE * job.max_seconds - seconds
    if scoring_seconds(job, data, baseline) > left:
        data = replace(data, effort_samples=data.effort_samples[:1])
    if scoring_seconds(job, data, baseline) > left and not job.recipe.keep_everyday:
        job = replace(job, everyday=())
    return job, data
