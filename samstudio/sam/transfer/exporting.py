"""One decoder version as a file that works without this project.

``pth`` loads in segment-anything's ``sam_model_registry``, ``safetensors`` holds
the weights and where they come from, ``onnx`` runs in onnxruntime (see
`onnx_export`). Which versions there are is not this module's business.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, TypeAlias, get_args

import torch
from torch import Tensor

from samstudio.domain import InvalidInput
from samstudio.sam.models import StockWeights
from samstudio.sam.weights.sources import VIT_T_ENCODER

DecoderFormat: TypeAlias = Literal["pth", "safetensors", "onnx"]
FORMATS: tuple[DecoderFormat, ...] = get_args(DecoderFormat)

KIND = "samstudio decoder"
"""What ``kind`` says in the metadata of our safetensors files."""


def known_format(name: str) -> DecoderFormat:
    """``name`` as a format. Raises InvalidInput."""
    if name not in FORMATS:
        raise InvalidInput(f"{name} is not a format: choose one of {', '.join(FORMATS)}")
    return name


def decoder_weights(stock: StockWeights) -> dict[str, Tensor]:
    """The stock mask decoder's own weights, float32, named as in a version's file (no prefix)."""
    prefix = "mask_decoder."
    return {
        name.removeprefix(prefix): value.float()
        for name, value in stock.state.items()
        if name.startswith(prefix)
    }


def whole_state(stock: StockWeights, decoder: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Stock's weights with ``decoder`` (names without prefix) as the mask decoder.

    Everything that segment-anything's strict loading wants and nothing else:
    ``prompt_encoder.``, ``mask_decoder.`` and, for a ViT, ``image_encoder.``.
    """
    kept = ("image_encoder.", "prompt_encoder.")
    state = {name: value for name, value in stock.state.items() if name.startswith(kept)}
    return state | {f"mask_decoder.{name}": value for name, value in decoder.items()}


def write_pth(path: Path, *, stock: StockWeights, decoder: Mapping[str, Tensor]) -> None:
    """Write the whole state dict as ``torch.save`` does: tensors alone, read with ``weights_only=True``."""
    state = whole_state(stock, decoder)
    torch.save({name: value.detach().cpu().contiguous() for name, value in state.items()}, path)


def write_safetensors(
    path: Path, *, stock: StockWeights, decoder: Mapping[str, Tensor], metadata: Mapping[str, str]
) -> None:
    """Write the prompt encoder and the mask decoder, float32, with ``metadata``."""
    from safetensors.torch import save

    state = {
        name: value.detach().float().cpu().contiguous()
        for name, value in whole_state(stock, decoder).items()
        if not name.startswith("image_encoder.")
    }
    path.write_bytes(save(state, {"format": "pt", "kind": KIND, **metadata}))  # save_file makes it private


def what_is_missing(stock: StockWeights, fmt: DecoderFormat) -> str:
    """A sentence on what the file does not hold and where that is; empty for a whole ``pth``."""
    if fmt == "pth" and stock.name != "vit_t":
        return ""
    if stock.name == "vit_t":
        where = stock.files.encoder
        return (
            f"The image encoder is not in it: vit_t's exists only as ONNX, {VIT_T_ENCODER.filename}, "
            f"which lies at {where}."
        )
    return f"The image encoder is not in it: it is {stock.name}'s own, unchanged, in {stock.files.encoder}."
