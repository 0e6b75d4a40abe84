"""Refuse a candidate whose answers no longer depend on the prompt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from samstudio.tuning.gate.evidence import Evidence
from samstudio.tuning.gate.rule import GateRule, Params


def _check(evidence: Evidence) -> Params | None:
    """Refuse a candidate that ignores its prompt, or answers with empty or full masks."""
    collapse = evidence.collapse
    return None if collapse is None or not collapse.is_collapse else collapse.to_params()


def _sentence(params: Mapping[str, Any]) -> str:
    return (
        f"Kept aside: it ignores its prompts. Of {params['prompts']} boxes, {params['ignored']} were "
        f"answered with a mask that does not fit the box ({params['ignored_by_stock']} by stock). "
        "Look through the accepted masks: some may show something else than what their box encloses."
    )


COLLAPSED = GateRule("collapsed", _check, _sentence)
