from __future__ import annotations

from samstudio.services.splits.scoring import TestSetScores, VersionTestScore
from samstudio.web.page.versions.tested import score_cell, score_line


def test_nothing_is_said_without_a_test_set() -> None:
    assert score_line(TestSetScores(0, 0, 0, ())) == ""


def test_the_set_and_how_far_scoring_is_are_said() -> None:
    half = VersionTestScore(1, 0.83, objects=2, waiting=1)
    said = score_line(TestSetScores(2, 3, 40, (half,)))
    assert "Test set: 3 objects on 2 images, which no tuning looks at." in said
    assert "Of 43 objects, so many are scored. Scoring: 2 of 3." in said
    assert "Scoring" not in score_line(TestSetScores(2, 3, 0, (VersionTestScore(1, 0.83, 3, 0),)))


def test_a_cell_says_what_flatters_or_is_missing() -> None:
    assert "<b>0.83" in score_cell(VersionTestScore(1, 0.83, objects=3, waiting=0))
    cell = score_cell(VersionTestScore(1, 0.83, objects=3, waiting=2, failed=1, learned=2, problem="<gone>"))
    for said in ("2 to come", "1 cannot be scored", "learned from 2 of them", "not scored", "&lt;gone&gt;"):
        assert said in cell
    assert "–" in score_cell(None)
