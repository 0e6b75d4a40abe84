from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from samstudio.tuning.collapse import Collapse
from samstudio.tuning.gate import RULES, Guard, Verdict, decide, sentence
from samstudio.tuning.gate.messages import codes
from samstudio.tuning.recipe import Recipe
from tests.processes import ROOT
from tests.unit.tuning.fakes import evidence

BASE = np.linspace(0.6, 0.8, 8)


def _guard(protocol: str, before: float, after: float) -> Guard:
    return Guard(protocol, np.full(8, before), np.full(8, after))


def _judge(candidate: np.ndarray, *, base: np.ndarray = BASE, **given: Any) -> Verdict:
    return decide(evidence(base, candidate, **given))


def test_a_steady_gain_is_promoted_and_the_reason_has_the_numbers() -> None:
    verdict = _judge(BASE + 0.05)
    assert verdict.promote
    told = sentence(verdict)
    assert "0.700 → 0.750 on 8 objects in 8 images" in told
    assert re.match(r"Likely better: \+\d\.\d points of mIoU expected, (over )?9\d% sure", told)


@pytest.mark.parametrize("change", [-0.3, -0.1])
def test_a_loss_is_kept_aside(change: float) -> None:
    verdict = _judge(BASE + change)
    assert not verdict.promote
    assert sentence(verdict).startswith("Kept aside")


def test_where_stock_is_good_it_says_so() -> None:
    assert "Stock is already good" in sentence(_judge(BASE - 0.15, base=BASE + 0.15))


def test_three_images_that_hardly_gained_go_a_small_part_of_the_way() -> None:
    """The spread of three images is not believed: it is shrunk towards what is usual. That of thirty is."""
    few, many = (_judge(np.full(count, 0.606), base=np.full(count, 0.6)).params for count in (3, 30))
    assert (few["strength"], few["careful"]) == (0.125, True)
    assert (many["strength"], many["careful"]) == (1.0, False)


def test_a_verdict_of_an_earlier_release_still_has_its_sentence() -> None:
    old = {"base_miou": 0.7, "candidate_miou": 0.75, "objects": 8, "images": 8}
    assert sentence(Verdict(True, "promoted", old)).startswith("Better on images it had not seen: mIoU 0.700")
    assert "not certain" in sentence(Verdict(False, "gain-uncertain", old))


def test_a_collapse_under_clicks_is_kept_aside_and_named() -> None:
    verdict = _judge(BASE + 0.05, guards=[_guard("click", 0.6, 0.3), _guard("jitter", 0.7, 0.72)])
    assert not verdict.promote
    assert "one click got worse (0.600 → 0.300)" in sentence(verdict)
    assert "loose" not in sentence(verdict)


def test_a_scatter_that_one_object_makes_is_no_collapse() -> None:
    after = np.full(8, 0.62)
    after[0] = 0.0
    assert _judge(BASE + 0.05, guards=[Guard("clicks3", np.full(8, 0.6), after)]).promote


def test_the_candidate_must_beat_the_live_version_too() -> None:
    assert _judge(BASE + 0.05, live=BASE).promote
    verdict = _judge(BASE + 0.05, live=BASE + 0.1)
    assert not verdict.promote
    assert "live" in sentence(verdict)


def test_a_gain_counts_however_few_the_steps_and_where_none_shows_they_are_the_reason() -> None:
    assert _judge(BASE + 0.05, steps=3).promote
    short = _judge(BASE - 0.01, steps=3)
    assert (short.promote, short.code) == (False, "too-few-steps")
    assert "only 3 training steps fitted into 20 seconds" in sentence(short)
    assert _judge(BASE - 0.01, steps=15).code == "no-gain"


@pytest.mark.parametrize(("after", "promoted"), [(0.9, True), (0.76, True), (0.74, False)])
def test_everyday_objects_refuse_only_where_they_are_to_be_kept(after: float, promoted: bool) -> None:
    everyday = Guard("canary", np.full(12, 0.9), np.full(12, after))
    assert _judge(BASE + 0.05, everyday=everyday).promote
    verdict = _judge(BASE + 0.05, everyday=everyday, recipe=Recipe(keep_everyday=True))
    assert verdict.promote is promoted
    assert promoted or "0.900 → 0.740 on 12" in sentence(verdict)


IGNORED = Collapse(prompts=20, ignored=15, ignored_by_stock=1, objects=9, worth=0.2, worth_error=0.05)
BLIND = Collapse(prompts=20, ignored=0, ignored_by_stock=0, objects=9, worth=0.002, worth_error=0.008)


def test_a_decoder_that_ignores_its_prompts_is_kept_aside() -> None:
    verdict = _judge(BASE + 0.05, collapse=IGNORED)
    assert (verdict.promote, verdict.code) == (False, "collapsed")
    assert "Of 20 boxes and clicks, 15 were ignored (1 by stock)" in sentence(verdict)
    verdict = _judge(BASE + 0.05, collapse=BLIND)
    assert (verdict.promote, verdict.code) == (False, "collapsed")
    assert "answers as well when it is shown another one" in sentence(verdict)
    assert _judge(BASE + 0.05, collapse=replace(IGNORED, ignored=2)).promote


MISPLACED = Collapse(20, 0, 0, moved_objects=10, fit=0.44, moved_fit=0.63, moved_error=0.06)


def test_what_learned_masks_beside_their_objects_is_kept_aside() -> None:
    verdict = _judge(BASE + 0.05, collapse=MISPLACED)
    assert (verdict.promote, verdict.code) == (False, "collapsed")
    assert "lie beside their objects" in sentence(verdict)
    assert "(IoU 0.44 → 0.63 on 10 objects)" in sentence(verdict)
    for one in (
        replace(MISPLACED, moved_objects=4),
        replace(MISPLACED, moved_error=0.1),
        replace(MISPLACED, fit=0.51),
        replace(MISPLACED, fit=0.3, moved_fit=0.55),
    ):
        assert _judge(BASE + 0.05, collapse=one).promote


def test_the_first_rule_that_refuses_decides() -> None:
    assert RULES.names() == (
        "too-few-steps",
        "no-gain",
        "gain-uncertain",
        "other-prompts-worse",
        "live-not-beaten",
        "collapsed",
        "everyday-objects-forgotten",
    )
    assert _judge(BASE - 0.2, steps=1, guards=[_guard("click", 0.9, 0.1)]).code == "too-few-steps"
    assert _judge(BASE - 0.2, guards=[_guard("click", 0.9, 0.1)]).code == "no-gain"
    assert len(set(codes())) == len(codes())


@pytest.mark.parametrize("page", ["refused.md", "refused.ja.md"])
def test_each_refusal_has_its_anchor_in_the_documentation(page: str) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    anchors = set(re.findall(r'<a id="([\w-]+)">|\{#([\w-]+)\}', text))
    known = {one for pair in anchors for one in pair} | ({"no-gain"} if "### No gain\n" in text else set())
    assert set(codes()) - known == {"promoted"}
