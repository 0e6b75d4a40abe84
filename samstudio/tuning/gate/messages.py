"""A verdict's sentence, made from its code and parameters; each rule defines its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from samstudio.text import plural
from samstudio.tuning.gate.rule import PROMOTED, Verdict, measured_words
from samstudio.tuning.gate.rules import RULES


def _promoted(params: Mapping[str, Any]) -> str:
    if "expected_gain" not in params:  # of an earlier release
        return f"Better on images it had not seen: {measured_words(params)}."
    points, sure = 100 * params["expected_gain"], 1 - params["risk"]
    careful = (
        f" Only {100 * params['strength']:g}% of the change is used, to be careful."
        if params["careful"]
        else ""
    )
    return (
        f"Likely better: {points:+.1f} points of mIoU expected, {_share(sure)} sure that it does not hurt "
        f"({measured_words(params)} that it had not seen).{careful}"
    )


def _share(value: float) -> str:
    """Return a probability in whole percent, never as certainty."""
    return "over 99%" if value > 0.99 else f"{value:.0%}"


def _nothing_to_judge(params: Mapping[str, Any]) -> str:
    return (
        f"Kept aside: {plural(params['images'], 'image')} can be learned from, but nothing is "
        "left to judge the result on. Accept masks on at least 3 images that do not belong together."
    )


def _nothing_new_to_judge(params: Mapping[str, Any]) -> str:
    return (
        "Kept aside: the live version learned from these images, so it cannot be judged on them, and "
        f"only {params['images']} new ones have accepted masks. Start from stock, or accept masks on at "
        "least 3 new images that do not belong together."
    )


_WITHOUT_A_RULE: dict[str, Callable[[Mapping[str, Any]], str]] = {
    PROMOTED: _promoted,
    "nothing-to-judge": _nothing_to_judge,
    "nothing-new-to-judge": _nothing_new_to_judge,
}


def codes() -> tuple[str, ...]:
    """Return every code that a verdict can have."""
    return (*_WITHOUT_A_RULE, *RULES.names())


def sentence(verdict: Verdict) -> str:
    """Return the verdict in an English sentence, for the person who started the job."""
    make = _WITHOUT_A_RULE.get(verdict.code) or RULES.get(verdict.code).sentence
    return make(verdict.params)
