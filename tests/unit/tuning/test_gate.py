from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from samstudio.tuning.gate import RULES, Guard, Verdict, best_strength, decide, paired_gain, sentence
from samstudio.tuning.gate.messages import codes
from tests.processes import ROOT
from tests.unit.tuning.fakes import evidence

IMAGES = [f"image{n}" for n in range(8)]
BASE = np.linspace(0.6, 0.8, 8)


def _guard(protocol: str, before: float, after: float) -> Guard:
    return Guard(protocol, np.full(8, before), np.full(8, after))


def _judge(candidate: np.ndarray, *, base: np.ndarray = BASE, **given: Any) -> Verdict:
    return decide(evidence(base, candidate, **given))


def test_a_steady_gain_is_promoted_and_the_reason_has_the_numbers() -> None:
    verdict = _judge(BASE + 0.05)
    assert verdict.promote
    assert "0.700 → 0.750 on 8 objects in 8 images" in sentence(verdict)


@pytest.mark.parametrize("change", [-0.1, 0.0, 0.004])
def test_no_gain_is_kept_aside(change: float) -> None:
    verdict = _judge(BASE + change)
    assert not verdict.promote
    assert "no gain" in sentence(verdict)


def test_where_stock_is_good_it_says_so() -> None:
    assert "Stock is already good" in sentence(_judge(BASE + 0.15, base=BASE + 0.15))


def test_a_gain_that_one_image_makes_is_not_certain() -> None:
    candidate = BASE - 0.01
    candidate[0] += 0.3
    verdict = _judge(candidate)
    assert not verdict.promote
    assert "not certain" in sentence(verdict)


def test_three_images_that_gained_nearly_nothing_and_one_that_lost_are_not_enough() -> None:
    verdict = _judge(
        np.array([0.62, 0.62, 0.55]),
        base=np.array([0.6, 0.6, 0.53]) - [0, 0, -0.06],
        images=IMAGES[:3],
        unseen_by_live=np.ones(3, bool),
    )
    assert not verdict.promote


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
    assert _judge(BASE + 0.05, live=BASE + 0.02).promote
    verdict = _judge(BASE + 0.05, live=BASE + 0.06)
    assert not verdict.promote
    assert "live" in sentence(verdict)


def test_the_live_version_is_compared_on_images_it_did_not_learn_from() -> None:
    live = BASE + 0.02
    live[:4] += 0.2
    assert not _judge(BASE + 0.05, live=live).promote
    assert _judge(BASE + 0.05, live=live, unseen_by_live=np.arange(8) >= 4).promote


def test_images_count_not_objects() -> None:
    """Forty objects on one image are one observation."""
    rng = np.random.default_rng(0)
    gains = np.repeat(rng.normal(0.01, 0.03, 5), 40)
    alone = paired_gain(np.zeros(200), gains, [str(n) for n in range(200)], confidence=0.9)
    together = paired_gain(np.zeros(200), gains, [str(n // 40) for n in range(200)], confidence=0.9)
    assert together.lower < alone.lower
    assert together.images == 5
    assert together.mean == alone.mean


def test_the_strength_is_the_one_the_bootstrap_supports_most() -> None:
    by_strength = {0.5: BASE + 0.03, 1.0: BASE + 0.04 + np.array([0.2, -0.2] * 4)}
    assert best_strength(BASE, by_strength, IMAGES, confidence=0.9) == 0.5


def test_a_gain_after_hardly_any_training_is_not_trusted() -> None:
    assert _judge(BASE + 0.05, steps=15).promote
    assert _judge(BASE, steps=3).code == "no-gain"
    short = _judge(BASE + 0.05, steps=3)
    assert (short.promote, short.code) == (False, "too-few-steps")
    assert "only 3 training steps fitted into 20 seconds" in sentence(short)


@pytest.mark.parametrize(("after", "promoted"), [(0.9, True), (0.76, True), (0.74, False)])
def test_what_forgot_everyday_objects_is_kept_aside_after_all(after: float, promoted: bool) -> None:
    canary = Guard("canary", np.full(12, 0.9), np.full(12, after))
    verdict = _judge(BASE + 0.05, canary=canary)
    assert verdict.promote is promoted
    assert promoted or "0.900 → 0.740 on 12" in sentence(verdict)


def test_a_no_stays_a_no_whatever_the_canary_says() -> None:
    canary = Guard("canary", np.full(3, 0.5), np.full(3, 0.9))
    assert _judge(BASE, canary=canary).code == "no-gain"


KEPT = " Only 50% of the change was kept: the whole of it forgot what everyday objects look like."


def test_what_was_taken_back_says_how_much_of_it_is_left() -> None:
    for candidate in (BASE + 0.05, BASE):
        whole, half = (_judge(candidate, kept_share=share) for share in (1.0, 0.5))
        assert (half.promote, half.code) == (whole.promote, whole.code)
        assert sentence(half) == sentence(whole) + KEPT


def test_what_forgets_all_the_same_says_only_that() -> None:
    canary = Guard("canary", np.full(3, 0.9), np.full(3, 0.1))
    assert KEPT not in sentence(_judge(BASE + 0.05, canary=canary, kept_share=0.5))


def test_the_first_rule_that_refuses_decides() -> None:
    assert RULES.names() == (
        "no-gain",
        "gain-uncertain",
        "other-prompts-worse",
        "live-not-beaten",
        "too-few-steps",
        "everyday-objects-forgotten",
    )
    assert _judge(BASE, steps=1, guards=[_guard("click", 0.9, 0.1)]).code == "no-gain"
    assert len(set(codes())) == len(codes())


@pytest.mark.parametrize("page", ["refused.md", "refused.ja.md"])
def test_each_refusal_has_its_anchor_in_the_documentation(page: str) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    anchors = set(re.findall(r'<a id="([\w-]+)">|\{#([\w-]+)\}', text))
    known = {one for pair in anchors for one in pair} | ({"no-gain"} if "### No gain\n" in text else set())
    assert set(codes()) - known == {"promoted"}
