"""JSON of today and of old databases goes through the types unharmed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from samstudio.records import Compared, JobConfig, JobResult, ObjectIou, VersionConfig, VersionScores

PARAMS = {"base_miou": 0.68, "candidate_miou": 0.8, "objects": 12, "images": 5}
TUNED = {
    "base_miou": 0.68,
    "live_miou": 0.7,
    "candidate_miou": 0.8,
    "n_train": 12,
    "n_val": 12,
    "strength": 0.5,
    "by_strength": {"0.25": 0.75, "0.5": 0.8, "1.0": 0.79},
    "protocols": {"click": {"base": 0.5, "candidate": 0.6}, "canary": {"base": 0.9, "candidate": 0.88}},
    "labour": {
        "objects": 8,
        "clicks90": {"base": 4.1, "candidate": 1.6},
        "corrected_pixels": {"base": 1240.0, "candidate": 380.4},
    },
    "skipped": ["object 3: its stored mask is damaged"],
}
UNJUDGED = {"base_miou": None, "live_miou": None, "candidate_miou": None, "n_train": 2, "n_val": 0}
OLD: list[dict[str, Any]] = [{}, {"base_miou": 0.7}, {"base_miou": 0.7, "by_strength": {}}, {"seen": [1]}]
DAMAGED: list[dict[str, Any]] = [
    {"base_miou": "0.7", "labour": None, "protocols": [1], "by_strength": {"half": 0.5}, "n_train": True},
    {"by_strength": 3, "skipped": "none"},
]


@pytest.mark.parametrize(
    "stored", [TUNED, TUNED | {"code": "promoted", "params": PARAMS}, UNJUDGED, *OLD, *DAMAGED]
)
def test_scores_are_written_as_they_were_read(stored: dict[str, Any]) -> None:
    written = VersionScores.from_json(json.loads(json.dumps(stored))).to_json()
    assert {key: value for key, value in written.items() if value != {}} == {
        key: value for key, value in stored.items() if value != {}
    }


def test_scores_are_typed() -> None:
    scores = VersionScores.from_json(TUNED)
    assert scores.by_strength == {0.25: 0.75, 0.5: 0.8, 1.0: 0.79}
    assert scores.protocols["click"] == Compared(base=0.5, candidate=0.6)
    assert scores.effort is not None
    assert scores.effort.clicks90 == Compared(base=4.1, candidate=1.6)
    assert (scores.code, scores.params) == (None, None)


def test_effort_is_read_under_its_name_too() -> None:
    stored = {"effort": TUNED["labour"]}
    assert VersionScores.from_json(stored).effort == VersionScores.from_json(TUNED).effort


def test_what_is_damaged_counts_as_missing() -> None:
    for stored in DAMAGED:
        scores = VersionScores.from_json(stored)
        assert (scores.base_miou, scores.n_train, scores.effort) == (None, None, None)
        assert (scores.by_strength, scores.protocols, scores.skipped) == ({}, {}, None)


RESULT = {"job": 3, "version": 2, "promoted": False, "reason": "Kept aside.", "seconds": 41.5}


@pytest.mark.parametrize(
    "stored",
    [
        {**RESULT, **UNJUDGED},
        {**RESULT, **UNJUDGED, "code": "nothing-to-judge", "params": {"images": 2}},
        {**RESULT, "strength": 0.75, "code": "no-gain"},
        {**RESULT, "drawn": {"objects": 32, "of_objects": 40, "images": 16, "of_images": 20}},
        {"version": 1},
        {"version": None, "promoted": False},
        {},
    ],
)
def test_results_are_written_as_they_were_read(stored: dict[str, Any]) -> None:
    assert JobResult.from_json(stored).to_json() == stored


@pytest.mark.parametrize(
    "stored",
    [
        {"annotation_id": 4, "image_id": "a", "iou": 0.5},
        {"annotation_id": 4, "iou": 1},
        {"annotation_id": None, "iou": "0.5", "area": 3},
        {},
    ],
)
def test_an_object_s_score_is_written_as_it_was_read(stored: dict[str, Any]) -> None:
    assert ObjectIou.from_json(stored).to_json() == stored


def test_a_damaged_score_of_an_object_counts_as_missing() -> None:
    read = ObjectIou.from_json({"annotation_id": "4", "iou": "0.5"})
    assert (read.annotation_id, read.iou) == (None, None)


@pytest.mark.parametrize(
    "stored",
    [{}, {"seed": 1}, {"max_seconds": 5, "seed": 0, "from_live": True, "keep_everyday": True, "x": 1}],
)
def test_a_job_s_config_is_written_as_it_was_read(stored: dict[str, Any]) -> None:
    assert JobConfig.from_json(stored).to_json() == stored


@pytest.mark.parametrize(
    "stored",
    [
        {
            "recipe": {"few": 40},
            "seed": 0,
            "start": "stock",
            "precision": "float32",
            "models": 4,
            "steps": 66,
        },
        {"blended_from": 1, "strength": 0.5},
        {"imported_from": "a.pth", "sha256": "ab"},
        {"max_seconds": 120.0, "from_live": False, "seed": 3, "final_steps": 0},
        {"seed": "three", "made_by": "someone"},
        {"drawn": {"objects": 2000, "of_objects": 50000, "images": 500, "of_images": 5000}},
        {"drawn": {"objects": "many", "by": "someone"}},
        {"drawn": "2000"},
    ],
)
def test_a_version_s_config_is_written_as_it_was_read(stored: dict[str, Any]) -> None:
    assert VersionConfig.from_json(stored).to_json() == stored
