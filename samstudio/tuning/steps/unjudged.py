"""Tuning where nothing can be held out: the candidate is trained and not promoted."""

from __future__ import annotations

from samstudio.records import VersionScores
from samstudio.tuning.gate import Verdict
from samstudio.tuning.outcome import TuneOutcome
from samstudio.tuning.progress import Reporter
from samstudio.tuning.steps.job import TuningJob
from samstudio.tuning.steps.planning import RESERVE
from samstudio.tuning.steps.record import config_of
from samstudio.tuning.steps.training import Training, measure_step
from samstudio.tuning.trainer import blend


def train_unjudged(job: TuningJob, reporter: Reporter) -> TuneOutcome:
    """Train on every sample; without held-out objects to judge it on, the candidate is not promoted."""
    reporter.phase("training")
    training = Training(job, measure_step(job, job.samples, reporter), reporter)
    wanted = job.recipe.steps_for(len(job.samples))
    left = RESERVE * job.max_seconds - reporter.seconds
    reporter.plan(min(wanted, left / training.timing.seconds_per_step))
    states, steps = training.train([job.samples], wanted, until=RESERVE * job.max_seconds)
    return TuneOutcome(
        state=blend(job.start.decoder_state(), states, max(job.recipe.strengths)),
        verdict=_nothing_to_judge(job),
        base_miou=None,
        live_miou=None,
        candidate_miou=None,
        n_train=len(job.samples),
        n_val=0,
        seconds=reporter.seconds,
        scores=VersionScores(n_train=len(job.samples), n_val=0, skipped=tuple(job.skipped)),
        points=tuple(reporter.points),
        config=config_of(job, training.timing, models=1, steps=steps),
    )


def _nothing_to_judge(job: TuningJob) -> Verdict:
    if job.from_live:
        images = len({sample.image_id for sample in job.validation_pool})
        return Verdict(False, "nothing-new-to-judge", {"images": images})
    return Verdict(False, "nothing-to-judge", {"images": len({sample.image_id for sample in job.samples})})
