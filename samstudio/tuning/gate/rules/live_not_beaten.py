"""Refuse a candidate that is not surely better than the live version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from samstudio.tuning.gate.evidence import Evidence
from samstudio.tuning.gate.rule import GateRule, Params, measured, measured_words
from samstudio.tuning.gate.statistics import paired_gain

FAIR_IMAGES = 3
"""From so many images on that are new to the live version, it is compared on those alone."""


def _check(evidence: Evidence) -> Params | None:
    """Refuse a candidate to which the live version may be equal."""
    if evidence.live is None:
        return None
    images, unseen = np.asarray(evidence.images), evidence.unseen_by_live
    fair = len(set(images[unseen])) >= FAIR_IMAGES
    kept = unseen if fair else np.ones_like(unseen)
    live, candidate = evidence.live[kept], evidence.candidate[kept]
    gain = paired_gain(live, candidate, images[kept].tolist(), confidence=evidence.recipe.confidence)
    if gain.mean > 0 and gain.lower > 0:
        return None
    return measured(evidence) | {
        "live_miou": float(live.mean()),
        "compared_miou": float(candidate.mean()),
        "new_to_both": fair,
    }


def _sentence(params: Mapping[str, Any]) -> str:
    new = params["new_to_both"]
    where = "images new to both" if new else "the same objects, most of which it learned from"
    return (
        f"Kept aside: better than stock ({measured_words(params)}), but not surely better than the live "
        f"version ({params['live_miou']:.3f} → {params['compared_miou']:.3f} on {where})."
    )


LIVE_NOT_BEATEN = GateRule("live-not-beaten", _check, _sentence)
