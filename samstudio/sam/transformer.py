"""SAM's two-way transformer and mask upscaling, for B prompts from B images.

The weights and the function are stock's (`segment_anything/modeling/transformer.py`,
`mask_decoder.py`); what differs is the order of the work:

- attention between T tokens and 4096 pixels never projects the pixels:
  ``(q Wq)(x Wk)^T`` is computed as ``((q Wq) Wk^T) x^T``, 8T columns instead of
  128 (T is 7 for a box), and so for the values and the other direction;
- when all prompts share one image, it stays one until the first layer changes it;
- a 2x2 stride-2 transposed convolution is a matrix product when pixels stay
  in rows, and LayerNorm2d is then torch's fused layer norm; only the finished
  masks are put back into image order, and only the wanted region is upscaled;
- tokens that are padding are masked out of attention.

Multiplication is associative, so the answer is stock's to float rounding,
which tests show; differentiable throughout.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from samstudio.domain import Size


def two_way(
    transformer: Any, *, image: Tensor, image_pe: Tensor, tokens: Tensor, valid: Tensor | None
) -> tuple[Tensor, Tensor]:
    """Run the layers of segment-anything's ``TwoWayTransformer``.

    Args:
        transformer: Stock's module, whose weights are used.
        image: 1x4096x256 (shared by all prompts) or Bx4096x256, pixels in rows.
        image_pe: Positional encoding of the pixels, 1x4096x256.
        tokens: BxTx256.
        valid: Which tokens count, bool BxT; None when every one does.

    Returns:
        Tokens BxTx256 and image Bx4096x256.
    """
    padding = None if valid is None else ~valid
    queries, keys = tokens, image
    for layer in transformer.layers:
        queries, keys = _layer(layer, queries, keys, tokens, image_pe, padding)
    final = transformer.final_attn_token_to_image
    seen = _from_pixels(final, queries + tokens, keys + image_pe, keys)
    return transformer.norm_final_attn(queries + seen), keys


def _layer(
    layer: Any, queries: Tensor, keys: Tensor, tokens: Tensor, image_pe: Tensor, padding: Tensor | None
) -> tuple[Tensor, Tensor]:
    if layer.skip_first_layer_pe:
        queries = _among_tokens(layer.self_attn, queries, queries, padding)
    else:
        queries = queries + _among_tokens(layer.self_attn, queries + tokens, queries, padding)
    queries = layer.norm1(queries)
    placed = keys + image_pe
    seen = _from_pixels(layer.cross_attn_token_to_image, queries + tokens, placed, keys)
    queries = layer.norm2(queries + seen)
    queries = layer.norm3(queries + layer.mlp(queries))
    update = _to_pixels(layer.cross_attn_image_to_token, placed, queries + tokens, queries, padding)
    return queries, layer.norm4(keys + update)


def _among_tokens(attention: Any, q: Tensor, v: Tensor, padding: Tensor | None) -> Tensor:
    """Attend from tokens to tokens with q = k: BxTx256."""
    query, key, value = (
        _heads(attention, projection(x)).transpose(1, 2)
        for projection, x in ((attention.q_proj, q), (attention.k_proj, q), (attention.v_proj, v))
    )
    scores = query @ key.transpose(2, 3) / math.sqrt(query.shape[-1])
    if padding is not None:
        scores = scores.masked_fill(padding[:, None, None, :], -math.inf)
    joined: Tensor = attention.out_proj((scores.softmax(-1) @ value).transpose(1, 2).flatten(2))
    return joined


def _from_pixels(attention: Any, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Attend from tokens BxTx256 to pixels (1 or B)xPx256; softmax drops the key bias, the same for all."""
    query = _heads(attention, attention.q_proj(q))
    query = query / math.sqrt(query.shape[-1])
    lifted = torch.einsum("bthd,hdc->bthc", query, _by_head(attention, attention.k_proj))
    weights = (lifted.flatten(1, 2) @ k.transpose(1, 2)).softmax(-1)
    mixed = (weights @ v).reshape(lifted.shape)
    value = torch.einsum("bthc,hdc->bthd", mixed, _by_head(attention, attention.v_proj))
    joined: Tensor = attention.out_proj(value.flatten(2) + attention.v_proj.bias)
    return joined


def _to_pixels(attention: Any, q: Tensor, k: Tensor, v: Tensor, padding: Tensor | None) -> Tensor:
    """Attend from pixels (1 or B)xPx256 to tokens BxTx256: BxPx256."""
    key = _heads(attention, attention.k_proj(k))
    key = key / math.sqrt(key.shape[-1])
    lifted = torch.einsum("bthd,hdc->bhtc", key, _by_head(attention, attention.q_proj))
    shift = torch.einsum("bthd,hd->bht", key, attention.q_proj.bias.view(attention.num_heads, -1))
    if padding is not None:
        shift = shift.masked_fill(padding[:, None, :], -math.inf)
    every = q.expand(len(k), -1, -1).transpose(1, 2)
    scores = torch.baddbmm(shift.flatten(1)[..., None], lifted.flatten(1, 2), every)
    weights = scores.view(*shift.shape, -1).softmax(2).flatten(1, 2)
    value = _heads(attention, attention.v_proj(v))
    out = attention.out_proj.weight.view(-1, *value.shape[2:])
    values = torch.einsum("bthd,chd->bhtc", value, out).flatten(1, 2)
    return torch.baddbmm(attention.out_proj.bias, weights.transpose(1, 2), values)


def _heads(attention: Any, x: Tensor) -> Tensor:
    """Reshape BxTxC to BxTxHxD."""
    return x.reshape(*x.shape[:2], attention.num_heads, -1)


def _by_head(attention: Any, projection: Any) -> Tensor:
    """Return a Linear's weight CxI as HxDxI."""
    weight: Tensor = projection.weight
    return weight.view(attention.num_heads, -1, weight.shape[1])


def upscale_and_dot(upscaling: Any, image: Tensor, hyper: Tensor, region: Size) -> Tensor:
    """Upscale image features with the decoder's ``output_upscaling`` and multiply them with mask weights.

    Args:
        upscaling: Stock's module, whose weights are used.
        image: Bx4096x256, pixels in rows.
        hyper: The hypernetworks' output, BxMx32.
        region: (h, w) of the part of the 256x256 frame to compute, from its top left corner.

    Returns:
        Mask logits BxMxhxw.
    """
    first, norm, _, second, _ = upscaling
    side = math.isqrt(image.shape[1])
    rows, columns = (min(side, -(-wanted // 4)) for wanted in region)
    x = image.reshape(len(image), side, side, -1)[:, :rows, :columns].flatten(1, 2)
    x = F.layer_norm(_doubled(first, x), norm.weight.shape, norm.weight, norm.bias, norm.eps)
    x = F.gelu(_doubled(second, F.gelu(x)))
    masks = x.flatten(1, -2) @ hyper.transpose(1, 2)
    # (y, x, dy, dx, dy', dx', mask) -> (mask, y, dy, dy', x, dx, dx')
    nested = masks.view(len(x), rows, columns, 2, 2, 2, 2, -1).permute(0, 7, 1, 3, 5, 2, 4, 6)
    return nested.reshape(len(x), -1, 4 * rows, 4 * columns)[..., : region[0], : region[1]]


def _doubled(conv: Any, x: Tensor) -> Tensor:
    """Apply a 2x2 stride-2 ConvTranspose2d to rows of pixels (..., in): (..., 4, out), 4 being (dy, dx)."""
    channels_in, channels_out = conv.weight.shape[:2]
    weight = conv.weight.permute(2, 3, 1, 0).reshape(4 * channels_out, channels_in)
    rows: Tensor = F.linear(x, weight, conv.bias.repeat(4))
    return rows.reshape(*x.shape[:-1], 4, channels_out)
