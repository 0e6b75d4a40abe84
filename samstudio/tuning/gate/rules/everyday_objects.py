"""Refuse a candidate that got worse on everyday objects, where a person asked to keep them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from samstudio.tuning.gate.evidence import Evidence
from samstudio.tuning.gate.rule import GateRule, Params


def _check(evidence: Evidence) -> Params | None:
    """Refuse a candidate under which everyday objects got worse, where they are to be kept."""
    everyday = evidence.everyday
    if everyday is None or not evidence.recipe.keep_everyday:
        return None
    if everyday.fall() <= evidence.recipe.everyday_drop:
        return None
    return {
        "base_miou": float(everyday.base.mean()),
        "candidate_miou": float(everyday.candidate.mean()),
        "objects": len(everyday.base),
    }


def _sentence(params: Mapping[str, Any]) -> str:
    return (
        f"Kept aside: it has forgotten what everyday objects look like ({params['base_miou']:.3f} → "
        f"{params['candidate_miou']:.3f} on {params['objects']} of them), though it gained here. "
        "Masks of one kind that are marked carefully, on more images, usually settle it; "
        "or allow it to forget them."
    )


EVERYDAY_OBJECTS = GateRule("everyday-objects-forgotten", _check, _sentence)
