"""Say that time was short where a candidate that hardly trained shows no sure gain.

A gain that its images do show is served, however few the steps: what is judged is what serves.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from samstudio.tuning.gate.evidence import Evidence
from samstudio.tuning.gate.rule import GateRule, Params
from samstudio.tuning.gate.rules.gain_uncertain import GAIN_UNCERTAIN
from samstudio.tuning.gate.rules.no_gain import NO_GAIN


def _check(evidence: Evidence) -> Params | None:
    """Refuse, before they do, what the rules on the gain refuse, where too few steps fitted into the time."""
    if evidence.steps >= evidence.least_steps:
        return None
    if NO_GAIN.check(evidence) is None and GAIN_UNCERTAIN.check(evidence) is None:
        return None
    return {"steps": evidence.steps, "max_seconds": evidence.max_seconds}


def _sentence(params: Mapping[str, Any]) -> str:
    return (
        f"Kept aside: only {params['steps']} training steps fitted into {params['max_seconds']:.0f} seconds, "
        "and no sure gain shows after so few. Give the job more time, or let the machine finish "
        "what else it is doing."
    )


TOO_FEW_STEPS = GateRule("too-few-steps", _check, _sentence)
