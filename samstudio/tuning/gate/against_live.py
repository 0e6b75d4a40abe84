"""A candidate beside the live version."""

from __future__ import annotations

from samstudio.tuning.gate.choice import HURTS
from samstudio.tuning.gate.evidence import AgainstLive
from samstudio.tuning.gate.expected_gain import Differences, Normal, Prior, Scores, believe

AGAIN = Prior(
    helps=Normal(0.012, 0.015),
    harms=Normal(-0.015, 0.02),
    harm_share=0.2,
    image_spread=0.05,
    image_weight=4.0,
    judge_spread=0.01,
)
"""What is assumed of tuning again.

On ten images the jobs of ``benchmarks.league`` gained 0.9 points more than on five, with a spread of
0.8 over eight sets. This is wider, and allows for harm: set by hand."""


MOST_RISK_AGAIN = 0.10
"""The largest probability that it hurts the live version at which a candidate takes its place.

Twice that of a first swap: the watch looks after it, and takes it back."""


def against_live(live: Scores, candidate: Scores, seen: Differences, *, fair: bool) -> AgainstLive:
    """Return what the candidate is expected to gain over the live version.

    Args:
        live: IoU of each object by the live version, float64 N.
        candidate: The same by the candidate.
        seen: Their differences by image.
        fair: Whether the live version did not learn from these objects.
    """
    belief = believe(AGAIN, seen)
    return AgainstLive(
        live_miou=float(live.mean()),
        candidate_miou=float(candidate.mean()),
        expected=belief.mean,
        risk=belief.below(-HURTS),
        fair=fair,
    )
