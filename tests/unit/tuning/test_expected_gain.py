"""The gate's statistics, on made jobs whose true gains are known."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from samstudio.tuning.gate import Belief, Differences, Prior, believe, priors_for
from samstudio.tuning.gate.expected_gain import Normal, left_out

STRENGTHS = (0.25, 0.5, 0.75, 1.0)
PRIORS = priors_for(STRENGTHS)

ONE_PRIOR = Prior(Normal(0.05, 0.05), Normal(-0.05, 0.05), 0.1, 0.1, 4.0, 0.02)


def test_belief_lies_between_the_prior_and_what_was_seen() -> None:
    seen = Differences(np.full(10, 0.2), np.full(10, 0.1))
    assert 0.05 < believe(ONE_PRIOR, seen).mean < 0.2


def test_more_images_are_believed_more() -> None:
    few, many = (Differences(np.full(n, -0.1), np.full(n, 1 / n)) for n in (3, 30))
    assert believe(ONE_PRIOR, many).mean < believe(ONE_PRIOR, few).mean


def test_what_is_far_from_everything_known_is_still_believed() -> None:
    for value in (-3.0, 3.0):
        belief = believe(ONE_PRIOR, Differences(np.full(50, value), np.full(50, 0.02)))
        assert np.sign(belief.mean) == np.sign(value)


def test_probabilities_add_up() -> None:
    belief = Belief(((0.7, Normal(0.1, 0.05)), (0.3, Normal(-0.1, 0.05))))
    assert belief.mean == pytest.approx(0.04)
    assert belief.below(-10) == pytest.approx(0)
    assert belief.below(10) == pytest.approx(1)
    assert belief.below(0.0) == pytest.approx(0.3, abs=0.03)


def test_images_count_not_objects() -> None:
    rng = np.random.default_rng(0)
    gains = np.repeat(rng.normal(0.01, 0.03, 5), 40)
    together = Differences.of(np.zeros(200), gains, [str(n // 40) for n in range(200)])
    alone = Differences.of(np.zeros(200), gains, [str(n) for n in range(200)])
    assert len(together.gains) == 5
    assert together.mean == pytest.approx(alone.mean)
    assert together.error(0.03, 4) > alone.error(0.03, 4)


def test_an_image_counts_by_its_objects() -> None:
    seen = Differences.of(np.zeros(4), np.array([0.4, 0.0, 0.0, 0.0]), ["a", "b", "b", "b"])
    assert seen.mean == pytest.approx(0.1)
    assert seen.gains.tolist() == pytest.approx([0.4, 0.0])


def _noise(rng: np.random.Generator) -> Mapping[float, Differences]:
    return {s: Differences(rng.normal(0, 0.1, 6), np.full(6, 1 / 6)) for s in STRENGTHS}


def test_the_best_of_several_strengths_is_not_flattered() -> None:
    """Where no strength gains anything, the best-looking one must not look better than nothing."""
    rng = np.random.default_rng(0)
    plain, fair = [], []
    for _ in range(300):
        seen = _noise(rng)
        best = max(seen, key=lambda s: believe(PRIORS[s], seen[s]).mean)
        plain.append(seen[best].mean)
        fair.append(left_out(seen, PRIORS)[best].mean)
    assert np.mean(plain) > 0.02
    assert abs(np.mean(fair)) < 0.02


@pytest.mark.parametrize(("most", "mean"), [(0.02, 0.02), (0.05, 0.05), (0.2, 0.06)])
def test_a_gain_can_be_bounded_without_changing_how_images_differ(most: float, mean: float) -> None:
    seen = Differences(np.array([0.1, 0.0, 0.04]), np.array([0.5, 0.25, 0.25]))
    bounded = seen.at_most(most)
    assert bounded.mean == pytest.approx(mean)
    assert np.diff(bounded.gains) == pytest.approx(np.diff(seen.gains))
