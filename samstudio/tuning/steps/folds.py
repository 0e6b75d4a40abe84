"""The models of the folds: their training, their scores on held-out objects, and the best strength.

Not here: the decision (`gate`), and the candidate itself (`finishing`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from samstudio.tuning.annotation_effort import PASSES, AnnotationEffort
from samstudio.tuning.evaluator import Evaluator
from samstudio.tuning.gate import Guard, Scores, best_strength
from samstudio.tuning.protocols import decoder_passes, guard_protocols
from samstudio.tuning.steps.job import TuningJob
from samstudio.tuning.steps.planning import DataSplit, Plan, plan
from samstudio.tuning.steps.training import CHECKS, Training
from samstudio.tuning.trainer import State


@dataclass(frozen=True, eq=False)
class Baseline:
    """IoU of each judged object with stock and with the live version (None when stock is live)."""

    stock: Scores
    live: Scores | None
    seconds_per_object: float


@dataclass(frozen=True, eq=False)
class Trial:
    """The folds' models and their scores, at the best strength.

    ``effort_before`` and ``effort_after``: the annotation effort with stock and with them, on
    ``effort_objects`` objects. ``last_steps``: how many steps the plan leaves for the last model.
    """

    states: Sequence[State]
    steps: int
    last_steps: int
    strength: float
    by_strength: Mapping[float, Scores]
    guards: Sequence[Guard]
    effort_before: AnnotationEffort
    effort_after: AnnotationEffort
    effort_objects: int

    @property
    def scores(self) -> Scores:
        """IoU of each judged object."""
        return self.by_strength[self.strength]

    def within(self, weight: float) -> Trial:
        """Return the trial at the largest evaluated strength up to ``weight``, or else at the smallest."""
        fitting = [strength for strength in self.by_strength if strength <= weight]
        return replace(self, strength=max(fitting, default=min(self.by_strength)))


def score_baselines(job: TuningJob, data: DataSplit, evaluator: Evaluator) -> Baseline:
    """Return the scores that a candidate has to beat."""
    stock, seconds_per_object = evaluator.timed(data.judged)
    live = None if job.live is None else evaluator.boxes(data.judged, job.live)
    return Baseline(stock, live, seconds_per_object)


def train_folds(
    job: TuningJob, data: DataSplit, baseline: Baseline, training: Training, evaluator: Evaluator
) -> Trial:
    """Train one model a fold and score each on the objects that its fold held out.

    Args:
        job: The tuning job.
        data: How its samples are split.
        baseline: The scores to beat.
        training: Trains models.
        evaluator: Scores them.

    Returns:
        The models and their scores.
    """
    planned = _planned(job, data, baseline, training)
    states, steps = training.train(
        [fold.train for fold in planned.folds],
        planned.trial_steps,
        until=planned.until,
        look=lambda now: float(evaluator.across(planned.folds, now, 1.0, data.checked)["box"].mean()),
    )
    return _scored(job, data, baseline, planned, states, steps, evaluator)


def _planned(job: TuningJob, data: DataSplit, baseline: Baseline, training: Training) -> Plan:
    """Return what the time allows, and set the reporter's amount of work."""
    seconds_per_step = training.timing.seconds_per_step
    reserved_seconds = baseline.seconds_per_object * _scorings(job, data)
    planned = plan(
        job,
        data,
        now=training.reporter.seconds,
        reserved_seconds=reserved_seconds,
        seconds_per_step=seconds_per_step,
    )
    steps = planned.trial_steps * len(planned.folds) + planned.last_steps
    training.reporter.plan(
        steps + reserved_seconds / seconds_per_step,
        object_units=baseline.seconds_per_object / seconds_per_step,
    )
    return planned


def _scorings(job: TuningJob, data: DataSplit) -> int:
    """Return how many object scorings there are after the baseline's."""
    return (
        len(data.judged) * len(job.recipe.strengths)
        + 2 * decoder_passes(guard_protocols()) * len(data.guarded)
        + PASSES * len(data.effort_samples)
        + 2 * len(job.canary)
        + CHECKS * len(data.checked)
    )


def _scored(
    job: TuningJob,
    data: DataSplit,
    baseline: Baseline,
    planned: Plan,
    states: Sequence[State],
    steps: int,
    evaluator: Evaluator,
) -> Trial:
    folds, recipe = planned.folds, job.recipe
    evaluator.reporter.phase("judging")
    by_strength = {s: evaluator.across(folds, states, s, data.judged)["box"] for s in recipe.strengths}
    images = [sample.image_id for sample in data.judged]
    start = baseline.live if job.from_live and baseline.live is not None else baseline.stock
    strength = best_strength(start, by_strength, images, confidence=recipe.confidence)
    evaluator.reporter.phase("checking other prompts")
    guards = evaluator.guards(folds, states, strength, data.guarded)
    before, after = evaluator.effort(folds, states, strength, data.effort_samples)
    return Trial(
        states=states,
        steps=steps,
        last_steps=planned.last_steps,
        strength=strength,
        by_strength=by_strength,
        guards=guards,
        effort_before=before,
        effort_after=after,
        effort_objects=len(data.effort_samples),
    )
