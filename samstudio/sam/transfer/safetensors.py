"""Prompt encoder and mask decoder with where they come from, as safetensors."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from samstudio.sam.transfer.format import DecoderFormat, ExportedDecoder
from samstudio.sam.transfer.state import whole_state

if TYPE_CHECKING:
    from torch import Tensor

KIND = "samstudio decoder"
"""The value of ``kind`` in the metadata."""


def write_safetensors(path: Path, exported: ExportedDecoder) -> None:
    """Write the prompt encoder and the mask decoder, float32, with the metadata."""
    from safetensors.torch import save

    state = {
        name: value.detach().float().cpu().contiguous()
        for name, value in whole_state(exported.stock, exported.decoder).items()
        if not name.startswith("image_encoder.")
    }
    # Not save_file, which lets nobody else read the file.
    path.write_bytes(save(state, {"format": "pt", "kind": KIND, **exported.metadata}))


def read_safetensors(path: Path) -> dict[str, Tensor]:
    """Return the tensors of a file; see `samstudio.sam.checkpoints`.

    Raises:
        Unavailable: The file cannot be read as tensors.
    """
    from samstudio.sam.checkpoints import read_checkpoint

    return read_checkpoint(path)


SAFETENSORS = DecoderFormat(
    name="safetensors",
    description="to import again, or for your own code",
    write=write_safetensors,
    read=read_safetensors,
)
