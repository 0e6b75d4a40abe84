"""The decoder's forward pass arranged for training: the same function, a third of the work.

`SamDecoder.forward` is made for answering a prompt; a training step spends
most of its time in the backward pass over 4096 image tokens. Here

- attention between few tokens and many pixels never projects the pixels: with
  T tokens and 8 heads, ``(q Wq)(x Wk)^T`` is computed as ``((q Wq) Wk^T) x^T``,
  8T columns instead of 128 (T is 7 for a box), and gradients of the projections
  come from small matrices. Multiplication is associative, so the answer is stock's;
- only the part of the frame that holds image (not padding) is upscaled.

Tests hold it equal to `SamDecoder.forward`. Not here: losses, prompts, weights.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from samstudio.domain import Size
from samstudio.sam.decoder import SINGLE, PromptBatch, SamDecoder
from samstudio.sam.geometry import LOW_RES
from samstudio.sam.prompts import embed_masks, embed_points

GRID = 64
"""Side of the image embedding; one of its cells covers 4x4 low-res cells."""

CELL = LOW_RES // GRID


def decode(
    decoder: SamDecoder,
    features: Tensor,
    prompts: PromptBatch,
    *,
    tokens: slice = SINGLE,
    region: Size = (LOW_RES, LOW_RES),
) -> tuple[Tensor, Tensor]:
    """Decode B prompts, differentiably.

    ``features``: Bx256x64x64 or 1x256x64x64, any float dtype. ``region``: the
    (h, w) of the low-res frame that is wanted, counted from its top left corner.
    Returns low-res logits BxMxhxw and predicted IoU BxM, float32, for the M
    mask tokens asked for.
    """
    head = decoder.mask_decoder
    with torch.no_grad():
        sparse, counts = embed_points(decoder.prompt_encoder, prompts, decoder.device)
        dense = embed_masks(decoder.prompt_encoder, prompts)
        image = (features.to(dense.dtype) + dense).flatten(2).transpose(1, 2)
        image = image.expand(len(prompts), -1, -1).contiguous()
    own = torch.cat([head.iou_token.weight, head.mask_tokens.weight])
    queries = torch.cat([own.expand(len(prompts), -1, -1), sparse], dim=1)
    padding = None
    if counts is not None:
        padding = ~torch.cat([counts.new_ones((len(prompts), len(own))), counts], dim=1)
    out, image = _two_way(head.transformer, image, decoder.image_pe, queries, padding)
    wanted = range(*tokens.indices(head.num_mask_tokens))
    hyper = torch.stack([head.output_hypernetworks_mlps[token](out[:, 1 + token]) for token in wanted], dim=1)
    low_res = _upscale(head.output_upscaling, image, hyper, region)
    return low_res, head.iou_prediction_head(out[:, 0])[:, tokens]


def _two_way(
    transformer: Any, image: Tensor, image_pe: Tensor, tokens: Tensor, padding: Tensor | None
) -> tuple[Tensor, Tensor]:
    """Stock ``TwoWayTransformer``; image BxPx256 with pixels in rows, ``padding`` bool BxT."""
    queries, keys = tokens, image
    for layer in transformer.layers:
        if layer.skip_first_layer_pe:
            queries = _among_tokens(layer.self_attn, queries, queries, padding)
        else:
            queries = queries + _among_tokens(layer.self_attn, queries + tokens, queries, padding)
        queries = layer.norm1(queries)
        placed = keys + image_pe
        seen = _from_pixels(layer.cross_attn_token_to_image, queries + tokens, placed, keys)
        queries = layer.norm2(queries + seen)
        queries = layer.norm3(queries + layer.mlp(queries))
        told = _to_pixels(layer.cross_attn_image_to_token, placed, queries + tokens, queries, padding)
        keys = layer.norm4(keys + told)
    seen = _from_pixels(transformer.final_attn_token_to_image, queries + tokens, keys + image_pe, keys)
    return transformer.norm_final_attn(queries + seen), keys


def _among_tokens(attention: Any, q: Tensor, v: Tensor, padding: Tensor | None) -> Tensor:
    """Self-attention with q = k; BxTx256."""
    heads = attention.num_heads
    query, key, value = (
        projection(x).unflatten(2, (heads, -1)).transpose(1, 2)
        for projection, x in ((attention.q_proj, q), (attention.k_proj, q), (attention.v_proj, v))
    )
    scores = query @ key.transpose(2, 3) / math.sqrt(query.shape[-1])
    if padding is not None:
        scores = scores.masked_fill(padding[:, None, None, :], float("-inf"))
    joined: Tensor = attention.out_proj((scores.softmax(-1) @ value).transpose(1, 2).flatten(2))
    return joined


def _from_pixels(attention: Any, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Tokens BxTx256 attend to pixels BxPx256. The key bias shifts every score alike: softmax drops it."""
    batch, count, _ = q.shape
    heads, width = attention.num_heads, attention.internal_dim // attention.num_heads
    query = attention.q_proj(q).view(batch, count, heads, width) / math.sqrt(width)
    lifted = torch.einsum("bthd,hdc->bthc", query, attention.k_proj.weight.view(heads, width, -1))
    weights = (lifted.flatten(1, 2) @ k.transpose(1, 2)).softmax(-1)
    mixed = (weights @ v).view(batch, count, heads, -1)
    value = torch.einsum("bthc,hdc->bthd", mixed, attention.v_proj.weight.view(heads, width, -1))
    joined: Tensor = attention.out_proj(value.flatten(2) + attention.v_proj.bias)
    return joined


def _to_pixels(attention: Any, q: Tensor, k: Tensor, v: Tensor, padding: Tensor | None) -> Tensor:
    """Pixels BxPx256 attend to tokens BxTx256."""
    batch, count, _ = k.shape
    heads, width = attention.num_heads, attention.internal_dim // attention.num_heads
    key = attention.k_proj(k).view(batch, count, heads, width) / math.sqrt(width)
    lifted = torch.einsum("bthd,hdc->bhtc", key, attention.q_proj.weight.view(heads, width, -1)).flatten(1, 2)
    shift = torch.einsum("bthd,hd->bht", key, attention.q_proj.bias.view(heads, width))
    if padding is not None:
        shift = shift.masked_fill(padding[:, None, :], float("-inf"))
    scores = torch.baddbmm(shift.flatten(1)[..., None], lifted, q.transpose(1, 2))
    weights = scores.view(batch, heads, count, -1).softmax(2).flatten(1, 2)
    value = attention.v_proj(v).view(batch, count, heads, width)
    out = torch.einsum("bthd,chd->bhtc", value, attention.out_proj.weight.view(-1, heads, width))
    return torch.baddbmm(attention.out_proj.bias, weights.transpose(1, 2), out.flatten(1, 2))


def _upscale(upscaling: Any, image: Tensor, hyper: Tensor, region: Size) -> Tensor:
    """Stock's ``output_upscaling`` on the cells that ``region`` needs, times ``hyper`` BxMx32: BxMxhxw.

    A 2x2 stride-2 transposed convolution of pixels in rows is a matrix product.
    """
    first, norm, _, second, _ = upscaling
    rows, columns = (min(GRID, -(-side // CELL)) for side in region)
    batch, masks = hyper.shape[:2]
    x = image.view(batch, GRID, GRID, -1)[:, :rows, :columns].reshape(batch * rows * columns, -1)
    x = _double(first, x)
    x = _double(second, F.gelu(F.layer_norm(x, x.shape[-1:], norm.weight, norm.bias, norm.eps)))
    x = F.gelu(x).view(batch, -1, hyper.shape[-1]) @ hyper.transpose(1, 2)
    # (y, x, dy, dx, dy', dx', mask) -> (mask, y, dy, dy', x, dx, dx')
    x = x.view(batch, rows, columns, 2, 2, 2, 2, masks).permute(0, 7, 1, 3, 5, 2, 4, 6)
    x = x.reshape(batch, masks, rows * CELL, columns * CELL)
    return x[..., : region[0], : region[1]]


def _double(conv: Any, x: Tensor) -> Tensor:
    """ConvTranspose2d(2, stride=2) of rows Nx(in): (4N)x(out), the 4 being (dy, dx)."""
    channels_in, channels_out = conv.weight.shape[:2]
    weight = conv.weight.permute(0, 2, 3, 1).reshape(channels_in, 4 * channels_out)
    return torch.addmm(conv.bias.repeat(4), x, weight).view(-1, channels_out)
