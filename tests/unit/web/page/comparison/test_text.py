from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from samstudio.domain import DecoderVersion
from samstudio.records import VersionScores
from samstudio.services.comparison.types import STRENGTHS, Comparison
from samstudio.web.page.comparison import text as sentences
from tests.unit.web.fakes import version_of

BY_STRENGTH = {"0.25": 0.71, "0.5": 0.74, "0.75": 0.76, "1.0": 0.75}


def _judged(**scores: Any) -> DecoderVersion:
    known = {"base_miou": 0.68, "candidate_miou": 0.74, "strength": 0.5, "by_strength": BY_STRENGTH}
    given = VersionScores.from_json(known | scores)
    return dataclasses.replace(version_of(3, promoted=True, reason=""), scores=given)


def test_each_stop_has_its_figure_and_says_what_that_is() -> None:
    made = _judged()
    figure, text = sentences.strength_text(made, 0.0)
    assert (figure, text) == (0.68, "The stock decoder, on the objects that the gate held out for v3.")
    figure, text = sentences.strength_text(made, 1.0)
    assert figure == 0.74
    assert text.startswith("The gate's figure: its models at strength 0.5, on images that they had not seen.")
    assert "not its own score" in text
    figure, text = sentences.strength_text(made, 0.5)
    assert figure == 0.71
    assert text.startswith("Half of the way from stock, the gate's figure: its models at strength 0.25")


@pytest.mark.parametrize("strength", [0.25, 0.75])
def test_a_stop_that_was_not_judged_shows_no_figure_and_says_so(strength: float) -> None:
    figure, text = sentences.strength_text(_judged(), strength)
    assert figure is None
    assert "The gate did not judge just this" in text


@pytest.mark.parametrize("strength", [0.0, 0.5, 1.0])
def test_a_version_that_no_gate_judged_shows_none(strength: float) -> None:
    figure, text = sentences.strength_text(version_of(3, promoted=False, reason=""), strength)
    assert (figure, text) == (None, "The gate has not judged v3, so there is no figure on unseen images.")


def test_a_side_is_called_by_its_strength() -> None:
    assert [sentences.side_name(3, strength) for strength in (0.0, 0.25, 1.0)] == ["stock", "¼ v3", "v3"]
    assert sentences.side_name(0) == "stock"
    assert [sentences.strength_name(3, strength) for strength in STRENGTHS] == ["stock", "¼", "½", "¾", "v3"]


def test_without_flattery_and_without_a_rest_nothing_is_said() -> None:
    assert sentences.learned_from([], "stock", "v3") == ""
    assert sentences.on_unseen(version_of(3, promoted=False, reason="")) == ""
    assert sentences.beyond(Comparison(())) == ""
    assert sentences.beyond(Comparison((), left_out=5)) == "The first 0 objects are compared; 5 more are not."
