"""Who learns from what: what is judged only is held out by every model, whatever else there is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samstudio.domain import Example, InvalidInput
from samstudio.tuning.data.splits import can_be_judged, unseen_models
from samstudio.tuning.recipe import Recipe
from samstudio.tuning.steps.job import TuningJob, prepare
from samstudio.tuning.steps.planning import split
from tests.unit.tuning.fakes import Embeddings, disc, example

MASK = disc((50, 50), x=20, y=20, radius=5)


def given_examples(groups: str) -> list[Example]:
    """An image a letter, which names its group; the groups of capital letters are judged only."""
    found = [example(f"image{n}", MASK, n + 1, group) for n, group in enumerate(groups)]
    return [replace(one, judged_only=(one.group or "").isupper(), size=(50, 50)) for one in found]


def prepared(groups: str, seed: int = 0) -> TuningJob:
    stock: Any = None
    return prepare(
        stock=stock, live_state=None, examples=given_examples(groups), embedding=Embeddings(),
        recipe=Recipe(), seed=seed, max_seconds=60.0, live_annotation_ids=(), from_live=False, everyday=(),
    )  # fmt: skip


@given(groups=st.text("abcdeABC", min_size=1, max_size=20), seed=st.integers(0, 99))
def test_no_model_learns_from_what_is_judged_only(groups: str, seed: int) -> None:
    if groups.isupper():
        with pytest.raises(InvalidInput, match="no accepted mask to learn from"):
            prepared(groups, seed)
        return
    job = prepared(groups, seed)
    assert not any(sample.example.judged_only for sample in job.samples)
    if not can_be_judged(job.validation_pool):
        return
    data = split(job)
    judged_only = {group for group in groups if group.isupper()}
    for fold in data.folds:
        assert fold.train
        assert not {s.group for s in fold.train} & {s.group for s in fold.validation}
        assert not any(s.example.judged_only for s in fold.train)
        assert judged_only <= {s.group for s in fold.validation}
    unseen = unseen_models(data.folds)
    assert {s.group for s in data.judged.samples} <= set(unseen)
    assert judged_only <= {s.group for s in data.judged.samples}
    assert all(len(unseen[group]) == len(data.folds) for group in judged_only)


def test_one_group_to_learn_from_is_judged_on_what_is_judged_only() -> None:
    job = prepared("aaaABC")
    data = split(job)
    assert {s.group for s in data.judged.samples} == {"A", "B", "C"}
    assert [{s.group for s in fold.train} for fold in data.folds] == [{"a"}] * Recipe().partitions
