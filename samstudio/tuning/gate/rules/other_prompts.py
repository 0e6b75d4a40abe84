"""Refuse a candidate that gained with boxes and lost with other prompts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from samstudio.tuning.gate.evidence import Evidence
from samstudio.tuning.gate.rule import GateRule, Params, measured, measured_words
from samstudio.tuning.protocols import PROTOCOLS


def _check(evidence: Evidence) -> Params | None:
    """Refuse a candidate under which clicks or loose boxes got worse."""
    fallen = [
        {
            "protocol": guard.protocol,
            "base_miou": float(guard.base.mean()),
            "candidate_miou": float(guard.candidate.mean()),
        }
        for guard in evidence.guards
        if guard.drop() > evidence.recipe.guard_drop
    ]
    return measured(evidence) | {"fallen": fallen} if fallen else None


def _sentence(params: Mapping[str, Any]) -> str:
    fallen = " and ".join(
        f"{_words(one['protocol'])} got worse ({one['base_miou']:.3f} → {one['candidate_miou']:.3f})"
        for one in params["fallen"]
    )
    return f"Kept aside: {measured_words(params)} with boxes, but {fallen}."


def _words(protocol: str) -> str:
    return PROTOCOLS.get(protocol).plural if protocol in PROTOCOLS else protocol


OTHER_PROMPTS = GateRule("other-prompts-worse", _check, _sentence)
