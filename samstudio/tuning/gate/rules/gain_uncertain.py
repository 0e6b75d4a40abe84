"""Refuse a candidate that may well hurt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from samstudio.tuning.gate.evidence import Evidence
from samstudio.tuning.gate.rule import GateRule, Params, measured, measured_words


def _check(evidence: Evidence) -> Params | None:
    """Refuse a candidate that hurts with too large a probability, at every strength."""
    return None if evidence.choice.safe else measured(evidence)


def _sentence(params: Mapping[str, Any]) -> str:
    told = (
        f"Kept aside, the gain is not certain: {measured_words(params)}, but it differs too much from image "
        "to image."
    )
    if "risk" in params:
        told += f" The risk that it hurts is {params['risk']:.0%}."
    return told + " More images with accepted masks would settle it."


GAIN_UNCERTAIN = GateRule("gain-uncertain", _check, _sentence)
