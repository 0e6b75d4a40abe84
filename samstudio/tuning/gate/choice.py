"""The strength at which a candidate is served, or the finding that none should be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from samstudio.tuning.gate.expected_gain import Belief, Differences, Prior, believe, left_out

HURTS = 0.005
"""A candidate hurts where it falls more than this below what it is compared with, in mIoU."""

MOST_RISK = 0.03
"""The largest probability of that at which a candidate is served.

On made jobs (``benchmarks.gate_made``) it is about the largest at which one loss of twenty serves."""

LEAST_STRENGTH = 0.125
"""How far a candidate goes where no strength that was judged is safe, and this is."""


@dataclass(frozen=True)
class Choice:
    """A strength with its expected gain in mIoU, and the probability that it hurts.

    ``safe``: whether it should be served. ``careful``: whether more was to be expected of a larger
    strength that is not safe.
    """

    strength: float
    expected: float
    risk: float
    safe: bool
    careful: bool = False


def choose(
    by_strength: Mapping[float, Differences],
    priors: Mapping[float, Prior],
    *,
    most_risk: float = MOST_RISK,
) -> Choice:
    """Return the strength of the largest expected gain among those that are unlikely to hurt.

    Where there is none, the strength of the largest expected gain, which is not safe.

    Args:
        by_strength: The differences of the candidate at each strength that was judged.
        priors: The prior of each of these strengths.
        most_risk: The largest probability of a loss of `HURTS` at which a strength is safe.
    """
    fair = left_out(by_strength, priors)
    beliefs = {strength: believe(priors[strength], seen) for strength, seen in fair.items()}
    offered = [_offer(strength, beliefs, most_risk) for strength in sorted({LEAST_STRENGTH, *beliefs})]
    best = _best([one for one in offered if one.strength in beliefs])
    safe = [one for one in offered if one.safe]
    if not safe:
        return best
    chosen = _best(safe)
    careful = chosen.strength < best.strength
    return Choice(chosen.strength, chosen.expected, chosen.risk, safe=True, careful=careful)


def _offer(strength: float, beliefs: Mapping[float, Belief], most_risk: float) -> Choice:
    """Return what a strength promises.

    The risk is the smaller of two: by its own differences; and by those of the largest strength, of whose
    loss a smaller one has no more than its share. (On the league it has less.)
    """
    smallest, largest = min(beliefs), max(beliefs)
    own = beliefs.get(strength)
    in_proportion = beliefs[largest].below(-HURTS * largest / strength)
    risk = in_proportion if own is None else min(own.below(-HURTS), in_proportion)
    expected = own.mean if own is not None else beliefs[smallest].mean * strength / smallest
    return Choice(strength, expected, risk, safe=risk <= most_risk)


def _best(offered: list[Choice]) -> Choice:
    return max(offered, key=lambda one: (one.expected, -one.strength))
