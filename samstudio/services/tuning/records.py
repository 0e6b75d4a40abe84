"""What a tuning job leaves behind: a version's scores, the judged objects, its report, or why it failed."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from samstudio.domain import STOCK_VERSION, DecoderVersion
from samstudio.records import JobResult, ObjectIou, VersionScores
from samstudio.services.versions.evaluations import StoredEvaluation
from samstudio.tuning.protocols import DECIDES

if TYPE_CHECKING:
    from samstudio.tuning.outcome import TuneOutcome

OUT_OF_MEMORY = (
    "The job ran out of memory; nothing was changed. "
    "Close other programs, or accept fewer objects, and try again."
)


WORST = 3
"""So many objects are named where nothing changed."""

GOOD = 0.9
"""An object of this IoU is no error worth naming."""


def scores(outcome: TuneOutcome) -> VersionScores:
    """Return the gate's measurements and its verdict as a version keeps them."""
    return replace(outcome.scores, code=outcome.verdict.code, params=outcome.verdict.params)


def reason(outcome: TuneOutcome, filename_of: Callable[[str], str]) -> str:
    """Return the verdict; where nothing changed, also the objects that stock gets most wrong."""
    worst = sorted(outcome.objects, key=lambda one: one.base)[:WORST]
    if outcome.promote or not worst or worst[0].base >= GOOD:
        return outcome.reason
    named = [
        f"object {one.annotation_id} on {filename_of(one.image_id)} ({one.base:.2f})"
        for one in worst
        if one.base < GOOD
    ]
    return f"{outcome.reason} Stock's largest errors: {', '.join(named)}."


def evaluations(outcome: TuneOutcome, *, job_id: int, version: int, live: int) -> list[StoredEvaluation]:
    """Convert a job's judged objects to evaluations of stock, the live version and the candidate.

    No model judged an object that it was trained on.

    Args:
        outcome: What the job ended with.
        job_id: The job.
        version: The number that the candidate was stored under.
        live: The number of the version that was live.
    """
    judged = {
        "base": (STOCK_VERSION, outcome.base_miou, [one.base for one in outcome.objects]),
        "live": (live, outcome.live_miou, [one.live for one in outcome.objects]),
        "candidate": (version, outcome.candidate_miou, [one.candidate for one in outcome.objects]),
    }
    return [
        StoredEvaluation(
            protocol=DECIDES,
            miou=miou,
            n_objects=len(ious),
            version=number,
            job_id=job_id,
            role=role,
            objects=tuple(
                ObjectIou(one.annotation_id, one.image_id, iou)
                for one, iou in zip(outcome.objects, ious, strict=True)
            ),
        )
        for role, (number, miou, ious) in judged.items()
        if miou is not None
    ]


def held_out(outcome: TuneOutcome, live_learned: Collection[int]) -> dict[int, float]:
    """Return how well the version that serves after the job drew what it had not seen, by annotation id.

    A candidate was judged by models that had not seen the object. The version that stayed live
    is judged as it is, but for the objects that it was tuned on.

    Args:
        outcome: What the job ended with.
        live_learned: The objects that the version was tuned on which was live.
    """
    ious = {one.annotation_id: one.candidate if outcome.promote else one.live for one in outcome.objects}
    return {
        number: iou
        for number, iou in ious.items()
        if number is not None and (outcome.promote or number not in live_learned)
    }


def report(job_id: int, version: DecoderVersion, outcome: TuneOutcome, *, seconds: float) -> JobResult:
    """Return the line that ``tune --json`` ends with.

    Args:
        job_id: The job.
        version: The version that it stored.
        outcome: What the job ended with.
        seconds: How long it took.
    """
    return JobResult(
        job=job_id,
        version=version.number,
        promoted=outcome.promote,
        reason=version.reason,
        base_miou=outcome.base_miou,
        live_miou=outcome.live_miou,
        candidate_miou=outcome.candidate_miou,
        n_train=outcome.n_train,
        n_val=outcome.n_val,
        seconds=round(seconds, 2),
        strength=outcome.scores.strength,
        code=outcome.verdict.code,
        params=outcome.verdict.params,
        drawn=version.config.drawn,
        kept_aside=version.config.kept_aside,
    )


def failure(error: Exception) -> str:
    """Say in sentences, for users, why a job failed."""
    from samstudio.tuning.trainer import out_of_memory

    if out_of_memory(error):
        return OUT_OF_MEMORY
    return (
        f"The job failed with {type(error).__name__}: {error}. Nothing was changed; the job's log says more."
    )
