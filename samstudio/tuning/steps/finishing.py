"""From the models to the candidate: their mean at the chosen strength, and the verdict on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from samstudio.tuning.evaluator import Evaluator
from samstudio.tuning.gate import Guard, Verdict
from samstudio.tuning.steps.job import TuningJob
from samstudio.tuning.steps.models import Baseline, Trial
from samstudio.tuning.steps.planning import DataSplit
from samstudio.tuning.steps.verdict import judge_trial
from samstudio.tuning.trainer import State, blend


@dataclass(frozen=True, eq=False)
class Candidate:
    """The weights that may become a version, and the verdict on them.

    ``everyday``: their scores on everyday objects, where there are any.
    """

    state: State
    trial: Trial
    verdict: Verdict
    everyday: Guard | None = None


def finish(
    job: TuningJob, data: DataSplit, baseline: Baseline, trial: Trial, evaluator: Evaluator
) -> Candidate:
    """Make the candidate, the mean of all models at the strength at which they were judged, and judge it.

    Where everyday objects are to be kept, the strength is lowered until they are.

    Args:
        job: The tuning job.
        data: How its samples are split.
        baseline: The scores to beat.
        trial: The models.
        evaluator: Scores the candidate on everyday objects, and looks at how it answers.

    Returns:
        The candidate with its verdict.
    """
    candidate = _at(job, data, baseline, trial, evaluator)
    for strength in _lower(job, trial):
        if candidate.everyday is None or candidate.everyday.fall() <= job.recipe.everyday_drop:
            break
        weaker = replace(trial, choice=replace(trial.choice, strength=strength))
        candidate = _at(job, data, baseline, weaker, evaluator)
    return candidate


def _lower(job: TuningJob, trial: Trial) -> Sequence[float]:
    """Return the strengths below the chosen one, the largest first, where everyday objects are to be kept."""
    if not (job.recipe.keep_everyday and trial.choice.safe):
        return ()
    return sorted((one for one in trial.by_strength if one < trial.choice.strength), reverse=True)


def _at(job: TuningJob, data: DataSplit, baseline: Baseline, trial: Trial, evaluator: Evaluator) -> Candidate:
    state = blend(evaluator.origin, trial.panel.states, trial.choice.strength)
    everyday = evaluator.everyday(job.everyday, state) if job.everyday else None
    # What is refused anyway is not looked at.
    collapse = (
        evaluator.collapse(trial.panel, trial.choice.strength, state, data.judged.samples, job.everyday)
        if trial.choice.safe
        else None
    )
    verdict = judge_trial(job, data, baseline, trial, everyday=everyday, collapse=collapse)
    return Candidate(state, trial, verdict, everyday)
