"""The definition of a model: its files, how its state is read, and how its image encoder is built.

Every model has SAM's own prompt encoder and mask decoder; models differ in
their image encoder. Torch is imported when weights are read, not before.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from samstudio.domain import Unavailable
from samstudio.sam.encoder import FEATURES_SHAPE, ImageEncoder, TorchEncoder
from samstudio.sam.geometry import LONG_SIDE
from samstudio.sam.weights.cache import WeightCache
from samstudio.sam.weights.files import WeightFiles, WeightSource

if TYPE_CHECKING:
    from torch import Tensor, nn

ENCODER_PREFIX = "image_encoder."


@dataclass(frozen=True, kw_only=True)
class ModelSpec(ABC):
    """One Segment Anything by name.

    ``name``: used in settings, and for the model's versions; never changed. ``description``: for people who
    choose. ``sources``: its published files. ``encodes_on_gpu``: whether the
    image encoder profits from a GPU. ``frame_side``: side of the square frame
    that the encoder sees, in pixels. ``features_shape``: CxHxW of its output;
    SAM 1's decoder reads 256x64x64.
    """

    name: str
    description: str
    sources: tuple[WeightSource, ...]
    encodes_on_gpu: bool = True
    frame_side: int = LONG_SIDE
    features_shape: tuple[int, int, int] = FEATURES_SHAPE

    @abstractmethod
    def find_files(self, checkpoint: Path | None, cache: WeightCache) -> WeightFiles:
        """Find the model's files, downloading those that are missing.

        Args:
            checkpoint: An existing file or folder to take weights from in
                place of the published ones, or None.
            cache: Downloads what it does not have.

        Raises:
            Unavailable: A file cannot be had, or ``checkpoint`` cannot be used for this model.
        """

    @abstractmethod
    def read_state(self, files: WeightFiles) -> dict[str, Tensor]:
        """Return ``prompt_encoder.`` and ``mask_decoder.`` weights, and ``image_encoder.`` ones if tensors.

        Raises:
            Unavailable: A file does not hold what it should.
        """

    @abstractmethod
    def build_encoder(
        self, state: Mapping[str, Tensor], files: WeightFiles, *, device: str, threads: int | None
    ) -> ImageEncoder:
        """Return the image encoder with its weights.

        Args:
            state: What `read_state` returned.
            files: What `find_files` returned.
            device: ``cpu``, ``cuda`` or ``cuda:N``.
            threads: CPU threads for a runtime of its own; None leaves its default.

        Raises:
            Unavailable: The weights do not fit.
        """


@dataclass(frozen=True, kw_only=True)
class CheckpointSpec(ModelSpec):
    """A model whose three parts are in one checkpoint, and whose image encoder is a torch module."""

    @abstractmethod
    def build_module(self) -> nn.Module:
        """Return the image encoder without weights, on the meta device.

        It takes float32 Nx3xSxS (S is ``frame_side``) and returns Nx256x64x64.
        """

    def find_files(self, checkpoint: Path | None, cache: WeightCache) -> WeightFiles:
        """Return ``checkpoint``, whatever its hash, or the published file.

        Raises:
            Unavailable: ``checkpoint`` is a folder, or the published file cannot be had.
        """
        if checkpoint is not None and checkpoint.is_dir():
            raise Unavailable(
                f"checkpoint {checkpoint} is a folder: {self.name} needs a .pth or .safetensors file"
            )
        (source,) = self.sources
        file = checkpoint or cache.get(source)
        return WeightFiles(encoder=file, decoder=file)

    def read_state(self, files: WeightFiles) -> dict[str, Tensor]:
        """Return every tensor of the checkpoint.

        Raises:
            Unavailable: The file cannot be read as tensors.
        """
        from samstudio.sam.checkpoints import read_checkpoint

        return read_checkpoint(files.decoder)

    def build_encoder(
        self, state: Mapping[str, Tensor], files: WeightFiles, *, device: str, threads: int | None
    ) -> ImageEncoder:
        """Return the module with the checkpoint's weights.

        Args:
            state: What `read_state` returned.
            files: What `find_files` returned.
            device: ``cpu``, ``cuda`` or ``cuda:N``.
            threads: Not used: torch's own threads are set when the model is loaded.

        Raises:
            Unavailable: The checkpoint's image encoder is not this model's.
        """
        del threads
        own = {
            name.removeprefix(ENCODER_PREFIX): value.float()
            for name, value in state.items()
            if name.startswith(ENCODER_PREFIX)
        }
        module = self.build_module()
        try:
            module.load_state_dict(own, strict=True, assign=True)
        except RuntimeError as error:
            raise Unavailable(
                f"checkpoint {files.encoder} is not a {self.name}: its image encoder does not fit"
            ) from error
        return TorchEncoder(module=module, device=device, frame_side=self.frame_side)
