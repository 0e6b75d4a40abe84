"""Refuse a candidate that hardly trained: what it gained is as likely luck."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from samstudio.tuning.gate.evidence import Evidence
from samstudio.tuning.gate.rule import GateRule, Params


def _check(evidence: Evidence) -> Params | None:
    """Refuse a candidate for which too few training steps fitted into the time."""
    if evidence.steps >= evidence.least_steps:
        return None
    return {"steps": evidence.steps, "max_seconds": evidence.max_seconds}


def _sentence(params: Mapping[str, Any]) -> str:
    return (
        f"Kept aside: only {params['steps']} training steps fitted into {params['max_seconds']:.0f} seconds, "
        "too few to trust. Give the job more time, or let the machine finish what else it is doing."
    )


TOO_FEW_STEPS = GateRule("too-few-steps", _check, _sentence)
