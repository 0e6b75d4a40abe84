"""What the evaluator's scores come to: gains by all views, bounded by those of the tight box."""

from __future__ import annotations

import numpy as np
import pytest

from samstudio.tuning.evaluator import Judged, differences_of

IMAGES = ["a", "a", "b"]
BEFORE = Judged(tight=np.array([0.8, 0.9, 0.7]), mean=np.array([0.6, 0.7, 0.5]))


def test_gains_of_loose_boxes_alone_are_none() -> None:
    after = Judged(tight=BEFORE.tight, mean=BEFORE.mean + 0.1)
    assert differences_of(BEFORE, after, IMAGES).mean == pytest.approx(0)


def test_gains_of_the_tight_box_are_no_larger_than_those_of_all_views() -> None:
    after = Judged(tight=BEFORE.tight + 0.1, mean=BEFORE.mean + 0.05)
    assert differences_of(BEFORE, after, IMAGES).mean == pytest.approx(0.05)


def test_images_differ_as_by_all_views() -> None:
    after = Judged(tight=BEFORE.tight + 0.01, mean=BEFORE.mean + np.array([0.1, 0.1, 0.04]))
    seen = differences_of(BEFORE, after, IMAGES)
    assert seen.gains[0] - seen.gains[1] == pytest.approx(0.06)
    assert seen.mean == pytest.approx(0.01)
