"""Load one named Segment Anything: its image encoder and its stock decoder.

Joins `specs` (what the model is), `weights` (its files), `encoder` and
`decoder`. A model is loaded once a process and passed to its users.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from samstudio.domain import Unavailable
from samstudio.sam.decoder import SamDecoder
from samstudio.sam.encoder import FEATURES_SHAPE, ImageEncoder
from samstudio.sam.specs import MODELS, ModelSpec
from samstudio.sam.weights.cache import DownloadProgress
from samstudio.sam.weights.files import WeightFiles
from samstudio.sam.weights.sources import ensure_weights


@dataclass(frozen=True)
class SamModel:
    """A loaded model: ``stock`` is decoder version 0; ``device`` is where decoders are."""

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
    """Load a model by its name in `samstudio.sam.specs.MODELS`, downloading its weights if need be.

    Args:
        name: The model's name.
        checkpoint: See `samstudio.sam.weights.sources.ensure_weights`.
        weights_dir: The folder where downloaded weights are cached.
        device: ``auto``, ``cpu`` or ``cuda:N``.
        threads: CPU threads of torch (for the whole process) and of
            onnxruntime; None leaves their defaults.
        progress: Called as weights are downloaded.

    Raises:
        InvalidInput: There is no such model.
        Unavailable: Weights or device cannot be had or do not fit.
    """
    spec = MODELS.get(name)
    _check_shapes(spec)
    where = resolve_device(device)
    if threads is not None:
        torch.set_num_threads(threads)
    files = ensure_weights(model=name, checkpoint=checkpoint, weights_dir=weights_dir, progress=progress)
    state = spec.read_state(files)
    encoder = spec.build_encoder(state, files, device=str(where), threads=threads)
    return SamModel(name=name, encoder=encoder, stock=_stock(state, files.decoder, where), device=where)


def _check_shapes(spec: ModelSpec) -> None:
    if spec.features_shape != FEATURES_SHAPE:
        own, wanted = ("x".join(map(str, shape)) for shape in (spec.features_shape, FEATURES_SHAPE))
        raise Unavailable(
            f"the image encoder of {spec.name} gives {own} numbers, and the decoder reads {wanted}"
        )


@dataclass(frozen=True)
class StockWeights:
    """A model's weights as its files hold them, without the modules.

    ``state``: ``prompt_encoder.`` and ``mask_decoder.`` keys, and
    ``image_encoder.`` ones where the encoder has its weights as tensors.
    """

    name: str
    state: dict[str, Tensor]
    files: WeightFiles


def read_stock(
    *, name: str, checkpoint: Path | None = None, weights_dir: Path, progress: DownloadProgress | None = None
) -> StockWeights:
    """Read the weights that `load_model` would load, on the CPU, in the files' own types.

    Args:
        name: The model's name in `samstudio.sam.specs.MODELS`.
        checkpoint: See `samstudio.sam.weights.sources.ensure_weights`.
        weights_dir: The folder where downloaded weights are cached.
        progress: Called as weights are downloaded.

    Raises:
        InvalidInput: There is no such model.
        Unavailable: The weights cannot be had, or are not such a model's.
    """
    files = ensure_weights(model=name, checkpoint=checkpoint, weights_dir=weights_dir, progress=progress)
    return StockWeights(name=name, state=MODELS.get(name).read_state(files), files=files)


def resolve_device(device: str) -> torch.device:
    """Return the torch device of a setting; ``auto`` is CUDA where there is one, else the CPU.

    Raises:
        Unavailable: The device cannot be used on this machine.
    """
    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        where = torch.device(device)
        torch.empty(0, device=where)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise Unavailable(f"the device {device!r} cannot be used: {reason}") from error
    return where


def _stock(state: Mapping[str, Tensor], path: Path, device: torch.device) -> SamDecoder:
    try:
        return SamDecoder.from_state(state).to(device)
    except RuntimeError as error:
        raise Unavailable(f"{path} does not hold SAM's prompt encoder and mask decoder: {error}") from error
