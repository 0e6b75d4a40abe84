import numpy as np
import pytest

from samstudio.tuning.watch.difference import AGREES, NewObject, difference


def one(former: float, live: float, untouched: bool) -> NewObject:
    return NewObject("image", former, live, untouched)


def test_a_corrected_object_counts_with_the_difference_of_the_two_versions() -> None:
    assert difference(one(0.9, 0.4, untouched=False)) == pytest.approx(0.5)
    assert difference(one(0.9, 1.0, untouched=False)) == pytest.approx(-0.1)


def test_an_untouched_object_is_a_tie_where_the_former_version_agrees_with_it() -> None:
    assert difference(one(AGREES, 1.0, untouched=True)) == 0
    assert difference(one(0.97, 0.7, untouched=True)) == 0  # one click's answer, scored by its box


def test_an_untouched_object_is_the_live_versions_success_where_the_former_one_disagrees() -> None:
    assert difference(one(AGREES - 0.01, 1.0, untouched=True)) == pytest.approx(AGREES - 1.01)
    assert difference(one(0.7, 0.5, untouched=True)) == 0, "never held against it"


def test_two_answers_that_are_near_the_truth_agree_as_far_as_a_tie_asks() -> None:
    """The triangle inequality that `AGREES` rests on, on masks of random pixels."""
    rng = np.random.default_rng(0)
    for _ in range(200):
        truth = rng.random(400) < 0.5
        near = [truth ^ (rng.random(400) < 0.04) for _ in range(2)]
        ious = [(truth & mask).sum() / (truth | mask).sum() for mask in near]
        agreement = (near[0] & near[1]).sum() / (near[0] | near[1]).sum()
        assert 1 - agreement <= 2 - sum(ious) + 1e-9
