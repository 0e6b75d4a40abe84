from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from samstudio.domain import AcceptedObject
from samstudio.tuning.data.draw import MOST_IMAGES, MOST_OBJECTS, draw_images, draw_objects

counts_by_image = st.lists(st.integers(1, 9), min_size=1, max_size=30)
seeds = st.integers(0, 99)


def dataset(counts: list[int], groups: str = "") -> list[AcceptedObject]:
    """``counts[i]`` objects on the i-th image; ids go through the images in turn, as in real use."""
    turns = sorted((turn, image) for image, count in enumerate(counts) for turn in range(count))
    return [
        AcceptedObject(n, f"image{image}", f"group{groups[image]}" if groups else f"image{image}")
        for n, (_, image) in enumerate(turns, start=1)
    ]


def all_encoded(_image_id: str) -> bool:
    return True


@given(counts=counts_by_image, seed=seeds)
def test_few_objects_are_all_taken_in_their_order(counts: list[int], seed: int) -> None:
    objects = dataset(counts)
    images = draw_images(objects, seed=seed, encoded=all_encoded)
    assert set(images) == {one.image_id for one in objects}
    assert draw_objects(objects, images, seed=seed) == objects


@given(counts=counts_by_image, seed=seeds, most=st.integers(1, 60))
def test_images_get_about_as_many_objects_each(counts: list[int], seed: int, most: int) -> None:
    objects = dataset(counts)
    images = [one.image_id for one in objects[: len(counts)]]
    drawn = draw_objects(objects, images, seed=seed, most=most)
    assert len(drawn) == min(most, len(objects))
    assert [one.annotation_id for one in drawn] == sorted({one.annotation_id for one in drawn})
    taken = Counter(one.image_id for one in drawn)
    available = Counter(one.image_id for one in objects)
    for image, count in taken.items():
        # No other image that still has objects is more than one behind.
        assert all(count - taken[other] <= 1 for other in available if taken[other] < available[other]), image


@given(counts=counts_by_image, seed=seeds, most=st.integers(1, 40))
def test_no_more_images_and_no_others_than_there_are(counts: list[int], seed: int, most: int) -> None:
    objects = dataset(counts)
    images = draw_images(objects, seed=seed, encoded=all_encoded, most=most)
    assert len(images) == len(set(images)) == min(most, len(counts))
    few = images[: most // 2]
    assert {one.image_id for one in draw_objects(objects, few, seed=seed)} == set(few)


@given(counts=counts_by_image, seed=seeds)
def test_a_draw_depends_on_the_seed_and_not_on_the_order(counts: list[int], seed: int) -> None:
    objects = dataset(counts)
    there, back = (
        draw_images(some, seed=seed, encoded=all_encoded, most=9) for some in (objects, objects[::-1])
    )
    assert there == back
    drawn, again = (draw_objects(some, there, seed=seed, most=9) for some in (objects, objects[::-1]))
    assert drawn == again[::-1]


def test_another_seed_draws_others() -> None:
    objects = dataset([3] * 40)
    one, other = (draw_images(objects, seed=seed, encoded=all_encoded, most=10) for seed in (0, 1))
    assert set(one) != set(other)
    assert draw_objects(objects, one, seed=0, most=10) != draw_objects(objects, one, seed=1, most=10)


def test_objects_that_are_added_change_little() -> None:
    before, after = dataset([1] * 400), dataset([1] * 440)
    one, other = (draw_images(some, seed=0, encoded=all_encoded, most=200) for some in (before, after))
    assert len(set(one) - set(other)) < 40


@given(seed=seeds, encoded=st.sets(st.integers(0, 29)), most=st.integers(1, 30))
def test_images_that_are_encoded_come_first(seed: int, encoded: set[int], most: int) -> None:
    known = {f"image{n}" for n in encoded}
    images = draw_images(dataset([1] * 30), seed=seed, encoded=known.__contains__, most=most)
    assert len(known & set(images)) == min(len(known), most)
    assert known.issuperset(images[: min(len(known), most)])


@given(groups=st.text("abcde", min_size=20, max_size=20), seed=seeds, most=st.integers(2, 20))
def test_groups_take_turns(groups: str, seed: int, most: int) -> None:
    """Of a film's thousands of frames, no more are drawn than of a group that has as many."""
    objects = dataset([1] * 20, groups)
    group_of = {one.image_id: one.group for one in objects}
    images = draw_images(objects, seed=seed, encoded=lambda name: group_of[name] == "groupa", most=most)
    taken, available = Counter(group_of[name] for name in images), Counter(group_of.values())
    assert len(images) == most
    for count in taken.values():
        assert all(count - taken[other] <= 1 for other in available if taken[other] < available[other])


def test_fifty_thousand_are_cut_to_the_limits() -> None:
    objects = dataset([10] * 5_000)
    images = draw_images(objects, seed=0, encoded=all_encoded)
    drawn = draw_objects(objects, images, seed=0)
    assert (len(images), len(drawn)) == (MOST_IMAGES, MOST_OBJECTS)
    assert set(Counter(one.image_id for one in drawn).values()) == {4}
