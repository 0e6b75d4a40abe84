"""A whole Segment Anything as PyTorch saves one: what segment-anything's ``sam_model_registry`` loads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from samstudio.sam.transfer.format import DecoderFormat, ExportedDecoder
from samstudio.sam.transfer.state import whole_state

if TYPE_CHECKING:
    from torch import Tensor


def write_pth(path: Path, exported: ExportedDecoder) -> None:
    """Write the whole state dict as ``torch.save`` does: tensors alone, read with ``weights_only=True``."""
    import torch

    state = whole_state(exported.stock, exported.decoder)
    torch.save({name: value.detach().cpu().contiguous() for name, value in state.items()}, path)


def read_pth(path: Path) -> dict[str, Tensor]:
    """Return the tensors of a state dict; see `samstudio.sam.checkpoints`.

    Raises:
        Unavailable: The file cannot be read as tensors.
    """
    from samstudio.sam.checkpoints import read_checkpoint

    return read_checkpoint(path)


PTH = DecoderFormat(
    name="pth", description="for segment-anything", write=write_pth, read=read_pth, holds_encoder=True
)
