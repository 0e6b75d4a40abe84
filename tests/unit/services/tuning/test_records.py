from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from samstudio.domain import DecoderVersion
from samstudio.records import ObjectIou, VersionScores
from samstudio.services.tuning import records
from samstudio.tuning.gate import Verdict
from samstudio.tuning.outcome import JudgedObject, TuneOutcome

OBJECTS = (
    JudgedObject("a", 1, base=0.5, live=0.6, candidate=0.7),
    JudgedObject("a", 2, base=0.95, live=0.9, candidate=0.96),
    JudgedObject("b", 3, base=0.2, live=0.3, candidate=0.1),
)


MEASURED = {"base_miou": 0.55, "candidate_miou": 0.59, "objects": 3, "images": 2}
NOTHING = MEASURED | {"stock_is_good": False}


def _outcome(*objects: JudgedObject, promote: bool = False, judged: bool = True) -> TuneOutcome:
    return TuneOutcome(
        state={},
        verdict=Verdict(True, "promoted", MEASURED) if promote else Verdict(False, "no-gain", NOTHING),
        base_miou=0.55 if judged else None,
        live_miou=0.6 if judged else None,
        candidate_miou=0.59 if judged else None,
        n_train=3,
        n_val=3,
        seconds=1.0,
        objects=objects,
    )


def test_each_judged_object_is_kept_for_stock_live_and_candidate() -> None:
    kept = records.evaluations(_outcome(*OBJECTS), job_id=4, version=7, live=5)
    assert [(one.role, one.version, one.job_id, one.n_objects) for one in kept] == [
        ("base", 0, 4, 3),
        ("live", 5, 4, 3),
        ("candidate", 7, 4, 3),
    ]
    assert kept[1].objects[2] == ObjectIou(3, "b", 0.3)


def test_what_could_not_be_judged_keeps_no_evaluation() -> None:
    assert records.evaluations(_outcome(judged=False), job_id=1, version=1, live=0) == []


def test_the_result_says_at_which_strength_the_candidate_was_judged() -> None:
    outcome = replace(_outcome(*OBJECTS), scores=VersionScores(strength=0.75))
    version = DecoderVersion(
        number=7,
        model="vit_t",
        parent=0,
        job_id=4,
        path="v7",
        sha256="s",
        reason="Kept aside.",
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        promoted=False,
    )
    result = records.report(4, version, outcome, seconds=9.876)
    assert (result.job, result.version, result.seconds) == (4, 7, 9.88)
    assert (result.strength, result.code) == (0.75, "no-gain")
    assert records.report(4, version, _outcome(judged=False), seconds=1).strength is None


def test_where_nothing_changed_the_objects_that_stock_gets_most_wrong_are_named() -> None:
    told = records.reason(_outcome(*OBJECTS), lambda image_id: f"{image_id}.png")
    assert told == (
        "Kept aside, no gain is expected: mIoU 0.550 → 0.590 on 3 objects in 2 images. "
        "Stock's largest errors: object 3 on b.png (0.20), object 1 on a.png (0.50)."
    )


@pytest.mark.parametrize("outcome", [_outcome(*OBJECTS, promote=True), _outcome(OBJECTS[1]), _outcome()])
def test_nothing_is_added_where_it_went_live_or_nothing_is_wrong(outcome: TuneOutcome) -> None:
    assert records.reason(outcome, str) == outcome.reason


def test_a_failure_says_what_happened_and_that_nothing_changed() -> None:
    assert "ran out of memory" in records.failure(MemoryError())
    told = records.failure(ValueError("boom"))
    assert "ValueError: boom" in told
    assert "Nothing was changed" in told


def test_held_out_ious_are_of_the_version_that_serves_after_the_job() -> None:
    objects = (*OBJECTS, JudgedObject("c", None, base=0.1, live=0.1, candidate=0.1))
    assert records.held_out(_outcome(*objects, promote=True), {1, 2}) == {1: 0.7, 2: 0.96, 3: 0.1}
    assert records.held_out(_outcome(*objects), {1, 2}) == {3: 0.3}, "live was tuned on the others"
