from __future__ import annotations

import numpy as np
import pytest
import torch

from samstudio.domain import Prompt, Unavailable
from samstudio.sam.decoder import (
    MULTIMASK,
    SINGLE,
    PromptBatch,
    SamDecoder,
    load_decoder_state,
    save_decoder,
)
from tests.unit.sam.stock import random_decoder, random_state, stock_answer

CLOSE = {"atol": 2e-5, "rtol": 1e-5}


@pytest.fixture(scope="module")
def decoder():
    return random_decoder()


@pytest.fixture(scope="module")
def features():
    return torch.randn(4, 256, 64, 64, generator=torch.Generator().manual_seed(1)) * 0.1


def boxes(count: int, seed: int = 2) -> torch.Tensor:
    corners = torch.rand(count, 2, 2, generator=torch.Generator().manual_seed(seed)) * 1000
    return corners.sort(dim=1).values.reshape(count, 4)


def test_b_boxes_on_b_images_are_stock_s_image_by_image(decoder, features):
    with torch.no_grad():
        low_res, iou = decoder(features, PromptBatch(boxes=boxes(4)))
        assert low_res.shape == (4, 4, 256, 256)
        assert iou.shape == (4, 4)
        for row in range(4):
            expected, expected_iou = stock_answer(
                decoder, features[row : row + 1], boxes=boxes(4)[row : row + 1]
            )
            torch.testing.assert_close(low_res[row], expected[0], **CLOSE)
            torch.testing.assert_close(iou[row], expected_iou[0], **CLOSE)


def test_many_boxes_on_one_image_are_stock_s_own_batch(decoder, features):
    with torch.no_grad():
        low_res, iou = decoder(features[:1], PromptBatch(boxes=boxes(3)))
        expected, expected_iou = stock_answer(decoder, features[:1], boxes=boxes(3))
    torch.testing.assert_close(low_res, expected, **CLOSE)
    torch.testing.assert_close(iou, expected_iou, **CLOSE)


MASK = np.random.default_rng(3).standard_normal((1, 256, 256)).astype(np.float32) * 5
MIXTURE = [
    Prompt(box=(10, 20, 200, 300)),
    Prompt(point_coords=((50, 60),), point_labels=(1,)),
    Prompt(point_coords=((50, 60), (9, 9), (100, 3)), point_labels=(1, 0, 1)),
    Prompt(box=(10, 20, 200, 300), point_coords=((50, 60),), point_labels=(0,)),
    Prompt(box=(10, 20, 200, 300), mask_input=MASK),
    Prompt(mask_input=MASK),
    Prompt(box=(1, 2, 3, 4), point_coords=((50, 60), (7, 7)), point_labels=(1, 0), mask_input=MASK),
]


@pytest.mark.parametrize("shared", [True, False])
def test_a_mixture_answers_each_prompt_as_stock_answers_it_alone(decoder, shared):
    generator = torch.Generator().manual_seed(4)
    count = 1 if shared else len(MIXTURE)
    features = torch.randn(count, 256, 64, 64, generator=generator) * 0.1
    sizes = [(512, 512)] * len(MIXTURE)
    with torch.no_grad():
        low_res, iou = decoder(features, PromptBatch.of(MIXTURE, sizes))
        for row, prompt in enumerate(MIXTURE):
            alone = PromptBatch.of([prompt], sizes[:1])
            points = None
            if alone.point_coords is not None:
                points = (alone.point_coords, alone.point_labels)
            image = features[row % count : row % count + 1]
            expected, expected_iou = stock_answer(
                decoder, image, points=points, boxes=alone.boxes, masks=alone.mask_input
            )
            torch.testing.assert_close(low_res[row], expected[0], **CLOSE)
            torch.testing.assert_close(iou[row], expected_iou[0], **CLOSE)


def test_only_the_wanted_tokens_are_computed_and_are_the_same(decoder, features):
    batch = PromptBatch(boxes=boxes(2))
    with torch.no_grad():
        low_res, iou = decoder(features[:1], batch)
        for tokens in (SINGLE, MULTIMASK):
            some, some_iou = decoder(features[:1], batch, tokens=tokens)
            torch.testing.assert_close(some, low_res[:, tokens], **CLOSE)
            torch.testing.assert_close(some_iou, iou[:, tokens], **CLOSE)


def test_float16_embeddings_are_decoded_in_float32(decoder, features):
    with torch.no_grad():
        low_res, _ = decoder(features[:1].half(), PromptBatch(boxes=boxes(1)))
        expected, _ = decoder(features[:1].half().float(), PromptBatch(boxes=boxes(1)))
    assert low_res.dtype == torch.float32
    assert torch.equal(low_res, expected)


def test_gradients_are_stock_s_and_reach_the_mask_decoder_alone(features):
    ours, stock = random_decoder(), random_decoder()
    for row in range(2):
        expected, expected_iou = stock_answer(stock, features[row : row + 1], boxes=boxes(2)[row : row + 1])
        (expected.square().mean() / 2 + expected_iou.sum()).backward()
    low_res, iou = ours(features[:2], PromptBatch(boxes=boxes(2)))
    (low_res.square().mean() + iou.sum()).backward()
    theirs = dict(stock.mask_decoder.named_parameters())
    for name, parameter in ours.mask_decoder.named_parameters():
        if parameter.grad is None:  # a key bias moves all scores of a pixel alike: softmax undoes it
            assert name.endswith("to_image.k_proj.bias")
            assert theirs[name].grad.abs().max() < 1e-5
            continue
        torch.testing.assert_close(parameter.grad, theirs[name].grad, atol=1e-4, rtol=1e-3, msg=name)
    assert all(part.grad is None and not part.requires_grad for part in ours.prompt_encoder.parameters())


def test_training_mode_leaves_the_prompt_encoder_frozen():
    decoder = random_decoder().train()
    assert decoder.mask_decoder.training
    assert not decoder.prompt_encoder.training
    assert not random_decoder().training


def test_the_state_is_a_detached_copy(decoder):
    state = decoder.decoder_state()
    assert set(state) == set(decoder.mask_decoder.state_dict())
    assert not any(value.requires_grad for value in state.values())
    before = decoder.mask_decoder.iou_token.weight.clone()
    state["iou_token.weight"].add_(1)
    assert torch.equal(decoder.mask_decoder.iou_token.weight, before)


def test_with_weights_copies_and_shares_the_prompt_encoder(decoder, features):
    state = random_decoder(seed=9).decoder_state()
    other = decoder.with_weights(state)
    batch = PromptBatch(boxes=boxes(1))
    with torch.no_grad():
        answer, _ = other(features[:1], batch)
        for value in state.values():
            value.zero_()
        again, _ = other(features[:1], batch)
        stock, _ = decoder(features[:1], batch)
    assert torch.equal(answer, again)
    assert not torch.allclose(answer, stock)
    assert other.prompt_encoder is decoder.prompt_encoder
    assert all(parameter.requires_grad for parameter in other.mask_decoder.parameters())


def test_loading_is_strict(decoder):
    missing = decoder.decoder_state()
    del missing["iou_token.weight"]
    with pytest.raises(RuntimeError, match="iou_token"):
        decoder.with_weights(missing)
    with pytest.raises(RuntimeError, match="surprise"):
        decoder.with_weights(decoder.decoder_state() | {"surprise": torch.zeros(1)})
    with pytest.raises(RuntimeError, match="size mismatch"):
        decoder.with_weights(decoder.decoder_state() | {"iou_token.weight": torch.zeros(1, 3)})
    with pytest.raises(RuntimeError, match="not_a_point_embed"):
        SamDecoder.from_state(
            {name: value for name, value in random_state().items() if "not_a_point" not in name}
        )


def test_a_saved_state_is_read_back_exactly(decoder, tmp_path):
    path = tmp_path / "decoders" / "1.safetensors"
    save_decoder(path, decoder.decoder_state(), {"model": "vit_t"})
    save_decoder(path, decoder.decoder_state(), {"model": "vit_t"})  # over an existing one, too
    state = load_decoder_state(path)
    for name, value in decoder.decoder_state().items():
        assert torch.equal(state[name], value)
    assert [item.name for item in path.parent.iterdir()] == ["1.safetensors"]


def test_a_decoder_file_that_cannot_be_read_is_named(tmp_path):
    path = tmp_path / "7.safetensors"
    with pytest.raises(Unavailable, match=r"7\.safetensors"):
        load_decoder_state(path)
    path.write_bytes(b"not tensors")
    with pytest.raises(Unavailable, match=r"7\.safetensors"):
        load_decoder_state(path)
