import numpy as np
import pytest

from samstudio.tuning.watch.difference import ACCEPTED_ERROR, NewObject, difference


def one(former: float, live: float, untouched: bool) -> NewObject:
    return NewObject("image", former, live, untouched)


def test_a_corrected_object_counts_with_the_difference_of_the_two_versions() -> None:
    assert difference(one(0.9, 0.4, untouched=False)) == pytest.approx(0.5)
    assert difference(one(0.9, 1.0, untouched=False)) == pytest.approx(-0.1)


def test_an_untouched_object_is_a_tie_where_accepted_errors_explain_the_difference() -> None:
    assert difference(one(1 - 2 * ACCEPTED_ERROR + 0.001, 1.0, untouched=True)) == 0
    assert difference(one(0.97, 0.7, untouched=True)) == 0  # one click's answer, scored by its box


def test_an_untouched_object_counts_for_the_live_version_by_what_errors_do_not_explain() -> None:
    assert difference(one(0.79, 1.0, untouched=True)) == pytest.approx(-0.21 + 2 * ACCEPTED_ERROR)
    assert difference(one(0.7, 0.5, untouched=True)) == 0, "never held against it"


def test_twice_the_error_of_the_accepted_answer_is_the_most_that_it_gains() -> None:
    """The triangle inequality that the rule rests on, on masks of random pixels."""
    rng = np.random.default_rng(0)
    for _ in range(200):
        truth = rng.random(400) < 0.5
        live, former = (truth ^ (rng.random(400) < noise) for noise in (0.04, 0.1))

        def distance(first: np.ndarray, second: np.ndarray) -> float:
            return 1 - (first & second).sum() / (first | second).sum()

        error = distance(live, truth)
        true_gap = error - distance(former, truth)
        assert -distance(former, live) <= true_gap <= 2 * error - distance(former, live) + 1e-9
