"""The nonsense that the benchmark presses on: what each kind does to a mask, and the same each time."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.poisons import KINDS, poisoned, shifted, summary
from samstudio.domain import Example
from samstudio.masks import Mask, RunLengths
from tests.unit.tuning.fakes import disc, example

SIZE = (60, 80)
TRUE = [
    example("a", disc(SIZE, x=20, y=20, radius=8), 1),
    example("a", disc(SIZE, x=60, y=40, radius=6), 2),
    example("b", disc((40, 50), x=25, y=20, radius=9), 3),
]


def masks(examples: list[Example]) -> list[Mask]:
    return [RunLengths.parse(one.rle).decode() for one in examples]


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_fits_its_images_and_is_the_same_each_time(kind: str) -> None:
    found = poisoned(kind, TRUE)
    assert found == poisoned(kind, TRUE)
    assert {one.image_id for one in found} == {"a", "b"}
    sizes = {"a": SIZE, "b": (40, 50)}
    for one, mask in zip(found, masks(found), strict=True):
        assert mask.shape == sizes[one.image_id]
        assert mask.any()
    assert masks(found)[0].tolist() != masks(TRUE)[0].tolist()


def test_what_the_consistent_kinds_are() -> None:
    first, second, _ = masks(TRUE)
    assert (masks(poisoned("background", TRUE))[0] == ~(first | second)).all()
    assert all(mask.all() for mask in masks(poisoned("everything", TRUE)))
    box = masks(poisoned("boxes", TRUE))[0]
    assert box.sum() == 17 * 17
    assert box[12:29, 12:29].all()


def test_a_shifted_mask_loses_what_leaves_the_image() -> None:
    mask = np.zeros((4, 5), bool)
    mask[1, 3:] = True
    moved = shifted(mask, 1, 2)
    assert np.argwhere(moved).tolist() == [[3, 4]]


def test_the_summary_has_the_worst_of_what_serves() -> None:
    rows = [
        {"kind": "noise", "promoted": True, "served_gain": -0.02},
        {"kind": "noise", "promoted": False, "served_gain": 0.0},
    ]
    found = summary(rows)
    assert found == {"noise": {"presses": 2, "served": 1, "mean_gain": -0.01, "worst_gain": -0.02}}
