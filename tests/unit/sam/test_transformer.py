from __future__ import annotations

import pytest
import torch

from samstudio.sam.transformer import two_way, upscale_and_dot
from tests.unit.sam.stock import random_decoder


@pytest.fixture(scope="module")
def mask_decoder():
    return random_decoder().mask_decoder


@pytest.mark.parametrize("images", [1, 3])
def test_the_transformer_is_stock_s(mask_decoder, images):
    generator = torch.Generator().manual_seed(0)
    image, pe = (torch.randn(n, 256, 64, 64, generator=generator) for n in (images, 1))
    tokens = torch.randn(3, 7, 256, generator=generator)
    with torch.no_grad():
        expected = mask_decoder.transformer(image.expand(3, -1, -1, -1), pe.expand(3, -1, -1, -1), tokens)
        rows = [part.flatten(2).transpose(1, 2) for part in (image, pe)]
        ours = two_way(mask_decoder.transformer, image=rows[0], image_pe=rows[1], tokens=tokens, valid=None)
    for mine, theirs in zip(ours, expected, strict=True):
        torch.testing.assert_close(mine, theirs, atol=2e-5, rtol=1e-5)


def test_padding_tokens_change_nothing(mask_decoder):
    generator = torch.Generator().manual_seed(0)
    image, pe = (torch.randn(1, 4096, 256, generator=generator) for _ in range(2))
    tokens = torch.randn(2, 9, 256, generator=generator)
    valid = torch.ones(2, 9, dtype=torch.bool)
    valid[0, 6:] = False
    run = {"image": image, "image_pe": pe}
    with torch.no_grad():
        padded, padded_image = two_way(mask_decoder.transformer, tokens=tokens, valid=valid, **run)
        alone, alone_image = two_way(mask_decoder.transformer, tokens=tokens[:1, :6], valid=None, **run)
    torch.testing.assert_close(padded[:1, :6], alone, atol=2e-5, rtol=1e-5)
    torch.testing.assert_close(padded_image[:1], alone_image, atol=2e-5, rtol=1e-5)


def test_upscaling_in_rows_is_stock_s_transposed_convolutions(mask_decoder):
    generator = torch.Generator().manual_seed(0)
    rows = torch.randn(2, 4096, 256, generator=generator)
    hyper = torch.randn(2, 4, 32, generator=generator)
    with torch.no_grad():
        planes = mask_decoder.output_upscaling(rows.transpose(1, 2).reshape(2, 256, 64, 64))
        expected = torch.einsum("bmc,bchw->bmhw", hyper, planes)
        for region in ((256, 256), (171, 256), (256, 1), (90, 33)):
            ours = upscale_and_dot(mask_decoder.output_upscaling, rows, hyper, region)
            wanted = expected[..., : region[0], : region[1]]
            torch.testing.assert_close(ours, wanted, atol=2e-5, rtol=1e-5)
