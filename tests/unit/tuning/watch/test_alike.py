"""How alike the objects of one image are, and what is made of it."""

import numpy as np
import pytest

from samstudio.tuning.watch.alike import FEWEST_IMAGES, USUAL, correlation, design_effect


def images(alike: float, count: int, seed: int = 0) -> list[np.ndarray]:
    """Differences of four objects an image, of which the share ``alike`` is common."""
    rng = np.random.default_rng(seed)
    return [np.sqrt(alike) * rng.normal() + np.sqrt(1 - alike) * rng.normal(size=4) for _ in range(count)]


@pytest.mark.parametrize("alike", [0.0, 0.3, 0.8])
def test_many_images_show_how_alike_their_objects_are(alike: float) -> None:
    assert correlation(images(alike, 2000)) == pytest.approx(alike, abs=0.05)


def test_a_few_images_hardly_move_what_is_usual() -> None:
    found = [correlation(images(0.0, 4, seed)) for seed in range(200)]
    assert 0.5 * USUAL < np.mean(found) < USUAL


def test_of_too_few_images_each_counts_as_one_object() -> None:
    few = images(0.0, FEWEST_IMAGES - 1)
    assert correlation([*few, np.zeros(1), np.ones(1)]) == 1
    assert design_effect(4, correlation(few)) == 4


def test_objects_on_images_of_their_own_count_fully() -> None:
    alone = [np.array([value]) for value in np.random.default_rng(0).normal(size=50)]
    assert design_effect(1, correlation(alone)) == 1


def test_differences_that_are_all_the_same_tell_nothing() -> None:
    assert correlation([np.ones(3)] * 10) == USUAL
