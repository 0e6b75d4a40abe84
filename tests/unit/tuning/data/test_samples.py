from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from samstudio.domain import Example, InvalidInput
from samstudio.masks import RunLengths
from samstudio.sam.geometry import low_res_target
from samstudio.tuning.data.samples import (
    ImageBalanced,
    features_of,
    make_sample,
    make_samples,
    targets_of,
)
from tests.unit.tuning.fakes import Embeddings, disc, example, examples, samples

SIZE = (96, 128)


def test_a_sample_knows_its_box_and_its_target() -> None:
    mask = disc(SIZE, x=50, y=40, radius=10)
    sample = make_sample(example("a", mask))
    assert sample.box == (40.0, 30.0, 60.0, 50.0)
    assert sample.size == SIZE
    assert sample.region == (192, 256)
    np.testing.assert_array_equal(sample.mask(), mask)
    np.testing.assert_allclose(sample.target(), low_res_target(mask), atol=1 / 500)


def test_one_pixel_still_has_a_target() -> None:
    mask = np.zeros((3000, 4000), bool)
    mask[1234, 2345] = True
    assert make_sample(example("a", mask)).target().sum() > 0


def test_an_empty_mask_is_refused() -> None:
    with pytest.raises(InvalidInput, match="empty"):
        make_sample(example("a", np.zeros(SIZE, bool)))


def test_what_cannot_be_used_is_left_out_by_name() -> None:
    good = example("a", disc(SIZE, x=50, y=40, radius=10), number=1)
    twice = example("a", disc(SIZE, x=50, y=40, radius=10), number=2)
    empty = example("a", np.zeros(SIZE, bool), number=3)
    bigger = example("b", disc((200, 200), x=50, y=40, radius=10), number=4)
    found, skipped = make_samples([good, twice, empty, bigger], Embeddings(SIZE))
    assert [sample.example.annotation_id for sample in found] == [1]
    assert len(skipped) == 3
    assert "object 2" in skipped[0]
    assert "empty" in skipped[1]
    assert "200x200 pixels but its image is 128x96" in skipped[2]


def test_a_group_is_the_image_unless_named() -> None:
    mask = disc(SIZE, x=50, y=40, radius=10)
    assert make_sample(example("a", mask)).group == "a"
    assert make_sample(example("a", mask, group="scene")).group == "scene"


def test_batches_are_cut_to_what_holds_every_image() -> None:
    wide, tall = (make_sample(example("a", disc(s, x=20, y=20, radius=9))) for s in ((50, 100), (100, 50)))
    target, valid, region = targets_of([wide, tall], torch.device("cpu"))
    assert region == (256, 256)
    assert target.shape == valid.shape == (2, 256, 256)
    assert int(valid[0].sum()) == 128 * 256
    assert targets_of([wide], torch.device("cpu"))[2] == (128, 256)


def test_features_are_float32_rows() -> None:
    assert features_of(samples(2), Embeddings(SIZE), torch.device("cpu")).shape == (2, 256, 64, 64)
    assert features_of(samples(1), Embeddings(SIZE), torch.device("cpu")).dtype == torch.float32


def test_a_crowded_image_does_not_drown_the_others() -> None:
    crowd = [make_sample(e) for e in examples(1, objects=3)]
    lone = [make_sample(example(name, disc(SIZE, x=30, y=30, radius=8))) for name in "xyz"]
    drawn = ImageBalanced([*crowd, *lone], rng=np.random.default_rng(0)).draw(48)
    by_image = Counter(sample.image_id for sample in drawn)
    assert set(by_image.values()) == {12}
    assert set(Counter(id(s) for s in drawn if s.image_id == "a").values()) == {4}


def test_the_same_seed_draws_the_same() -> None:
    pool = samples(5, objects=2)
    first, second = (ImageBalanced(pool, rng=np.random.default_rng(7)).draw(20) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("rle", [[], None, "x", 3])
def test_a_stored_mask_that_is_no_mask_is_left_out_and_named(rle: Any) -> None:
    damaged = Example("a", rle, annotation_id=7)
    found, skipped = make_samples([damaged, *examples(1)], Embeddings())
    assert len(found) == 1
    assert skipped == ["object 7: not a COCO run-length mask: it is no object with a size and counts"]


def test_a_mask_that_claims_to_be_huge_is_never_unpacked() -> None:
    huge = Example("a", {"size": [40_000, 40_000], "counts": "not even read"}, annotation_id=7)
    found, skipped = make_samples([huge], Embeddings())
    assert found == []
    assert skipped == [
        "object 7: the mask is 40000x40000 pixels but its image is 128x96: a mask needs the size of its image"
    ]


def test_a_large_mask_is_unpacked_only_when_its_target_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    mask = np.zeros((3000, 4000), bool)
    mask[1200:1801, 1700:2301] = True
    unpacked: list[RunLengths] = []
    decode = RunLengths.decode
    monkeypatch.setattr(RunLengths, "decode", lambda runs: unpacked.append(runs) or decode(runs))
    (sample,), _ = make_samples([example("a", mask)], Embeddings((3000, 4000)))
    assert (sample.box, sample.area) == ((1700.0, 1200.0, 2300.0, 1800.0), int(mask.sum()))
    assert not unpacked
    first = sample.target()
    np.testing.assert_array_equal(sample.target(), first)
    assert len(unpacked) == 1


def test_no_embedding_is_read_for_a_size_that_is_known() -> None:
    known = [replace(one, size=SIZE) for one in examples(3, objects=2)]
    embeddings = Embeddings(SIZE)
    found, skipped = make_samples(known, embeddings)
    assert (len(found), skipped, embeddings.asked) == (6, [], [])
    make_samples(examples(3, objects=2), embeddings)
    assert embeddings.asked == ["a", "b", "c"]
