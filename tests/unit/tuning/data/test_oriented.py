from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from samstudio.domain import Prompt
from samstudio.sam.geometry import low_res_target
from samstudio.sam.orientations import ALL, FLIPS, IDENTITY, MIRRORED, TURNED, Orientation
from samstudio.tuning.data.oriented import Views, oriented
from samstudio.tuning.data.prompts import logged_prompt
from samstudio.tuning.data.samples import Sample, make_sample
from tests.unit.tuning.fakes import disc, example, samples

SIZE = (97, 131)
MASK = disc(SIZE, x=30, y=20, radius=12) | disc(SIZE, x=50, y=60, radius=5)

flips = pytest.mark.parametrize("orientation", FLIPS, ids=lambda one: one.name)


def sample(**known: object) -> Sample:
    return make_sample(replace(example("abc", MASK, number=7), **known))


@flips
def test_it_is_the_same_object_on_the_flipped_image(orientation: Orientation) -> None:
    plain = sample()
    flipped = oriented(plain, orientation)
    np.testing.assert_array_equal(flipped.mask(), orientation.apply(MASK))
    assert flipped.box == orientation.box(plain.box, SIZE)
    assert (flipped.size, flipped.area) == (plain.size, plain.area)
    np.testing.assert_allclose(flipped.target(), low_res_target(orientation.apply(MASK)), atol=1 / 500)
    assert flipped.image_id == orientation.key("abc")
    assert (flipped.group, flipped.example.annotation_id) == ("abc", 7)
    assert oriented(sample(group="scene"), orientation).group == "scene"


def test_the_identity_is_the_sample_itself() -> None:
    plain = sample()
    assert oriented(plain, IDENTITY) is plain


@flips
def test_logged_prompts_are_flipped_and_still_fit(orientation: Orientation) -> None:
    logits = np.zeros((1, 256, 256), np.float32)
    given = [
        Prompt(box=(17, 7, 56, 66)),
        Prompt(point_coords=((30, 20), (100, 90)), point_labels=(1, 0), mask_input=logits),
    ]
    plain = sample(prompts=tuple(prompt.to_json() for prompt in given))
    flipped = oriented(plain, orientation)
    boxed, clicked = flipped.example.prompts
    assert tuple(boxed["box"]) == orientation.box((17, 7, 56, 66), SIZE)
    points = [tuple(point) for point in clicked["point_coords"]]
    assert points == [orientation.point((30, 20), SIZE), orientation.point((100, 90), SIZE)]
    assert clicked["point_labels"] == [1, 0]
    assert not clicked["has_mask_input"]
    rng = np.random.default_rng(0)
    assert all(logged_prompt(flipped, rng) is not None for _ in range(5))


def test_a_logged_prompt_that_is_none_is_left_out() -> None:
    assert oriented(sample(prompts=({"box": ["?"]},)), MIRRORED).example.prompts == ()


def test_only_what_was_encoded_ahead_is_used() -> None:
    asked: list[str] = []

    def has(key: str) -> bool:
        asked.append(key)
        return key in ("ah", "ar")

    views = Views(has)
    first, second = samples(2)
    assert views.orientations(first) == (IDENTITY, MIRRORED, TURNED)
    assert views.orientations(first) == (IDENTITY, MIRRORED, TURNED)
    assert views.orientations(second) == (IDENTITY,)
    assert sorted(asked) == ["ah", "ar", "av", "bh", "br", "bv"]
    assert [one.image_id for one in views.all(first)] == ["a", "ah", "ar"]
    assert views.all(second) == [second]


def test_each_orientation_is_drawn_as_often_and_made_once() -> None:
    seen, other = samples(2)
    views, pool = Views(lambda key: key.startswith("a")), [seen, other] * 400
    drawn = views.draw(pool, np.random.default_rng(0))
    counts = Counter(one.image_id for one in drawn)
    assert set(counts) == {"a", "ah", "av", "ar", "b"}
    assert all(70 < counts[orientation.key("a")] < 130 for orientation in ALL)
    assert counts["b"] == 400
    assert views.view(seen, MIRRORED) is views.view(seen, MIRRORED)


def test_the_same_seed_draws_the_same() -> None:
    views, pool = Views(lambda _key: True), samples(5)
    first, second = (views.draw(pool, np.random.default_rng(3)) for _ in range(2))
    assert first == second
