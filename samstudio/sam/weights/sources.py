"""The files of a model by its name. Torch is not imported here."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from samstudio.domain import Unavailable
from samstudio.sam.specs import MODELS
from samstudio.sam.specs.vit_t import DECODER as DECODER_GRAPH
from samstudio.sam.weights.cache import DownloadProgress, Fetch, WeightCache
from samstudio.sam.weights.files import WeightFiles, checked_in

CHECKPOINT_SUFFIXES = (".pth", ".pt", ".safetensors")


def ensure_weights(
    *,
    model: str,
    checkpoint: Path | None,
    weights_dir: Path,
    progress: DownloadProgress | None = None,
    fetchers: Iterable[tuple[str, Fetch]] | None = None,
) -> WeightFiles:
    """Find the files of ``model``, downloading those that are missing.

    Args:
        model: A name in `samstudio.sam.specs.MODELS`.
        checkpoint: A local file or folder to take weights from, whatever its
            hash; what it may hold is defined by `ModelSpec.find_files`.
        weights_dir: The folder where downloaded weights are cached.
        progress: Called as bytes arrive.
        fetchers: See `WeightCache`.

    Raises:
        InvalidInput: There is no such model.
        Unavailable: A file cannot be had; the message lists what was tried, why each failed,
            and what to do.
    """
    spec = MODELS.get(model)
    return spec.find_files(
        _existing(checkpoint), WeightCache(weights_dir, progress=progress, fetchers=fetchers)
    )


def ensure_decoder_graph(
    *, checkpoint: Path | None = None, weights_dir: Path, progress: DownloadProgress | None = None
) -> Path:
    """Find ``sam.onnx``, whose graph serves every model's decoder, downloading it if need be.

    Args:
        checkpoint: Searched when it is a folder.
        weights_dir: The folder where downloaded weights are cached.
        progress: Called as bytes arrive.

    Raises:
        Unavailable: The file cannot be had, or the one in ``checkpoint`` has another hash.
    """
    if checkpoint is not None and checkpoint.expanduser().is_dir():
        return checked_in(checkpoint.expanduser(), DECODER_GRAPH)
    return WeightCache(weights_dir, progress=progress).get(DECODER_GRAPH)


def _existing(checkpoint: Path | None) -> Path | None:
    if checkpoint is None:
        return None
    path = checkpoint.expanduser()
    if not path.exists():
        raise Unavailable(f"checkpoint {path} does not exist")
    if path.is_file() and path.suffix.lower() not in CHECKPOINT_SUFFIXES:
        raise Unavailable(f"checkpoint {path} is not one of {', '.join(CHECKPOINT_SUFFIXES)}")
    return path
