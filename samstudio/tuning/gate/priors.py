"""The prior of the gate by strength, as ``benchmarks.league`` fitted it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from samstudio.tuning.gate.expected_gain import Normal, Prior

FITTED = Path(__file__).with_name("priors.json")


def priors_for(strengths: Sequence[float]) -> dict[float, Prior]:
    """Return the prior of each strength; between those that were fitted, it is interpolated."""
    known = _fitted()
    return {strength: _between(known, strength) for strength in strengths}


def to_json(priors: Mapping[float, Prior]) -> dict[str, Any]:
    """Return priors as the JSON object that is kept."""
    return {
        str(strength): {
            "helps": list(astuple(one.helps)),
            "harms": list(astuple(one.harms)),
            "harm_share": one.harm_share,
            "image_spread": one.image_spread,
            "image_weight": one.image_weight,
            "judge_spread": one.judge_spread,
        }
        for strength, one in priors.items()
    }


@lru_cache(maxsize=1)
def _fitted() -> dict[float, Prior]:
    stored = json.loads(FITTED.read_text(encoding="utf-8"))
    return {
        float(strength): Prior(**{**one, "helps": Normal(*one["helps"]), "harms": Normal(*one["harms"])})
        for strength, one in stored.items()
    }


def _between(known: Mapping[float, Prior], strength: float) -> Prior:
    at = sorted(known)

    def value(read: Any) -> float:
        return float(np.interp(strength, at, [read(known[one]) for one in at]))

    return Prior(
        helps=Normal(value(lambda p: p.helps.mean), value(lambda p: p.helps.spread)),
        harms=Normal(value(lambda p: p.harms.mean), value(lambda p: p.harms.spread)),
        harm_share=value(lambda p: p.harm_share),
        image_spread=value(lambda p: p.image_spread),
        image_weight=value(lambda p: p.image_weight),
        judge_spread=value(lambda p: p.judge_spread),
    )
