"""The models of the folds: their training, their scores on objects that they did not see, and the strength.

Not here: the decision (`gate`), and the candidate itself (`finishing`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from samstudio.tuning.annotation_effort import PASSES, AnnotationEffort
from samstudio.tuning.collapse import MOST_JUDGED, MOST_PROMPTS
from samstudio.tuning.evaluator import Evaluator, Judged, differences_of
from samstudio.tuning.gate import Choice, Differences, Guard, Scores, choose, priors_for
from samstudio.tuning.panel import Panel
from samstudio.tuning.protocols import DECIDES, decoder_passes, guard_protocols
from samstudio.tuning.steps.job import TuningJob
from samstudio.tuning.steps.planning import DataSplit, Plan, plan
from samstudio.tuning.steps.training import CHECKS, Training

TYPICAL_PASSES = PASSES / 3
"""Decoder passes that an object's annotation effort usually takes."""


@dataclass(frozen=True, eq=False)
class Baseline:
    """The judged objects with stock and with the live version (None when stock is live).

    ``start``: with the decoder that tuning starts from.
    """

    stock: Judged
    live: Judged | None
    start: Judged
    seconds_per_object: float


@dataclass(frozen=True, eq=False)
class Trial:
    """The models, their scores on objects that they did not see, and the strength that was chosen.

    ``differences``: of the start and the models, by image and strength.
    ``effort_before`` and ``effort_after``: the annotation effort with stock and with them, on
    ``effort_objects`` objects.
    """

    panel: Panel
    steps: int
    differences: Mapping[float, Differences]
    choice: Choice
    by_strength: Mapping[float, Judged]
    guards: Sequence[Guard]
    effort_before: AnnotationEffort
    effort_after: AnnotationEffort
    effort_objects: int

    @property
    def judged(self) -> Judged:
        """The scores of each judged object at the chosen strength."""
        return self.by_strength[self.choice.strength]

    @property
    def scores(self) -> Scores:
        """IoU of each judged object by its tight box."""
        return self.judged.tight


def score_baselines(job: TuningJob, data: DataSplit, evaluator: Evaluator) -> Baseline:
    """Return the scores that a candidate has to beat."""
    stock, seconds_per_object = evaluator.timed(data.judged)
    live = None if job.live is None else evaluator.judge(data.judged, job.live)
    start = live if job.from_live and live is not None else stock
    return Baseline(stock, live, start, seconds_per_object)


def train_models(
    job: TuningJob, data: DataSplit, baseline: Baseline, training: Training, evaluator: Evaluator
) -> Trial:
    """Train one model a fold and score their means on the objects that they did not see.

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
        planned.steps,
        until=planned.until,
        look=lambda now: float(
            evaluator.across(Panel(planned.folds, now), 1.0, data.checked)[DECIDES].mean()
        ),
    )
    return _scored(job, data, baseline, Panel(planned.folds, states), steps, evaluator)


def _planned(job: TuningJob, data: DataSplit, baseline: Baseline, training: Training) -> Plan:
    """Return what the time allows, and set the reporter's amount of work."""
    seconds_per_step = training.timing.seconds_per_step
    reserved_seconds = scoring_seconds(job, data, baseline)
    planned = plan(
        job,
        data,
        now=training.reporter.seconds,
        reserved_seconds=reserved_seconds,
        seconds_per_step=seconds_per_step,
    )
    training.reporter.plan(
        planned.steps * len(planned.folds) + reserved_seconds / seconds_per_step,
        object_units=baseline.seconds_per_object / seconds_per_step,
    )
    return planned


def scoring_seconds(job: TuningJob, data: DataSplit, baseline: Baseline) -> float:
    """Return how long all scoring after the baseline's will take, in seconds."""
    return baseline.seconds_per_object * _scorings(job, data)


def _scorings(job: TuningJob, data: DataSplit) -> float:
    """Return how many object scorings there are after the baseline's."""
    return (
        len(data.judged) * (len(job.recipe.strengths) + 1)  # once more at the smallest, perhaps
        + 2 * decoder_passes(guard_protocols()) * len(data.guarded)
        + 2 * TYPICAL_PASSES * len(data.effort_samples)
        + 2 * len(job.everyday)
        + 2 * (MOST_PROMPTS + MOST_JUDGED)
        + 5 * MOST_JUDGED  # where stock sees the objects
        + CHECKS * len(data.checked)
    )


def _scored(
    job: TuningJob,
    data: DataSplit,
    baseline: Baseline,
    panel: Panel,
    steps: int,
    evaluator: Evaluator,
) -> Trial:
    evaluator.reporter.phase("judging")
    strengths = job.recipe.strengths
    by_strength = {one: evaluator.judge_unseen(data.judged, panel, one) for one in strengths}
    images = [sample.image_id for sample in data.judged.samples]
    differences = {
        strength: differences_of(baseline.start, judged, images) for strength, judged in by_strength.items()
    }
    choice = choose(differences, priors_for(strengths))
    if choice.strength not in by_strength:
        by_strength[choice.strength] = evaluator.judge_unseen(data.judged, panel, choice.strength)
    evaluator.reporter.phase("checking other prompts")
    guards = evaluator.guards(panel, choice.strength, data.guarded)
    before, after = evaluator.effort(panel, choice.strength, data.effort_samples)
    return Trial(
        panel=panel,
        steps=steps,
        differences=differences,
        choice=choice,
        by_strength=by_strength,
        guards=guards,
        effort_before=before,
        effort_after=after,
        effort_objects=len(data.effort_samples),
    )
