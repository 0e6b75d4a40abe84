"""Refuse a candidate that has forgotten what everyday objects look like."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from samstudio.tuning.gate.evidence import Evidence
from samstudio.tuning.gate.rule import GateRule, Params


def _check(evidence: Evidence) -> Params | None:
    """Refuse a candidate under which everyday objects got worse."""
    canary = evidence.canary
    if canary is None or canary.fall() <= evidence.recipe.canary_drop:
        return None
    return {
        "base_miou": float(canary.base.mean()),
        "candidate_miou": float(canary.candidate.mean()),
        "objects": len(canary.base),
    }


def _sentence(params: Mapping[str, Any]) -> str:
    return (
        f"Kept aside: it has forgotten what everyday objects look like ({params['base_miou']:.3f} → "
        f"{params['candidate_miou']:.3f} on {params['objects']} of them), though it gained here. "
        "Masks of one kind that are marked carefully, on more images, usually settle it."
    )


EVERYDAY_OBJECTS = GateRule(
    "everyday-objects-forgotten",
    _check,
    _sentence,
    mentions_kept_share=False,
)
