from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from samstudio.tuning.data.samples import Sample, make_sample
from samstudio.tuning.data.splits import can_be_judged, cross_fit, spread, unseen_models
from tests.unit.tuning.fakes import disc, example, samples


def _grouped(groups: str) -> list[Sample]:
    """One sample an image; the letters name the groups."""
    mask = disc((50, 50), x=20, y=20, radius=5)
    return [make_sample(example(f"image{n}", mask, n, group)) for n, group in enumerate(groups)]


@given(groups=st.text("abcdefgh", min_size=2, max_size=30), seed=st.integers(0, 99), folds=st.integers(2, 4))
def test_each_is_held_out_once_and_groups_stay_together(groups: str, seed: int, folds: int) -> None:
    pool = _grouped(groups)
    found = cross_fit(pool, folds=folds, rng=np.random.default_rng(seed))
    assert len(found) == min(folds, len(set(groups)))
    held = [id(sample) for fold in found for sample in fold.validation]
    assert sorted(held) == sorted(map(id, pool))
    for fold in found:
        assert not {s.group for s in fold.train} & {s.group for s in fold.validation}
        assert len(fold.train) + len(fold.validation) == len(pool)


def test_folds_hold_about_as_many_images() -> None:
    found = cross_fit(samples(8), folds=3, rng=np.random.default_rng(0))
    assert sorted(len(fold.validation) for fold in found) == [2, 3, 3]


@given(groups=st.text("abcdefgh", min_size=3, max_size=30), seed=st.integers(0, 99))
def test_two_partitions_leave_two_models_that_did_not_see_a_group(groups: str, seed: int) -> None:
    pool, rng = _grouped(groups), np.random.default_rng(seed)
    if len(set(groups)) < 2:
        return
    folds = [*cross_fit(pool, folds=3, rng=rng), *cross_fit(pool, folds=3, rng=rng)]
    unseen = unseen_models(folds)
    assert set(unseen) == set(groups)
    for group, models in unseen.items():
        assert len(models) == 2
        assert all(group not in {s.group for s in folds[model].train} for model in models)


def test_what_can_be_judged() -> None:
    assert not can_be_judged(samples(2))
    assert can_be_judged(samples(3))
    assert not can_be_judged(_grouped("aaaa"))
    assert can_be_judged(_grouped("aab"))


def test_a_limit_takes_from_every_image_first() -> None:
    pool = samples(3, objects=4)
    few = spread(pool, 6, rng=np.random.default_rng(0))
    assert [sample.image_id for sample in few] == ["a", "a", "b", "b", "c", "c"]
    assert spread(pool, 99, rng=np.random.default_rng(0)) == pool
