"""Refuse a candidate that is not expected to be better than the live version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from samstudio.tuning.gate.against_live import MOST_RISK_AGAIN
from samstudio.tuning.gate.evidence import Evidence
from samstudio.tuning.gate.rule import GateRule, Params, measured, measured_words


def _check(evidence: Evidence) -> Params | None:
    """Refuse a candidate that may well be worse than the live version."""
    against = evidence.against_live
    if against is None or (against.expected > 0 and against.risk <= MOST_RISK_AGAIN):
        return None
    return measured(evidence) | {
        "live_miou": against.live_miou,
        "compared_miou": against.candidate_miou,
        "new_to_both": against.fair,
    }


def _sentence(params: Mapping[str, Any]) -> str:
    new = params["new_to_both"]
    where = "images new to both" if new else "the same objects, most of which it learned from"
    return (
        f"Kept aside: better than stock ({measured_words(params)}), but not surely better than the live "
        f"version ({params['live_miou']:.3f} → {params['compared_miou']:.3f} on {where})."
    )


LIVE_NOT_BEATEN = GateRule("live-not-beaten", _check, _sentence)
