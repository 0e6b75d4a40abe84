"""Read a mask decoder that was tuned here or elsewhere, with every check that an untrusted file needs.

Only the mask decoder is used. Whatever other parts of a Segment Anything are in the
file must equal this model's: a decoder fits one encoder's embeddings.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from samstudio.domain import InvalidInput, Prompt, Unavailable
from samstudio.sam.decoder import PromptBatch, SamDecoder
from samstudio.sam.modeling import EMBED_DIM, EMBED_SIDE, IMAGE_SIDE
from samstudio.sam.models import StockWeights
from samstudio.sam.transfer import DECODER_FORMATS
from samstudio.sam.transfer.state import decoder_weights

_DECODER = "mask_decoder."
_FROZEN = ("prompt_encoder.", "image_encoder.")


def read_tuned_decoder(path: Path, *, stock: StockWeights) -> dict[str, Tensor]:
    """Return the file's mask decoder, float32, under stock's names without prefix.

    Raises:
        InvalidInput: The file is not a decoder of this model; the message names it and its first fault.
    """
    read = {one.suffix: one.read for one in DECODER_FORMATS}.get(path.suffix.lower())
    if read is None:
        suffixes = ", ".join(_suffixes())
        raise InvalidInput(f"{path.name} is not a decoder: it must be one of {suffixes}")
    if not path.is_file():
        raise InvalidInput(f"{path} does not exist")
    try:
        found = read(path)
    except Unavailable as error:
        raise InvalidInput(str(error).replace(f"checkpoint {path}", path.name)) from error
    if not any(name.startswith(_DECODER) for name in found) and "iou_token.weight" in found:
        found = {f"{_DECODER}{name}": value for name, value in found.items()}  # a version's own file
    expected = decoder_weights(stock)
    _check_names(path.name, found, expected)
    _check_model(path.name, found, stock)
    decoder = {name: found[_DECODER + name].float().contiguous() for name in expected}
    _smoke_test(path.name, stock, decoder)
    return decoder


def _suffixes() -> tuple[str, ...]:
    return tuple(one.suffix for one in DECODER_FORMATS if one.read is not None)


def _check_names(file: str, found: Mapping[str, Tensor], expected: Mapping[str, Tensor]) -> None:
    own = {name.removeprefix(_DECODER) for name in found if name.startswith(_DECODER)}
    if not own:
        raise InvalidInput(f"{file} holds no mask decoder: none of its names starts with {_DECODER}")
    for name, value in expected.items():
        if name not in own:
            raise InvalidInput(f"{file} has no {_DECODER}{name}")
        there = found[_DECODER + name]
        if there.shape != value.shape:
            shapes = f"{tuple(there.shape)}, not {tuple(value.shape)}"
            raise InvalidInput(f"{file}: {_DECODER}{name} is of shape {shapes}")
        if not (there.is_floating_point() and bool(torch.isfinite(there).all())):
            raise InvalidInput(f"{file}: {_DECODER}{name} holds something other than finite numbers")
    unknown = sorted(own - set(expected))
    if unknown:
        raise InvalidInput(f"{file}: {_DECODER}{unknown[0]} is not a weight of SAM's mask decoder")


def _check_model(file: str, found: Mapping[str, Tensor], stock: StockWeights) -> None:
    """Check that the frozen parts agree, to half precision, with stock's.

    Only parts that both have as tensors are compared: vit_t's image encoder is ONNX.
    """
    parts = [part for part in _FROZEN if any(name.startswith(part) for name in stock.state)]
    for name, value in found.items():
        part = next((part for part in parts if name.startswith(part)), None)
        if part is None:
            continue
        ours = stock.state.get(name)
        if ours is None or ours.shape != value.shape or not _close(ours, value):
            words = part.rstrip(".").replace("_", " ")
            raise InvalidInput(
                f"{file} was made for another model: its {words} is not {stock.name}'s ({name} differs), "
                "so its decoder would misread every image"
            )


def _close(ours: Tensor, theirs: Tensor) -> bool:
    return torch.allclose(ours.float(), theirs.float(), rtol=1e-2, atol=1e-3)


def _smoke_test(file: str, stock: StockWeights, decoder: Mapping[str, Tensor]) -> None:
    """Check that the answer to one box is finite, as is done before a swap."""
    whole = {**stock.state, **{_DECODER + name: value for name, value in decoder.items()}}
    side = float(IMAGE_SIDE)
    prompt = PromptBatch.of([Prompt(box=(0.0, 0.0, side, side))], [(IMAGE_SIDE, IMAGE_SIDE)])
    features = torch.randn((1, EMBED_DIM, EMBED_SIDE, EMBED_SIDE), generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        low_res, iou = SamDecoder.from_state(whole)(features * 0.1, prompt)
    if not bool(torch.isfinite(low_res).all() and torch.isfinite(iou).all()):
        raise InvalidInput(f"{file} gives no finite mask: its weights are damaged")
