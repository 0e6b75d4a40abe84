"""Refuse a candidate whose gain may be chance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from samstudio.tuning.gate.evidence import Evidence
from samstudio.tuning.gate.rule import GateRule, Params, measured, measured_words


def _check(evidence: Evidence) -> Params | None:
    """Refuse a gain that differs too much from image to image."""
    return measured(evidence) if evidence.gain.lower <= 0 else None


def _sentence(params: Mapping[str, Any]) -> str:
    return (
        f"Kept aside, the gain is not certain: {measured_words(params)}, but it differs too much from image "
        "to image. More images with accepted masks would settle it."
    )


GAIN_UNCERTAIN = GateRule("gain-uncertain", _check, _sentence)
