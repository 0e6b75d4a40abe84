"""Load one named Segment Anything: its image encoder and its stock decoder.

Joins `weights` (which files), `convert` (ONNX to torch), `encoder` and
`decoder`. A model is loaded once a process and passed to who needs it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from samstudio.domain import Unavailable
from samstudio.sam.checkpoints import read_checkpoint
from samstudio.sam.convert import convert_sam_onnx
from samstudio.sam.decoder import SamDecoder
from samstudio.sam.encoder import ImageEncoder, OnnxEncoder, TorchEncoder
from samstudio.sam.modeling import build_image_encoder
from samstudio.sam.weights.sources import (
    VIT_T_DECODER,
    VIT_T_ENCODER,
    DownloadProgress,
    WeightFiles,
    ensure_weights,
)


@dataclass(frozen=True)
class SamModel:
    """One loaded model. ``stock`` is decoder version 0; ``device`` is where decoders live."""

    name: str
    encoder: ImageEncoder
    stock: SamDecoder
    device: torch.device


def load_model(
    *,
    name: str,
    checkpoint: Path | None = None,
    weights_dir: Path,
    device: str = "auto",
    threads: int | None = None,
    progress: DownloadProgress | None = None,
) -> SamModel:
    """Load ``vit_t``, ``vit_b``, ``vit_l`` or ``vit_h``, fetching its weights if need be.

    ``checkpoint``: see `weights.ensure_weights`. ``device``: ``auto``, ``cpu``
    or ``cuda:N``. ``threads``: CPU threads of torch (for the whole process)
    and of onnxruntime; None leaves their defaults. Raises Unavailable when
    weights or device cannot be had or do not fit.
    """
    where = resolve_device(device)
    if threads is not None:
        torch.set_num_threads(threads)
    files = ensure_weights(model=name, checkpoint=checkpoint, weights_dir=weights_dir, progress=progress)
    if name == "vit_t":
        encoder: ImageEncoder = OnnxEncoder(
            path=files.encoder, sha256=VIT_T_ENCODER.sha256, threads=threads, device=where.type
        )
        state = _vit_t_state(files.encoder.with_name(VIT_T_DECODER.filename), files.decoder)
    else:
        state = read_checkpoint(files.decoder)
        encoder = _vit_encoder(name, state, files.encoder, where)
    return SamModel(name=name, encoder=encoder, stock=_stock(state, files.decoder, where), device=where)


@dataclass(frozen=True)
class StockWeights:
    """A model's weights as its files hold them, without building it.

    ``state``: ``prompt_encoder.`` and ``mask_decoder.`` keys, and the
    ``image_encoder.`` of a ViT (vit_t's exists only as ONNX).
    """

    name: str
    state: dict[str, Tensor]
    files: WeightFiles


def read_stock(
    *, name: str, checkpoint: Path | None = None, weights_dir: Path, progress: DownloadProgress | None = None
) -> StockWeights:
    """Read what `load_model` would load, on the CPU, in the files' own types. Raises Unavailable."""
    files = ensure_weights(model=name, checkpoint=checkpoint, weights_dir=weights_dir, progress=progress)
    if name == "vit_t":
        state = _vit_t_state(files.encoder.with_name(VIT_T_DECODER.filename), files.decoder)
    else:
        state = read_checkpoint(files.decoder)
    return StockWeights(name=name, state=state, files=files)


def resolve_device(device: str) -> torch.device:
    """``auto`` is CUDA where there is one. Raises Unavailable for a device that is not there."""
    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        where = torch.device(device)
        torch.empty(0, device=where)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise Unavailable(f"the device {device!r} cannot be used: {reason}") from error
    return where


def _vit_t_state(sam_onnx: Path, decoder: Path) -> dict[str, Tensor]:
    published = convert_sam_onnx(sam_onnx)
    if decoder.suffix == ".onnx":
        return published
    state = read_checkpoint(decoder)
    if any(name.startswith("image_encoder.") for name in state):
        raise Unavailable(
            f"checkpoint {decoder} holds an image encoder of its own, and vit_t's is fixed: "
            "set the model to vit_b, vit_l or vit_h, whichever it is"
        )
    if not any(name.startswith("mask_decoder.") for name in state):  # a decoder version's own file
        state = {f"mask_decoder.{name}": value for name, value in state.items()}
    prompt_encoder = {name: value for name, value in published.items() if name.startswith("prompt_encoder.")}
    return prompt_encoder | state


def _vit_encoder(name: str, state: Mapping[str, Tensor], path: Path, device: torch.device) -> TorchEncoder:
    prefix = "image_encoder."
    own = {key.removeprefix(prefix): value.float() for key, value in state.items() if key.startswith(prefix)}
    module = build_image_encoder(name)
    try:
        module.load_state_dict(own, strict=True, assign=True)
    except RuntimeError as error:
        raise Unavailable(f"checkpoint {path} is not a {name}: its image encoder does not fit") from error
    return TorchEncoder(module=module, device=str(device))


def _stock(state: Mapping[str, Tensor], path: Path, device: torch.device) -> SamDecoder:
    try:
        return SamDecoder.from_state(state).to(device)
    except RuntimeError as error:
        raise Unavailable(f"{path} does not hold SAM's prompt encoder and mask decoder: {error}") from error
