"""The outcome of a judged job, and the record that is stored with its version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from samstudio.records import Compared, EffortScores, VersionConfig, VersionScores
from samstudio.tuning.data.samples import Sample
from samstudio.tuning.gate import Scores
from samstudio.tuning.outcome import JudgedObject, TuneOutcome
from samstudio.tuning.progress import Reporter
from samstudio.tuning.steps.finishing import Candidate
from samstudio.tuning.steps.job import TuningJob
from samstudio.tuning.steps.models import Baseline
from samstudio.tuning.steps.planning import DataSplit
from samstudio.tuning.steps.training import StepTiming


def judged_outcome(
    job: TuningJob,
    data: DataSplit,
    baseline: Baseline,
    candidate: Candidate,
    timing: StepTiming,
    reporter: Reporter,
) -> TuneOutcome:
    """Return the outcome of a job whose candidate was judged.

    Args:
        job: The tuning job.
        data: How its samples were split.
        baseline: The scores to beat.
        candidate: The weights and the verdict.
        timing: The time and precision of a step.
        reporter: The job's curves and its time.

    Returns:
        The weights, the verdict and all that is recorded of the job.
    """
    trial = candidate.trial
    live = baseline.stock if baseline.live is None else baseline.live
    judged = data.judged.samples
    measured = _measured(candidate, _live_unseen(job, judged, live.tight), baseline)
    n_train, n_val = len(data.samples), len(judged)
    return TuneOutcome(
        state=candidate.state,
        verdict=candidate.verdict,
        base_miou=measured.base_miou,
        live_miou=measured.live_miou,
        candidate_miou=measured.candidate_miou,
        n_train=n_train,
        n_val=n_val,
        seconds=reporter.seconds,
        scores=replace(measured, n_train=n_train, n_val=n_val, skipped=tuple(job.skipped)),
        objects=_judged_objects(judged, baseline.stock.tight, live.tight, trial.scores),
        points=tuple(reporter.points),
        differences=trial.differences,
        config=config_of(job, timing, models=len(trial.panel.states), steps=trial.steps),
    )


def config_of(job: TuningJob, timing: StepTiming, *, models: int, steps: int) -> VersionConfig:
    """Return how a candidate was made, for its version's record.

    Args:
        job: The tuning job.
        timing: The precision of its steps.
        models: How many models the candidate is the mean of.
        steps: Optimiser steps of each of them.
    """
    return VersionConfig(
        recipe=job.recipe.to_json(),
        seed=job.seed,
        start="live" if job.from_live else "stock",
        precision="bfloat16" if timing.half else "float32",
        models=models,
        steps=steps,
    )


def _measured(candidate: Candidate, live: Scores, baseline: Baseline) -> VersionScores:
    """Return the full evaluation for a version's record."""
    trial = candidate.trial
    shown = [*trial.guards, *([candidate.everyday] if candidate.everyday else [])]
    before, after = trial.effort_before, trial.effort_after
    return VersionScores(
        base_miou=float(baseline.stock.tight.mean()),
        live_miou=float(live.mean()),
        candidate_miou=float(trial.scores.mean()),
        strength=trial.choice.strength,
        by_strength={strength: float(judged.tight.mean()) for strength, judged in trial.by_strength.items()},
        protocols={
            guard.protocol: Compared(base=float(guard.base.mean()), candidate=float(guard.candidate.mean()))
            for guard in shown
        },
        effort=EffortScores(
            objects=trial.effort_objects,
            clicks90=Compared(base=before.clicks, candidate=after.clicks),
            loose_clicks90=Compared(base=before.loose_clicks, candidate=after.loose_clicks),
            no_click=Compared(base=before.no_click, candidate=after.no_click),
            failed=Compared(base=before.failed, candidate=after.failed),
            corrected_pixels=Compared(base=before.pixels, candidate=after.pixels),
        ),
    )


def _live_unseen(job: TuningJob, samples: Sequence[Sample], live: Scores) -> Scores:
    """Return the live version's scores, with its models' held-out ones where it learned from the object."""
    known = [
        job.live_held_out.get(sample.example.annotation_id or 0)
        if sample.example.annotation_id in job.live_annotation_ids
        else None
        for sample in samples
    ]
    pairs = zip(live, known, strict=True)
    return np.array([own if held_out is None else held_out for own, held_out in pairs], np.float64)


def _judged_objects(
    samples: Sequence[Sample], base: Scores, live: Scores, candidate: Scores
) -> tuple[JudgedObject, ...]:
    """Return each judged object with its three IoUs."""
    return tuple(
        JudgedObject(s.image_id, s.example.annotation_id, *map(float, ious))
        for s, *ious in zip(samples, base, live, candidate, strict=True)
    )
