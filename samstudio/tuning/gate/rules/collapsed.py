"""Refuse a candidate whose answers no longer depend on the prompt or the image, or lie beside the objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from samstudio.tuning.gate.evidence import Evidence
from samstudio.tuning.gate.rule import GateRule, Params


def _check(evidence: Evidence) -> Params | None:
    """Refuse a candidate that ignores its prompts or the image, or learned masks that are moved."""
    collapse = evidence.collapse
    return None if collapse is None or not collapse.is_collapse else collapse.to_params()


def _sentence(params: Mapping[str, Any]) -> str:
    if params["blind"]:
        return (
            "Kept aside: it ignores the image, and answers as well when it is shown another one. Look "
            "through the accepted masks: some may show something else than what their box encloses."
        )
    if params.get("misplaced"):
        return (
            "Kept aside: the accepted masks seem to lie beside their objects. Moved onto what stock sees "
            f"near them, they fit its answers better (IoU {params['fit']:.2f} → {params['moved_fit']:.2f} on "
            f"{params['moved_objects']} objects). Look through the accepted masks: some may show something "
            "else than what their box encloses."
        )
    return (
        f"Kept aside: it ignores its prompts. Of {params['prompts']} boxes and clicks, {params['ignored']} "
        f"were ignored ({params['ignored_by_stock']} by stock). Look through the accepted masks: some may "
        "show something else than what their box encloses."
    )


COLLAPSED = GateRule("collapsed", _check, _sentence)
