"""ZeroGPU: a GPU lent for seconds at a time, and nothing that runs in the background.

There, encoding borrows the GPU and everything else is done on the CPU; a
tuning job would be background work, so it is refused. The ``spaces`` package
is preinstalled there, and needed nowhere else.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from samstudio.domain import Embedding
from samstudio.spaces.place import space_of

log = logging.getLogger(__name__)

NO_TUNING = (
    "Fine-tuning needs dedicated hardware: this Space runs on ZeroGPU, which lends a GPU for seconds and "
    "stops work in the background. Annotating works. To tune, its owner can choose CPU or GPU hardware in "
    "the Space's settings, or tune the exported dataset elsewhere and import the version here."
)

SECONDS = 20
"""What one call asks for. The shorter, the sooner a visitor's turn comes."""


def no_tuning_because(environment: Mapping[str, str]) -> str | None:
    """Return why this place refuses tuning jobs; None where it does not."""
    space = space_of(environment)
    return NO_TUNING if space is not None and space.zero_gpu else None


class Encoder(Protocol):
    """The image encoder as embeddings use it."""

    @property
    def id(self) -> str:
        """Names its weights."""

    def encode(self, pixels: NDArray[np.uint8]) -> Embedding:
        """Encode uint8 RGB HxWx3."""


class Movable(Encoder, Protocol):
    """An encoder that can run on a GPU."""

    def on(self, device: str) -> Encoder:
        """Return the same encoder on another device."""


class BorrowedGpu:
    """Encoders on the lent GPU; call `register_gpu_function` before the app is launched.

    The lent GPU's process is a fork of this one, made at the first call: it
    finds the encoder here, with its weights, and only pixels and the embedding
    travel.
    """

    def __init__(self, lend: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
        self._encoder: Movable | None = None
        self._encode = lend(self._encode_there)

    def lent_to(self, encoder: Movable) -> Encoder:
        """Return an encoder that uses the GPU, or the CPU while none is to be had."""
        self._encoder = encoder
        return _Borrowing(encoder, self._encode)

    def _encode_there(self, pixels: NDArray[np.uint8]) -> Embedding:
        if self._encoder is None:
            raise RuntimeError("no encoder was given before the GPU was lent")
        return self._encoder.on("cuda").encode(pixels)


class _Borrowing:
    def __init__(self, encoder: Encoder, on_gpu: Callable[..., Any]) -> None:
        self._encoder = encoder
        self._on_gpu = on_gpu

    @property
    def id(self) -> str:
        """Its weights are the same wherever they are."""
        return self._encoder.id

    def encode(self, pixels: NDArray[np.uint8]) -> Embedding:
        """Encode uint8 RGB HxWx3, on the GPU where one is lent in time."""
        try:
            embedding: Embedding = self._on_gpu(pixels)
        except Exception as error:  # a quota used up, a full queue: whatever it is, the CPU can do it
            log.warning("no GPU was lent (%s); encoding on the CPU", error)
            return self._encoder.encode(pixels)
        return embedding


_borrowed: BorrowedGpu | None = None


def register_gpu_function(environment: Mapping[str, str]) -> None:
    """On ZeroGPU, announce the function that wants a GPU; call it before torch is imported.

    ZeroGPU stops an app that announced none by the time ``Blocks.launch`` runs.
    """
    global _borrowed
    if _borrowed is None and no_tuning_because(environment):
        _borrowed = BorrowedGpu(import_module("spaces").GPU(duration=SECONDS))


def with_borrowed_gpu(encoder: Any) -> Any:
    """Return the encoder itself; on ZeroGPU, where it can run on a GPU, one that borrows it."""
    return _borrowed.lent_to(encoder) if _borrowed is not None and hasattr(encoder, "on") else encoder
