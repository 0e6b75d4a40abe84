"""How far a candidate goes: as far as it is unlikely to hurt."""

from __future__ import annotations

import numpy as np
import pytest

from samstudio.tuning.gate import Differences, choose, priors_for
from samstudio.tuning.gate.choice import LEAST_STRENGTH, MOST_RISK

STRENGTHS = (0.25, 0.5, 0.75, 1.0)
PRIORS = priors_for(STRENGTHS)


def _in_proportion(gains: list[float]) -> dict[float, Differences]:
    each = np.array(gains)
    return {s: Differences(s * each, np.full(len(each), 1 / len(each))) for s in STRENGTHS}


def test_a_clear_gain_is_served_whole() -> None:
    choice = choose(_in_proportion([0.1] * 10), PRIORS)
    assert (choice.strength, choice.safe, choice.careful) == (1.0, True, False)
    assert choice.risk <= MOST_RISK


def test_no_strength_of_a_loss_is_safe() -> None:
    choice = choose(_in_proportion([-0.2] * 10), PRIORS)
    assert not choice.safe
    assert choice.strength in STRENGTHS, "what is refused is told of as it was judged"


def test_the_less_is_certain_the_shorter_it_goes() -> None:
    """The mean gain stays the same; what differs is how much images disagree."""
    found = [
        choose(_in_proportion([0.02 + spread, 0.02 - spread] * 5), PRIORS)
        for spread in (0.0, 0.03, 0.06, 0.09, 0.12)
    ]
    strengths = [one.strength if one.safe else 0.0 for one in found]
    assert strengths == sorted(strengths, reverse=True)
    assert strengths[0] > strengths[-1]
    assert all(one.careful for one in found if one.safe and one.strength == LEAST_STRENGTH)


def test_an_eighth_is_served_where_a_quarter_may_hurt() -> None:
    doubtful = _in_proportion([0.08, -0.075] * 5)
    choice = choose(doubtful, PRIORS)
    assert (choice.strength, choice.safe, choice.careful) == (LEAST_STRENGTH, True, True)
    assert choice.risk <= MOST_RISK
    assert choice.expected > 0


def test_a_smaller_strength_has_no_more_than_its_share_of_the_largest_one_s_loss() -> None:
    """At a quarter alone images disagree; what the whole of the way shows, bounds a quarter of it too."""
    steady = _in_proportion([0.05] * 10)
    at_odds = Differences(np.array([0.2, -0.18] * 5), np.full(10, 0.1))
    alone, beside = (choose(seen, PRIORS) for seen in ({0.25: at_odds}, {**steady, 0.25: at_odds}))
    assert not alone.safe or alone.strength == LEAST_STRENGTH
    assert beside.safe
    assert beside.strength == 1.0


@pytest.mark.parametrize("most_risk", [0.01, 0.05, 0.2])
def test_who_takes_more_risk_goes_farther(most_risk: float) -> None:
    seen = _in_proportion([0.09, -0.03] * 5)
    less, more = (choose(seen, PRIORS, most_risk=risk) for risk in (most_risk, 2 * most_risk))
    assert more.safe or not less.safe
    if less.safe:
        assert more.strength >= less.strength
        assert less.risk <= most_risk
