from __future__ import annotations

import numpy as np
import pytest
import torch

from samstudio.domain import InvalidInput, Prompt
from samstudio.sam.prompts import PromptBatch, embed_masks, embed_points
from tests.unit.sam.stock import random_decoder

MASK = np.random.default_rng(0).standard_normal((1, 256, 256)).astype(np.float32)


@pytest.fixture(scope="module")
def encoder():
    return random_decoder().prompt_encoder


def test_coordinates_are_scaled_by_each_prompt_s_own_image():
    batch = PromptBatch.of(
        [Prompt(box=(0, 10, 100, 50)), Prompt(box=(0, 10, 100, 50))], [(100, 200), (2048, 1024)]
    )
    assert batch.boxes is not None
    torch.testing.assert_close(batch.boxes[0], torch.tensor([0, 51.2, 512, 256]))
    torch.testing.assert_close(batch.boxes[1], torch.tensor([0, 5.0, 50, 25]))
    assert batch.has_box is None
    assert batch.point_coords is batch.mask_input is None
    assert len(batch) == 2


def test_a_mixture_says_which_rows_count():
    batch = PromptBatch.of(
        [
            Prompt(box=(1, 2, 3, 4)),
            Prompt(point_coords=((5, 6), (7, 8)), point_labels=(1, 0)),
            Prompt(mask_input=MASK),
        ],
        [(1024, 1024)] * 3,
    )
    assert batch.has_box is not None
    assert batch.has_mask_input is not None
    assert batch.point_labels is not None
    assert batch.has_box.tolist() == [True, False, False]
    assert batch.has_mask_input.tolist() == [False, False, True]
    assert batch.point_labels.tolist() == [[-1, -1], [1, 0], [-1, -1]]


@pytest.mark.parametrize(
    ("prompt", "message"),
    [
        (Prompt(), "empty"),
        (Prompt(point_coords=((1, 1),), point_labels=()), "labels"),
        (Prompt(point_coords=((1, 1),), point_labels=(2,)), "foreground"),
        (Prompt(mask_input=MASK[0]), "1x256x256"),
    ],
)
def test_a_malformed_prompt_is_named(prompt, message):
    with pytest.raises(InvalidInput, match=message):
        PromptBatch.of([prompt], [(10, 10)])


def test_an_empty_batch_is_refused():
    with pytest.raises(InvalidInput, match="no prompt"):
        PromptBatch.of([], [])
    with pytest.raises(InvalidInput, match="one length"):
        PromptBatch()
    with pytest.raises(InvalidInput, match="one length"):
        PromptBatch(boxes=torch.zeros(2, 4), mask_input=torch.zeros(3, 1, 256, 256))
    with pytest.raises(InvalidInput, match="together"):
        PromptBatch(point_coords=torch.zeros(2, 1, 2))


def test_a_box_is_stock_s_two_tokens(encoder):
    boxes = torch.tensor([[10.0, 20, 300, 400], [0, 0, 1024, 1024]])
    tokens, valid = embed_points(encoder, PromptBatch(boxes=boxes), torch.device("cpu"))
    expected, _ = encoder(points=None, boxes=boxes, masks=None)
    assert valid is None
    torch.testing.assert_close(tokens, expected)


def test_points_get_stock_s_one_extra_token_only_without_a_box(encoder):
    coords, labels = torch.rand(2, 3, 2) * 1000, torch.tensor([[1.0, 0, 1], [0, 0, 1]])
    boxes = torch.rand(2, 4) * 1000
    for box in (None, boxes):
        batch = PromptBatch(boxes=box, point_coords=coords, point_labels=labels)
        tokens, valid = embed_points(encoder, batch, torch.device("cpu"))
        expected, _ = encoder(points=(coords, labels.clone()), boxes=box, masks=None)
        assert valid is None
        torch.testing.assert_close(tokens, expected)


def test_padding_is_marked_and_the_rest_is_what_stock_makes_of_each_alone(encoder):
    prompts = [
        Prompt(box=(10, 20, 30, 40)),
        Prompt(point_coords=((1, 2), (3, 4)), point_labels=(1, 0)),
        Prompt(box=(10, 20, 30, 40), point_coords=((9, 9),), point_labels=(0,)),
        Prompt(mask_input=MASK),
    ]
    batch = PromptBatch.of(prompts, [(1024, 1024)] * 4)
    tokens, valid = embed_points(encoder, batch, torch.device("cpu"))
    assert valid is not None
    assert valid.sum(dim=1).tolist() == [2, 3, 3, 0]
    for row, prompt in enumerate(prompts[:3]):
        alone = PromptBatch.of([prompt], [(1024, 1024)])
        points = None
        if alone.point_coords is not None and alone.point_labels is not None:
            points = (alone.point_coords, alone.point_labels.clone())
        expected, _ = encoder(points=points, boxes=alone.boxes, masks=None)
        torch.testing.assert_close(tokens[row][valid[row]], expected[0])


def test_rows_without_a_mask_get_the_no_mask_embedding(encoder):
    masks = torch.randn(2, 1, 256, 256)
    none = embed_masks(encoder, PromptBatch(boxes=torch.zeros(2, 4)))
    assert none.shape == (1, 256, 1, 1)
    every = embed_masks(encoder, PromptBatch(mask_input=masks))
    some = embed_masks(encoder, PromptBatch(mask_input=masks, has_mask_input=torch.tensor([True, False])))
    torch.testing.assert_close(some[0], every[0])
    torch.testing.assert_close(some[1], none[0].expand(-1, 64, 64))
