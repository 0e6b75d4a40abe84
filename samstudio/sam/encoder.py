"""Image encoders, from pixels to embeddings; the only code that runs one.

An embedding depends on the image and on these frozen weights, never on the
decoder; an encoder's ``id`` names the weights, so embeddings of different
encoders are never mixed up.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from samstudio.domain import Embedding, Size, Unavailable
from samstudio.lazy import lazy
from samstudio.sam.geometry import LONG_SIDE, encoder_input

if TYPE_CHECKING:
    from torch import nn

FEATURES_SHAPE = (256, 64, 64)
ID_LENGTH = 12


class ImageEncoder(Protocol):
    """The interface of every image encoder."""

    @property
    def id(self) -> str:
        """The first 12 hex digits of a hash of the encoder's weights."""
        ...

    def encode(self, pixels: NDArray[np.uint8]) -> Embedding:
        """Encode uint8 RGB HxWx3 into float16 256x64x64. Safe to call from many threads."""
        ...


class OnnxEncoder:
    """An encoder in an ONNX file: float32 Nx3xSxS in (S is ``frame_side``), Nx256x64x64 out.

    The session is created at the first image. Its memory arena is off: 180 MB
    resident instead of 545, at the same speed (one image at a time leaves
    nothing to reuse).
    """

    def __init__(
        self,
        *,
        path: Path,
        sha256: str,
        threads: int | None = None,
        device: str = "cpu",
        frame_side: int = LONG_SIDE,
    ) -> None:
        self._path = path
        self._frame_side = frame_side
        self._threads = threads
        self._device = device
        self._id = sha256[:ID_LENGTH]

    @property
    def id(self) -> str:
        """The first 12 hex digits of the file's sha256."""
        return self._id

    def encode(self, pixels: NDArray[np.uint8]) -> Embedding:
        """Encode uint8 RGB HxWx3 into float16 256x64x64.

        Raises:
            Unavailable: onnxruntime cannot load the file, or its output is of another shape or not finite.
        """
        frame, input_size = encoder_input(pixels, self._frame_side)
        session = self._session
        (output,) = session.run(None, {session.get_inputs()[0].name: frame})
        return _embedding(output[0], pixels, input_size)

    @lazy
    def _session(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 3
        if self._threads is not None:
            options.intra_op_num_threads = self._threads
        try:
            return onnxruntime.InferenceSession(str(self._path), options, providers=self._providers())
        except Exception as error:  # onnxruntime's exceptions share no base but this
            raise Unavailable(f"the image encoder {self._path} cannot be loaded: {error}") from error

    def _providers(self) -> list[str]:
        import onnxruntime

        wanted = ["CPUExecutionProvider"]
        if (
            self._device.startswith("cuda")
            and "CUDAExecutionProvider" in onnxruntime.get_available_providers()
        ):
            wanted.insert(0, "CUDAExecutionProvider")
        return wanted


class TorchEncoder:
    """A torch module with its weights loaded: float32 Nx3xSxS in (S is ``frame_side``), Nx256x64x64 out."""

    def __init__(self, *, module: nn.Module, device: str = "cpu", frame_side: int = LONG_SIDE) -> None:
        self._module = module.requires_grad_(False).eval().to(device)
        self._device = device
        self._frame_side = frame_side

    def on(self, device: str) -> TorchEncoder:
        """Move the weights to another device and return the encoder there."""
        return TorchEncoder(module=self._module, device=device, frame_side=self._frame_side)

    @lazy
    def id(self) -> str:
        """The first 12 hex digits of a hash over all weights: the same for any file that holds these."""
        digest = hashlib.sha256()
        for name, value in sorted(self._module.state_dict().items()):
            digest.update(f"{name}{tuple(value.shape)}".encode())
            digest.update(value.float().cpu().contiguous().numpy().data)
        return digest.hexdigest()[:ID_LENGTH]

    def encode(self, pixels: NDArray[np.uint8]) -> Embedding:
        """Encode uint8 RGB HxWx3 into float16 256x64x64.

        Raises:
            Unavailable: The module's output is of another shape or not finite.
        """
        import torch

        frame, input_size = encoder_input(pixels, self._frame_side)
        with torch.inference_mode():
            output = self._module(torch.from_numpy(frame).to(self._device))
        return _embedding(output[0].float().cpu().numpy(), pixels, input_size)


def _embedding(features: NDArray[np.float32], pixels: NDArray[np.uint8], input_size: Size) -> Embedding:
    if features.shape != FEATURES_SHAPE or not np.isfinite(features).all():
        shown = "x".join(map(str, features.shape))
        raise Unavailable(f"the image encoder gave no usable embedding: shape {shown}, or not finite")
    return Embedding(
        features=features.astype(np.float16),
        original_size=(pixels.shape[0], pixels.shape[1]),
        input_size=input_size,
    )
