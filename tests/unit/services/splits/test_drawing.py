"""A test set by share: whole groups, as near to the share as they allow, the same for the same seed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from samstudio.services.splits.drawing import DrawnImage, draw, units_of

ONE = st.tuples(
    st.one_of(st.none(), st.sampled_from("abcdef")),
    st.frozensets(st.integers(1, 4), max_size=2),
    st.sampled_from(["", "", "", "test", "fixed"]),
)
SHARE = st.floats(0.01, 0.99)


def images_of(given: list[tuple[str | None, frozenset[int], str]]) -> list[DrawnImage]:
    test = {group for group, _, split in given if split == "test" and group}
    return [
        DrawnImage(
            f"i{n}", group or f"i{n}", categories, in_test=split == "test" or group in test,
            fixed=split == "fixed",
        )
        for n, (group, categories, split) in enumerate(given)
    ]  # fmt: skip


@given(given=st.lists(ONE, max_size=60), share=SHARE, seed=st.integers(0, 50), by_category=st.booleans())
def test_groups_are_never_split_and_what_is_fixed_stays(
    given: list[tuple[str | None, frozenset[int], str]], share: float, seed: int, by_category: bool
) -> None:
    images = images_of(given)
    drawn = draw(images, share=share, seed=seed, by_category=by_category)
    added = {one.id for unit in drawn for one in unit.images}
    assert len(added) == sum(len(unit.images) for unit in drawn)  # nothing twice
    by_unit = {unit.name: {one.id for one in unit.images} for unit in units_of(images)}
    assert all(ids <= added or not ids & added for ids in by_unit.values())
    assert not any(one.in_test or one.fixed for unit in drawn for one in unit.images)
    again = draw(list(reversed(images)), share=share, seed=seed, by_category=by_category)
    assert {unit.name for unit in again} == {unit.name for unit in drawn}


@given(count=st.integers(0, 300), share=SHARE, seed=st.integers(0, 50), kinds=st.integers(1, 4))
def test_of_single_images_the_share_is_exact(count: int, share: float, seed: int, kinds: int) -> None:
    images = images_of([(None, frozenset({n % kinds}), "") for n in range(count)])
    drawn = draw(images, share=share, seed=seed, by_category=True)
    assert abs(len(drawn) - share * count) <= 0.5 + 1e-6


@given(sizes=st.lists(st.integers(1, 9), max_size=30), share=SHARE, seed=st.integers(0, 50))
def test_no_group_left_out_would_have_come_nearer(sizes: list[int], share: float, seed: int) -> None:
    images = [
        DrawnImage(f"{g} {n}", str(g), frozenset(), in_test=False, fixed=False)
        for g, size in enumerate(sizes)
        for n in range(size)
    ]
    drawn = draw(images, share=share, seed=seed, by_category=False)
    taken, wanted = sum(len(unit.images) for unit in drawn), share * len(images)
    left = [unit for unit in units_of(images) if unit.name not in {one.name for one in drawn}]
    assert all(abs(taken + len(unit.images) - wanted) >= abs(taken - wanted) - 1e-9 for unit in left)


def test_each_category_gives_its_share() -> None:
    images = images_of([(None, frozenset({1}), "")] * 100 + [(None, frozenset({2}), "")] * 10)
    drawn = draw(images, share=0.2, seed=3, by_category=True)
    kinds = [next(iter(unit.images[0].categories)) for unit in drawn]
    assert (kinds.count(1), kinds.count(2)) == (20, 2)


def test_what_is_drawn_stays_when_images_come() -> None:
    few = images_of([(None, frozenset(), "")] * 50)
    many = images_of([(None, frozenset(), "")] * 60)
    first = {unit.name for unit in draw(few, share=0.2, seed=1, by_category=True)}
    grown = [one._replace(in_test=one.id in first) for one in many]
    assert len(draw(grown, share=0.2, seed=1, by_category=True)) == 2  # to the ten that are there
