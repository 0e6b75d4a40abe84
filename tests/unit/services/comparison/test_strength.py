from datetime import UTC, datetime

import pytest

from samstudio.domain import DecoderVersion
from samstudio.records import VersionConfig, VersionScores
from samstudio.services.comparison.strength import Judged, judged_at

BY_STRENGTH = {"0.25": 0.71, "0.5": 0.74, "0.75": 0.76, "1.0": 0.75}


def version(config=None, **scores):
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return DecoderVersion(
        3,
        "vit_t",
        0,
        1,
        "v3",
        "s",
        now,
        False,
        "",
        VersionScores.from_json(scores),
        config or VersionConfig(),
    )


def test_at_the_full_strength_stands_the_gate_s_own_figure():
    made = version(base_miou=0.68, candidate_miou=0.74, strength=0.5, by_strength=BY_STRENGTH)
    assert judged_at(made, 1.0) == Judged(0.74, "trials", 0.5)
    assert judged_at(made, 0.0) == Judged(0.68, "stock")


def test_a_share_of_the_way_is_that_share_of_the_chosen_strength():
    made = version(base_miou=0.68, strength=0.5, by_strength=BY_STRENGTH)
    assert judged_at(made, 0.5) == Judged(0.71, "trials", 0.25)
    whole = version(base_miou=0.68, strength=1.0, by_strength=BY_STRENGTH)
    assert [judged_at(whole, strength).miou for strength in (0.25, 0.5, 0.75, 1.0)] == [
        0.71,
        0.74,
        0.76,
        0.75,
    ]


@pytest.mark.parametrize("strength", [0.25, 0.75])
def test_what_the_gate_did_not_judge_has_no_figure(strength):
    assert judged_at(version(base_miou=0.68, strength=0.5, by_strength=BY_STRENGTH), strength) is None


def test_a_version_without_a_gate_has_no_figures():
    assert [judged_at(version(), strength) for strength in (0.0, 0.5, 1.0)] == [None, None, None]


def test_strengths_from_the_live_version_say_nothing_of_the_way_from_stock():
    made = version(VersionConfig(start="live"), base_miou=0.6, strength=1.0, by_strength=BY_STRENGTH)
    assert [judged_at(made, strength) for strength in (0.25, 0.5, 0.75)] == [None, None, None]
    assert judged_at(made, 1.0) == Judged(0.75, "trials", 1.0)
    assert judged_at(made, 0.0) == Judged(0.6, "stock")
