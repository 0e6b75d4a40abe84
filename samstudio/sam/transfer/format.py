"""The file formats of decoders: what every one of them defines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

    from samstudio.sam.models import StockWeights


@dataclass(frozen=True)
class ExportedDecoder:
    """A decoder to be written to a file.

    ``stock``: the weights of the model that it belongs to. ``decoder``: its own,
    float32, named without prefix. ``metadata``: where it comes from. ``graph``: finds
    or downloads the published ``sam.onnx``, and may raise `Unavailable`.
    """

    stock: StockWeights
    decoder: Mapping[str, Tensor]
    metadata: Mapping[str, str]
    graph: Callable[[], Path]


@dataclass(frozen=True)
class DecoderFormat:
    """A kind of file that holds a decoder and can be used without this project.

    ``name``: what scripts call it, and the file's suffix. ``description``: what
    it is for. ``write``: writes the file. ``read``: returns its tensors by name without
    running any code in it, and raises `Unavailable` where it cannot; None for a format that
    is not imported. ``holds_encoder``: whether the image encoder is in the
    file where the model has it as tensors.
    """

    name: str
    description: str
    write: Callable[[Path, ExportedDecoder], None]
    read: Callable[[Path], dict[str, Tensor]] | None = None
    holds_encoder: bool = False

    @property
    def suffix(self) -> str:
        """The suffix of its files, with the dot."""
        return f".{self.name}"

    def what_is_missing(self, stock: StockWeights) -> str:
        """Return a sentence on what a file does not hold and where that is; empty for a whole model."""
        as_tensors = any(name.startswith("image_encoder.") for name in stock.state)
        if as_tensors and self.holds_encoder:
            return ""
        if as_tensors:
            where = f"it is {stock.name}'s own, unchanged, in {stock.files.encoder}"
        else:
            kind = stock.files.encoder.suffix.removeprefix(".").upper()
            name = stock.files.encoder.name
            where = f"{stock.name}'s exists only as {kind}, {name}, which lies at {stock.files.encoder}"
        return f"The image encoder is not in it: {where}."
