"""What hangs together is found whatever the blocks, and what a person parted is not linked."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import connected_components

from samstudio.sam.pooling import CONTENT, LENGTH, mirrored
from samstudio.services.near_duplicates import similarity
from samstudio.services.near_duplicates.similarity import Comparison, Linking, similarities


def vectors(count: int, seed: int = 0) -> np.ndarray:
    """Of a dataset whose images have most in common."""
    rng = np.random.default_rng(seed)
    return (10 * rng.normal(size=LENGTH) + rng.normal(size=(count, LENGTH))).astype(np.float32)


def linked(found: Linking) -> list[list[int]]:
    for _ in found.steps():
        pass
    return [one.tolist() for one in found.sets()]


def test_near_duplicates_hang_together_and_others_do_not() -> None:
    every = vectors(60)
    rng = np.random.default_rng(1)
    every[7] = every[3] + 0.3 * rng.normal(size=LENGTH)
    every[50] = every[7] + 0.3 * rng.normal(size=LENGTH)
    every[21, :CONTENT] = every[20, :CONTENT]
    every[21, CONTENT:] = mirrored(every[20:21])[0]
    found = Linking(*Comparison.of(every).sides(every))
    assert linked(found) == [[3, 7, 50], [20, 21]]
    assert found.closest[[3, 7, 50, 20, 21]].min() > similarity.ALIKE
    assert found.closest[0] == 0


def test_what_all_have_in_common_makes_nothing_alike() -> None:
    every = vectors(100)
    raw = every / np.linalg.norm(every, axis=1, keepdims=True)
    assert (raw @ raw.T).min() > 0.95
    plain, flipped = Comparison.of(every).sides(every)
    alike = similarities(plain, plain, flipped)
    np.fill_diagonal(alike, 0)
    assert alike.max() < 0.6


@settings(max_examples=60, deadline=None)
@given(
    count=st.integers(1, 40),
    block=st.integers(1, 12),
    links=st.lists(st.tuples(st.integers(0, 39), st.integers(0, 39)), max_size=60),
    apart=st.lists(st.sets(st.integers(0, 39), min_size=2, max_size=8), max_size=4),
)
def test_sets_are_the_connected_components_whatever_the_blocks(
    count: int, block: int, links: list[tuple[int, int]], apart: list[set[int]]
) -> None:
    """Images are alike by a matrix that is made for it: 1 where they are linked."""
    matrix = np.zeros((count, count), np.float32)
    for one, other in links:
        if one < count and other < count and one != other:
            matrix[one, other] = matrix[other, one] = 1
    parted = [sorted(number for number in numbers if number < count) for numbers in apart]
    wanted = matrix.copy()
    for numbers in parted:
        wanted[np.ix_(numbers, numbers)] = 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(similarity, "BLOCK", block)
        patch.setattr(similarity, "similarities", lambda a, b, _c: matrix[np.ix_(a[:, 0], b[:, 0])].copy())
        numbered = np.arange(count)[:, None]
        found = Linking(numbered, numbered, apart=[np.array(one, dtype=np.int64) for one in parted])
        shares = list(found.steps())
    _, labels = connected_components(wanted)
    sets = [np.flatnonzero(labels == label).tolist() for label in set(labels) if (labels == label).sum() > 1]
    assert [one.tolist() for one in found.sets()] == sorted(sets)
    assert shares[-1] == 1
    assert shares == sorted(shares)
