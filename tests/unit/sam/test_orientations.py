from __future__ import annotations

import numpy as np
import pytest

from samstudio.masks import mask_to_box
from samstudio.sam.orientations import (
    ALL,
    FLIPS,
    IDENTITY,
    MIRRORED,
    TURNED,
    UPSIDE_DOWN,
    Orientation,
    split_key,
)

RNG = np.random.default_rng(0)
SIZE = (7, 11)

every = pytest.mark.parametrize("orientation", ALL, ids=lambda one: one.name)


@every
@pytest.mark.parametrize("shape", [SIZE, (*SIZE, 3), (1, 5), (5, 1)])
def test_twice_is_the_identity(orientation: Orientation, shape: tuple[int, ...]) -> None:
    array = RNG.integers(0, 256, shape, dtype=np.uint8)
    flipped = orientation.apply(array)
    assert flipped.shape == array.shape
    assert flipped.flags.c_contiguous
    np.testing.assert_array_equal(orientation.apply(flipped), array)


def test_they_are_the_four_flips() -> None:
    array = np.arange(6).reshape(2, 3)
    np.testing.assert_array_equal(IDENTITY.apply(array), array)
    np.testing.assert_array_equal(MIRRORED.apply(array), np.fliplr(array))
    np.testing.assert_array_equal(UPSIDE_DOWN.apply(array), np.flipud(array))
    np.testing.assert_array_equal(TURNED.apply(array), np.rot90(array, 2))


@every
def test_a_point_moves_with_its_pixel(orientation: Orientation) -> None:
    for _ in range(20):
        x, y = int(RNG.integers(SIZE[1])), int(RNG.integers(SIZE[0]))
        mask = np.zeros(SIZE, bool)
        mask[y, x] = True
        row, column = np.argwhere(orientation.apply(mask))[0]
        assert orientation.point((x, y), SIZE) == (column, row)
        assert orientation.points([(x, y), (0.5, 1.25)], SIZE)[0] == (column, row)


@every
def test_the_box_of_the_flipped_mask_is_the_flipped_box(orientation: Orientation) -> None:
    for _ in range(20):
        mask = RNG.random(SIZE) < 0.05
        mask[3, 4] = True
        assert orientation.box(mask_to_box(mask), SIZE) == mask_to_box(orientation.apply(mask))


@every
def test_a_key_says_image_and_orientation(orientation: Orientation) -> None:
    image_id = "0123456789abcdef" * 4
    key = orientation.key(image_id)
    assert key.isalnum()
    assert split_key(key) == (image_id, orientation)


@pytest.mark.parametrize("name", ["scene", "h", "mirror", "", "12hh"])
def test_what_is_no_key_is_an_id(name: str) -> None:
    assert split_key(name) == (name, IDENTITY)


def test_no_two_share_a_key() -> None:
    assert len({orientation.key("a") for orientation in ALL}) == len(ALL) == len(FLIPS) + 1
