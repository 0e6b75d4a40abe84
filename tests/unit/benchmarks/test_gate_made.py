"""The gate on made jobs whose true gains are known: what docs/tuning.md promises of it."""

from __future__ import annotations

import pytest

from benchmarks.gate_made import MadeRow, made_row, table
from samstudio.tuning.gate import priors_for

PRIORS = priors_for([0.25, 0.5, 0.75, 1.0])

USUAL = 0.054
"""How much the images of one object differ on the league, where gains are of this size."""


def _row(gain: float, images: int = 10, spread: float = USUAL) -> MadeRow:
    return made_row(gain, images, 1, spread, PRIORS, jobs=300)


@pytest.mark.parametrize("spread", [0.03, 0.043, USUAL])
def test_ten_images_of_one_object_are_enough_for_three_points(spread: float) -> None:
    assert _row(3, spread=spread).served >= 0.9


@pytest.mark.parametrize("loss", [-8, -6, -4, -3, -2, -1])
def test_a_loss_is_served_in_one_job_of_twenty_at_most(loss: float) -> None:
    row = _row(loss)
    assert row.at_a_loss <= 0.06
    assert row.mean_served >= -0.15


def test_more_images_decide_better() -> None:
    few, many = _row(3, images=5), _row(3, images=40)
    assert many.mean_served > few.mean_served
    assert _row(-3, images=40).served <= _row(-3, images=5).served


def test_the_same_jobs_are_made_each_time() -> None:
    assert _row(1) == _row(1)


def test_the_table_has_a_line_for_each_size() -> None:
    made = [made_row(gain, images, 1, USUAL, PRIORS, jobs=5) for images in (5, 10) for gain in (-3, 3)]
    assert len(table(made).splitlines()) == 4
