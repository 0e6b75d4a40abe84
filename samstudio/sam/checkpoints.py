"""Read a checkpoint's tensors; nothing in the file can run code."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from samstudio.domain import Unavailable


def read_checkpoint(path: Path) -> dict[str, Tensor]:
    """Read a state dict from ``.pth`` or ``.safetensors``, as CPU tensors in the file's own types.

    The usual wrappers ``{"model": …}`` and ``{"state_dict": …}`` are unwrapped, and a
    leading ``module.`` is dropped from names. No code in the file is run.

    Raises:
        Unavailable: The file cannot be read, or holds something other than tensors; the message names it.
    """
    try:
        if path.suffix.lower() == ".safetensors":
            from safetensors.torch import load_file

            loaded: Any = load_file(path)
        else:
            # Memory-mapped, so that reading the decoder does not read a 2.5 GB encoder.
            loaded = torch.load(path, weights_only=True, map_location="cpu", mmap=zipfile.is_zipfile(path))
    except Exception as error:  # what is no pickle raises nearly anything when it is read as one
        reason = (str(error).splitlines() or ["unknown reason"])[0]
        raise Unavailable(f"checkpoint {path} cannot be read as tensors: {reason}") from error
    return _tensors(loaded, path)


def _tensors(loaded: Any, path: Path) -> dict[str, Tensor]:
    for wrapper in ("model", "state_dict"):
        if isinstance(loaded, Mapping) and isinstance(loaded.get(wrapper), Mapping):
            loaded = loaded[wrapper]
    if not isinstance(loaded, Mapping) or not all(isinstance(value, Tensor) for value in loaded.values()):
        raise Unavailable(f"checkpoint {path} is not a state dict: it holds something other than tensors")
    return {str(name).removeprefix("module."): value for name, value in loaded.items()}
