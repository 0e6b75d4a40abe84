from __future__ import annotations

import numpy as np
import pytest
import torch

from samstudio.domain import Prompt
from samstudio.sam.decoder import ALL_TOKENS, PromptBatch, SamDecoder
from samstudio.tuning.forward import decode

SIZES = [(200, 256), (1024, 700), (300, 300)]
LOGITS = np.random.default_rng(3).normal(0, 4, (1, 256, 256)).astype(np.float32)
PROMPTS = {
    "boxes": [Prompt(box=(10, 20, 90, 120)), Prompt(box=(1, 1, 300, 500)), Prompt(box=(5, 5, 9, 9))],
    "clicks": [Prompt(point_coords=((30, 40),), point_labels=(1,))] * 3,
    "mixed": [
        Prompt(box=(10, 20, 90, 120)),
        Prompt(point_coords=((3, 4), (60, 70)), point_labels=(1, 0), mask_input=LOGITS),
        Prompt(box=(5, 5, 90, 90), point_coords=((7, 8),), point_labels=(0,)),
    ],
}


@pytest.fixture(scope="module")
def features() -> torch.Tensor:
    return torch.randn(3, 256, 64, 64, generator=torch.Generator().manual_seed(1)) * 0.3


@pytest.mark.parametrize("kind", PROMPTS)
def test_answers_as_the_decoder_does(decoder: SamDecoder, features: torch.Tensor, kind: str) -> None:
    prompts = PromptBatch.of(PROMPTS[kind], SIZES)
    with torch.no_grad():
        expected, expected_iou = decoder(features, prompts)
        low_res, iou = decode(decoder, features, prompts, tokens=ALL_TOKENS)
    scale = expected.abs().max()
    torch.testing.assert_close(low_res / scale, expected / scale, atol=2e-5, rtol=0)
    torch.testing.assert_close(iou, expected_iou, atol=1e-5, rtol=1e-4)


def test_a_region_is_the_top_left_of_the_whole(decoder: SamDecoder, features: torch.Tensor) -> None:
    prompts = PromptBatch.of(PROMPTS["boxes"], SIZES)
    with torch.no_grad():
        whole, _ = decode(decoder, features, prompts)
        part, _ = decode(decoder, features, prompts, region=(101, 30))
    assert part.shape == (3, 1, 101, 30)
    torch.testing.assert_close(part, whole[..., :101, :30], atol=1e-5, rtol=1e-4)


def test_one_image_serves_many_prompts(decoder: SamDecoder, features: torch.Tensor) -> None:
    prompts = PromptBatch.of(PROMPTS["boxes"], [SIZES[0]] * 3)
    with torch.no_grad():
        shared, _ = decode(decoder, features[:1], prompts)
        repeated, _ = decode(decoder, features[:1].expand(3, -1, -1, -1), prompts)
    torch.testing.assert_close(shared, repeated)


def test_gradients_are_the_decoders_own(decoder: SamDecoder, features: torch.Tensor) -> None:
    prompts = PromptBatch.of(PROMPTS["boxes"], SIZES)
    grads = []
    for forward in (SamDecoder.__call__, decode):
        copy = decoder.with_weights(decoder.decoder_state())
        copy.mask_decoder.requires_grad_(True)
        low_res, iou = forward(copy, features, prompts)
        (low_res[:, 0].sigmoid().mean() + iou[:, 0].mean()).backward()
        grads.append({name: p.grad for name, p in copy.mask_decoder.named_parameters() if p.grad is not None})
    for name, expected in grads[0].items():
        found = grads[1].get(name, torch.zeros_like(expected))
        torch.testing.assert_close(found, expected, atol=1e-6, rtol=2e-2, msg=lambda m, n=name: f"{n}: {m}")
