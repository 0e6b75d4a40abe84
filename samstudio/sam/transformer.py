"""SAM's two-way transformer and mask upscaling, for B prompts from B images.

The weights and the sums are stock's (`segment_anything/modeling/transformer.py`,
`mask_decoder.py`); what differs is the order of the work:

- the image side of the first layer is computed once when all prompts share one image;
- ``k_proj`` of one attention and ``q_proj`` of the next read the same tensor: one product;
- a 2x2 stride-2 transposed convolution is a matrix product when pixels stay
  in rows, and LayerNorm2d is then torch's fused layer norm; only the finished
  masks are put back into picture order;
- tokens that are padding are masked out of attention.

Equal to stock to float rounding, which tests show; differentiable throughout.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F


def two_way(
    transformer: Any, *, image: Tensor, image_pe: Tensor, tokens: Tensor, valid: Tensor | None
) -> tuple[Tensor, Tensor]:
    """Run stock ``TwoWayTransformer``'s layers.

    ``image``: 1x4096x256 (shared by all prompts) or Bx4096x256, pixels in rows.
    ``image_pe``: 1x4096x256. ``tokens``: BxTx256. ``valid``: bool BxT, or None
    when every token counts. Returns tokens BxTx256 and image Bx4096x256.
    """
    mask = None if valid is None else valid[:, None, None, :]
    queries, keys = tokens, image
    for layer in transformer.layers:
        queries, keys = _layer(layer, queries, keys, tokens, image_pe, mask)
    final = transformer.final_attn_token_to_image
    attended = _attend(
        final, final.q_proj(queries + tokens), final.k_proj(keys + image_pe), final.v_proj(keys), None
    )
    return transformer.norm_final_attn(queries + attended), keys


def _layer(
    layer: Any, queries: Tensor, keys: Tensor, tokens: Tensor, image_pe: Tensor, mask: Tensor | None
) -> tuple[Tensor, Tensor]:
    own = layer.self_attn
    if layer.skip_first_layer_pe:
        queries = _attend(own, own.q_proj(queries), own.k_proj(queries), own.v_proj(queries), mask)
    else:
        q = queries + tokens
        queries = queries + _attend(own, own.q_proj(q), own.k_proj(q), own.v_proj(queries), mask)
    queries = layer.norm1(queries)

    to_image, to_token = layer.cross_attn_token_to_image, layer.cross_attn_image_to_token
    image_k, image_q = _shared_projection(to_image.k_proj, to_token.q_proj, keys + image_pe)
    q = to_image.q_proj(queries + tokens)
    queries = layer.norm2(queries + _attend(to_image, q, image_k, to_image.v_proj(keys), None))
    queries = layer.norm3(queries + layer.mlp(queries))

    k = to_token.k_proj(queries + tokens)
    keys = layer.norm4(keys + _attend(to_token, image_q, k, to_token.v_proj(queries), mask))
    return queries, keys


def _shared_projection(first: Any, second: Any, x: Tensor) -> tuple[Tensor, Tensor]:
    """``first(x), second(x)`` as one matrix product."""
    weight = torch.cat([first.weight, second.weight])
    bias = torch.cat([first.bias, second.bias])
    both = F.linear(x, weight, bias)
    return both[..., : first.out_features], both[..., first.out_features :]


def _attend(attention: Any, q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None) -> Tensor:
    """Attention of projected q over k and v, any of which may have batch 1 for all; then ``out_proj``."""
    batch = max(len(q), len(k))
    q, k, v = (_heads(part, attention.num_heads, batch) for part in (q, k, v))
    out = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    joined: Tensor = attention.out_proj(out.transpose(1, 2).flatten(2))
    return joined


def _heads(x: Tensor, num_heads: int, batch: int) -> Tensor:
    return x.reshape(*x.shape[:2], num_heads, -1).transpose(1, 2).expand(batch, -1, -1, -1)


def upscale_and_dot(upscaling: Any, image: Tensor, hyper: Tensor) -> Tensor:
    """Stock's ``output_upscaling`` of ``image`` Bx4096x256, times ``hyper`` BxMx32: masks BxMx256x256."""
    first, norm, _, second, _ = upscaling
    x = F.layer_norm(_rows_of(first, image), (norm.weight.numel(),), norm.weight, norm.bias, norm.eps)
    x = F.gelu(_rows_of(second, F.gelu(x)))
    masks = hyper @ x.flatten(1, -2).transpose(1, 2)
    side = int(image.shape[1] ** 0.5)
    # (y, x, dy, dx, dy', dx') -> (y, dy, dy', x, dx, dx')
    nested = masks.reshape(*masks.shape[:2], side, side, 2, 2, 2, 2).permute(0, 1, 2, 4, 6, 3, 5, 7)
    return nested.reshape(*masks.shape[:2], 4 * side, 4 * side)


def _rows_of(conv: Any, x: Tensor) -> Tensor:
    """A 2x2 stride-2 ConvTranspose2d on rows of pixels (..., in): (..., 4, out), the 4 being (dy, dx)."""
    channels_in, channels_out = conv.weight.shape[:2]
    weight = conv.weight.permute(2, 3, 1, 0).reshape(4 * channels_out, channels_in)
    rows: Tensor = F.linear(x, weight, conv.bias.repeat(4))
    return rows.reshape(*x.shape[:-1], 4, channels_out)
