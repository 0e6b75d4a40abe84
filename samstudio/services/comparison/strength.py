"""How the gate's numbers relate to a strength between stock and a *stored* version.

The gate judges means of models, each on images that they did not see, at a few
strengths, and chooses one of them. The stored decoder is the mean of all models at that
strength (`samstudio.tuning.pipeline`). So the whole of the way to the stored decoder
answers to the chosen strength, and a share of the way to that share of the
choice. Where the gate judged just that, there is a number; nothing is
interpolated.
A version that was tuned from the live one was judged at strengths between
*that* one and itself: they say nothing of the way from stock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from samstudio.domain import DecoderVersion

TOLERANCE = 1e-6


@dataclass(frozen=True)
class Judged:
    """A mean IoU on held-out objects: stock's own, or that of models at ``trial_strength``."""

    miou: float
    of: Literal["stock", "trials"]
    trial_strength: float = 0.0


def judged_at(version: DecoderVersion, strength: float) -> Judged | None:
    """Return what the gate measured for ``blend(stock, version, strength)``; None where it did not."""
    scores = version.scores
    if strength == 0:
        return None if scores.base_miou is None else Judged(scores.base_miou, "stock")
    chosen = scores.strength
    if chosen is None or (version.config.start == "live" and strength != 1):
        return None
    for judged, miou in scores.by_strength.items():
        if abs(judged - strength * chosen) < TOLERANCE:
            return Judged(miou, "trials", judged)
    return None
