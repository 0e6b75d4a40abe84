"""From the folds' models to the candidate: the last model, the mean of all, and how much of it is kept."""

from __future__ import annotations

from dataclasses import dataclass

from samstudio.tuning.evaluator import Evaluator
from samstudio.tuning.gate import Guard, Verdict
from samstudio.tuning.steps.folds import Baseline, Trial
from samstudio.tuning.steps.forgetting import remembering_blend
from samstudio.tuning.steps.job import TuningJob
from samstudio.tuning.steps.planning import RESERVE, DataSplit
from samstudio.tuning.steps.training import Training
from samstudio.tuning.steps.verdict import judge_trial
from samstudio.tuning.trainer import State, blend


@dataclass(frozen=True, eq=False)
class Candidate:
    """The weights that may become a version, and the verdict on them.

    ``models``: how many models they are the mean of. ``canary``: their scores on everyday objects,
    where they were evaluated on them.
    """

    state: State
    models: int
    final_steps: int
    trial: Trial
    verdict: Verdict
    canary: Guard | None = None


def finish(
    job: TuningJob,
    data: DataSplit,
    baseline: Baseline,
    trial: Trial,
    verdict: Verdict,
    training: Training,
    evaluator: Evaluator,
) -> Candidate:
    """Make the candidate; one to be promoted is also trained on everything, and checked on everyday objects.

    Args:
        job: The tuning job.
        data: How its samples are split.
        baseline: The scores to beat.
        trial: The folds' models.
        verdict: The gate's on them.
        training: Trains the last model.
        evaluator: Scores the candidate on everyday objects.

    Returns:
        The candidate with its final verdict.
    """
    states, final_steps = list(trial.states), 0
    if verdict.promote:
        training.reporter.phase("training on everything")
        last, final_steps = training.train(
            [job.samples], trial.last_steps, until=RESERVE * job.max_seconds, first=len(states)
        )
        states += last
    images = len({sample.image_id for sample in job.samples})
    weight = job.recipe.interpolation_weight(trial.strength, images)
    if not (verdict.promote and job.canary):
        state = blend(evaluator.origin, states, weight)
        return Candidate(state, len(states), final_steps, trial, verdict)
    kept = remembering_blend(job, states, weight, evaluator)
    if kept.weight < weight:
        trial = trial.within(kept.weight)
    verdict = judge_trial(job, data, baseline, trial, canary=kept.canary, kept_share=kept.weight / weight)
    return Candidate(kept.state, len(states), final_steps, trial, verdict, kept.canary)
