"""The strength at which a candidate is served, or the finding that none should be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from samstudio.tuning.gate.expected_gain import Belief, Differences, Prior, believe, left_out

HURTS = 0.005
"""A candidate hurts where it falls more than this below what it is compared with, in mIoU."""

MOST_RISK = 0.10
"""The largest probability of that at which a candidate is served."""

BADLY = 0.02
"""The smallest strength is served where even the largest loses so much with no more than that probability."""


@dataclass(frozen=True)
class Choice:
    """A strength with its expected gain in mIoU, and the probability that it hurts.

    ``safe``: whether it should be served. ``careful``: whether it is the smallest strength because
    none is safe by itself.
    """

    strength: float
    expected: float
    risk: float
    safe: bool
    careful: bool = False


def choose(by_strength: Mapping[float, Differences], priors: Mapping[float, Prior]) -> Choice:
    """Return the strength of the largest expected gain among those that are unlikely to hurt.

    Where there is none, the smallest strength, if the largest is unlikely to lose much; else the
    strength of the largest expected gain, which is not safe.

    Args:
        by_strength: The differences of the candidate at each strength.
        priors: The prior of each of these strengths.
    """
    fair = left_out(by_strength, priors)
    beliefs = {strength: believe(priors[strength], seen) for strength, seen in fair.items()}
    safe = {strength: one for strength, one in beliefs.items() if one.below(-HURTS) <= MOST_RISK}
    if safe:
        best = _best(safe)
        return _choice(best, safe[best], safe=True)
    smallest, largest = min(beliefs), max(beliefs)
    if beliefs[largest].below(-BADLY) <= MOST_RISK and beliefs[smallest].mean > 0:
        return _choice(smallest, beliefs[smallest], safe=True, careful=True)
    best = _best(beliefs)
    return _choice(best, beliefs[best], safe=False)


def _best(beliefs: Mapping[float, Belief]) -> float:
    return max(beliefs, key=lambda strength: (beliefs[strength].mean, -strength))


def _choice(strength: float, belief: Belief, *, safe: bool, careful: bool = False) -> Choice:
    return Choice(strength, belief.mean, belief.below(-HURTS), safe, careful)
