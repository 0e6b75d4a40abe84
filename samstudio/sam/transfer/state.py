"""A decoder's weights by name, alone and inside a whole Segment Anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

    from samstudio.sam.models import StockWeights


def decoder_weights(stock: StockWeights) -> dict[str, Tensor]:
    """Return the stock mask decoder's own weights, float32, named as in a version's file (no prefix)."""
    prefix = "mask_decoder."
    return {
        name.removeprefix(prefix): value.float()
        for name, value in stock.state.items()
        if name.startswith(prefix)
    }


def whole_state(stock: StockWeights, decoder: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return stock's weights with ``decoder`` (names without prefix) as the mask decoder.

    These are exactly the keys that segment-anything's strict loading expects:
    ``prompt_encoder.``, ``mask_decoder.`` and, for a ViT, ``image_encoder.``.
    """
    kept = ("image_encoder.", "prompt_encoder.")
    state = {name: value for name, value in stock.state.items() if name.startswith(kept)}
    return state | {f"mask_decoder.{name}": value for name, value in decoder.items()}
