"""Refuse a candidate that is not expected to gain anything worth a new version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from samstudio.tuning.gate.evidence import Evidence
from samstudio.tuning.gate.rule import GateRule, Params, measured, measured_words

ALREADY_GOOD = 0.8
"""Where stock reaches this mIoU, the sentence says that little is left to gain."""

LEAST_GAIN = 0.001
"""A smaller expected gain is not worth a new version."""


def _check(evidence: Evidence) -> Params | None:
    """Refuse a candidate that is expected to gain next to nothing over stock."""
    if evidence.choice.expected >= LEAST_GAIN:
        return None
    return measured(evidence) | {"stock_is_good": bool(evidence.stock.mean() >= ALREADY_GOOD)}


def _sentence(params: Mapping[str, Any]) -> str:
    good = " Stock is already good here." if params["stock_is_good"] else ""
    return f"Kept aside, no gain is expected: {measured_words(params)}.{good}"


NO_GAIN = GateRule("no-gain", _check, _sentence)
