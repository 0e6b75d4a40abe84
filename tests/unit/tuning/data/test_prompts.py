from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samstudio.domain import Prompt
from samstudio.tuning.data.prompts import (
    any_click,
    first_click,
    fixed_rng,
    interior_point,
    jittered_box,
    logged_prompt,
    next_click,
    tight_box,
)
from samstudio.tuning.data.samples import Sample, make_sample
from tests.unit.tuning.fakes import disc, example

SIZE = (96, 128)
SAMPLE = make_sample(example("a", disc(SIZE, x=50, y=40, radius=10)))


def test_the_tight_box_is_the_masks() -> None:
    assert tight_box(SAMPLE).box == SAMPLE.box


@given(seed=st.integers(0, 2**32), amount=st.floats(0, 1))
def test_a_loose_box_stays_near_within_the_image_and_has_area(seed: int, amount: float) -> None:
    box = jittered_box(SAMPLE, amount, np.random.default_rng(seed)).box
    assert box is not None
    assert 0 <= box[0] < box[2] <= SIZE[1] - 1
    assert 0 <= box[1] < box[3] <= SIZE[0] - 1
    assert np.abs(np.subtract(box, SAMPLE.box)).max() <= amount * 20 + 1e-9


def test_every_decoder_is_shown_the_same_loose_box() -> None:
    first, second = (jittered_box(SAMPLE, 0.1, fixed_rng(SAMPLE)).box for _ in range(2))
    assert first == second
    assert first != SAMPLE.box


def test_a_one_pixel_object_has_a_loose_box() -> None:
    mask = np.zeros(SIZE, bool)
    mask[0, 0] = True
    box = jittered_box(make_sample(example("a", mask)), 0.0, np.random.default_rng(0)).box
    assert box == (0, 0, 0, 0)


def test_the_interior_point_is_the_middle_of_a_disc() -> None:
    assert interior_point(disc(SIZE, x=50, y=40, radius=10))[0] == (50.0, 40.0)


def test_the_interior_point_of_a_ring_lies_on_the_ring() -> None:
    ring = disc(SIZE, x=50, y=40, radius=20) & ~disc(SIZE, x=50, y=40, radius=12)
    (x, y), _ = interior_point(ring)
    assert ring[int(y), int(x)]


def test_the_first_click_is_positive_and_inside() -> None:
    prompt = first_click(SAMPLE)
    assert prompt == prompt
    assert prompt.point_labels == (1,)
    assert prompt.point_coords == ((50.0, 40.0),)


@given(seed=st.integers(0, 2**32))
def test_any_click_is_on_the_object(seed: int) -> None:
    prompt = any_click(SAMPLE, np.random.default_rng(seed))
    ((x, y),) = prompt.point_coords
    assert SAMPLE.mask()[int(y), int(x)]
    assert prompt.point_labels == (1,)


def _answer(mask: np.ndarray) -> np.ndarray:
    target = make_sample(example("a", mask)).target()
    return np.where(target >= 0.5, 5.0, -5.0).astype(np.float32)


def test_a_missing_part_gets_a_positive_click_and_the_last_answer_is_kept() -> None:
    half = SAMPLE.mask().copy()
    half[:, 50:] = False
    prompt = next_click(first_click(SAMPLE), SAMPLE, _answer(half))
    assert prompt.point_labels == (1, 1)
    x, y = prompt.point_coords[1]
    assert 50 <= x <= 60
    assert 35 <= y <= 45
    assert prompt.mask_input is not None
    assert prompt.mask_input.shape == (1, 256, 256)


def test_a_part_too_much_gets_a_negative_click() -> None:
    more = SAMPLE.mask() | disc(SIZE, x=90, y=60, radius=12)
    prompt = next_click(first_click(SAMPLE), SAMPLE, _answer(more))
    assert prompt.point_labels == (1, 0)
    assert np.abs(np.subtract(prompt.point_coords[1], (90, 60))).max() < 2


def test_a_right_answer_needs_no_other_click() -> None:
    prompt = next_click(Prompt(box=SAMPLE.box), SAMPLE, _answer(SAMPLE.mask()))
    assert prompt.point_coords == ()
    assert prompt.box == SAMPLE.box


def _prompted(*steps: object) -> Sample:
    return make_sample(replace(SAMPLE.example, prompts=steps))  # type: ignore[arg-type]


NO_POINTS = {"point_coords": [], "point_labels": []}
GIVEN = {"box": [41.0, 31.0, 62.0, 49.0], "point_coords": [[50, 40], [80, 40]], "point_labels": [1, 0]}


def test_a_prompt_that_a_person_gave_is_given_back_without_what_it_built_on() -> None:
    prompt = logged_prompt(_prompted({**GIVEN, "has_mask_input": True}), np.random.default_rng(0))
    assert prompt is not None
    assert prompt.box == (41.0, 31.0, 62.0, 49.0)
    assert prompt.point_coords == ((50.0, 40.0), (80.0, 40.0))
    assert prompt.point_labels == (1, 0)
    assert prompt.mask_input is None


@pytest.mark.parametrize(
    "step",
    [
        {**GIVEN, "point_labels": [0, 0]},
        {**GIVEN, "point_labels": [1]},
        {**GIVEN, "point_coords": [[50, 40], [500, 40]]},
        {"box": [100.0, 60.0, 120.0, 90.0], **NO_POINTS},
        {"box": [1.0, 2.0], **NO_POINTS},
        {"box": "nonsense", **NO_POINTS},
        {"box": None, "point_coords": [[80, 40]], "point_labels": [0]},
        {},
    ],
)
def test_a_prompt_that_does_not_fit_the_mask_or_is_damaged_is_not_learned_from(step: object) -> None:
    assert logged_prompt(_prompted(step), np.random.default_rng(0)) is None


def test_one_that_fits_is_found_among_those_that_do_not() -> None:
    sample = _prompted({"box": [100.0, 60.0, 120.0, 90.0]}, GIVEN, {})
    assert logged_prompt(sample, np.random.default_rng(0)) is not None
    assert logged_prompt(SAMPLE, np.random.default_rng(0)) is None
