"""ZeroGPU: a GPU lent for seconds at a time, and nothing that runs in the background.

There, encoding borrows the GPU and everything else is done on the CPU; a
tuning job would be background work, so it is refused. The ``spaces`` package
is preinstalled there, and needed nowhere else.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from samstudio.domain import Embedding
from samstudio.spaces.place import no_tuning_because

log = logging.getLogger(__name__)

SECONDS = 20
"""What one call asks for. The shorter, the sooner a visitor's turn comes."""


class Encoder(Protocol):
    """The image encoder as embeddings use it."""

    @property
    def id(self) -> str:
        """Names its weights."""

    def encode(self, pixels: NDArray[np.uint8]) -> Embedding:
        """Encode uint8 RGB HxWx3."""


@runtime_checkable
class Movable(Encoder, Protocol):
    """An encoder that can run on a GPU."""

    def on(self, device: str) -> Encoder:
        """Return the same encoder on another device."""


class BorrowedGpu:
    """A GPU that is lent for seconds, and the encoders that use it.

    The lent GPU's process is a fork of this one, made at the first call: it
    finds the encoders here, with their weights, and only an encoder's id,
    pixels and the embedding travel.
    """

    def __init__(self, lend: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
        """Announce the function that wants the GPU to ``lend``, the decorator ``spaces.GPU(...)``."""
        self._encoders: dict[str, Movable] = {}
        self._encode = lend(self._encode_there)

    def lent_to(self, encoder: Encoder) -> Encoder:
        """Return an encoder that uses the GPU, or the CPU while none is to be had.

        One that cannot run on a GPU is returned as it is.
        """
        if not isinstance(encoder, Movable):
            return encoder
        self._encoders[encoder.id] = encoder
        return _Borrowing(encoder, self._encode)

    def _encode_there(self, encoder_id: str, pixels: NDArray[np.uint8]) -> Embedding:
        return self._encoders[encoder_id].on("cuda").encode(pixels)


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
            embedding: Embedding = self._on_gpu(self._encoder.id, pixels)
        except Exception as error:  # a quota used up, a full queue: whatever it is, the CPU can do it
            log.warning("no GPU was lent (%s); encoding on the CPU", error)
            return self._encoder.encode(pixels)
        return embedding


def borrow_gpu(environment: Mapping[str, str]) -> BorrowedGpu | None:
    """Announce the function that wants a GPU, on ZeroGPU; call it before torch is imported.

    ZeroGPU stops an app that announced none by the time ``Blocks.launch`` runs. None anywhere else.
    """
    if not no_tuning_because(environment):
        return None
    return BorrowedGpu(import_module("spaces").GPU(duration=SECONDS))
