"""Take a decoder version home as a file, and bring one back as the next version."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from torch import Tensor

from samstudio.domain import STOCK_VERSION, DecoderVersion, InvalidInput
from samstudio.files import sha256_of, write_with
from samstudio.sam.decoder import load_decoder_state, save_decoder
from samstudio.sam.models import StockWeights
from samstudio.sam.transfer.exporting import (
    FORMATS,
    DecoderFormat,
    decoder_weights,
    known_format,
    what_is_missing,
    whole_state,
    write_pth,
    write_safetensors,
)
from samstudio.sam.transfer.importing import read_tuned_decoder
from samstudio.sam.transfer.onnx_export import write_onnx
from samstudio.services.versions.service import VersionService

__all__ = ["FORMATS", "DecoderFormat", "TakeawayService", "Taken"]


@dataclass(frozen=True)
class Taken:
    """One file written: ``note`` says in a sentence what is not in it; empty when nothing is missing."""

    version: int
    model: str
    format: DecoderFormat
    path: Path
    bytes: int
    sha256: str
    note: str


class TakeawayService:
    """Versions out as ``pth``, ``safetensors`` or ``onnx``; a tuned decoder back in.

    ``stock`` reads the model's weights (they are not kept: a ViT's are large),
    ``graph`` says where the published ``sam.onnx`` is. Both may raise Unavailable.
    """

    def __init__(
        self, *, versions: VersionService, stock: Callable[[], StockWeights], graph: Callable[[], Path]
    ) -> None:
        self._versions = versions
        self._stock = stock
        self._graph = graph

    def export(self, number: int | None, name: str, path: Path) -> Taken:
        """Write a version (None: the live one; 0: stock) to ``path``, beside and renamed.

        Raises InvalidInput for an unknown format or a folder that is not there,
        NotFound for an unknown version, Unavailable for weights that cannot be had.
        """
        fmt = known_format(name)
        if not path.parent.is_dir():
            raise InvalidInput(f"{path} cannot be written: the folder {path.parent} does not exist")
        if path.is_dir():
            raise InvalidInput(f"{path} is a folder: name the file to write")
        version = self._versions.get(self._versions.live().number if number is None else number)
        source = None if version.number == STOCK_VERSION else self._versions.path(version.number)
        stock = self._stock()
        if version.model != stock.name:
            raise InvalidInput(f"version {version.number} is a decoder of {version.model}, not {stock.name}")
        decoder = decoder_weights(stock) if source is None else load_decoder_state(source)
        write_with(path, lambda beside: self._write(beside, fmt, version, stock, decoder), durable=False)
        return Taken(
            version=version.number,
            model=stock.name,
            format=fmt,
            path=path,
            bytes=path.stat().st_size,
            sha256=sha256_of(path),
            note=what_is_missing(stock, fmt),
        )

    def bring(self, path: Path, *, reason: str = "") -> DecoderVersion:
        """Make the mask decoder in a file the next version; it is not made live.

        Raises InvalidInput naming the file and the first thing that is wrong with it.
        """
        stock = self._stock()
        decoder = read_tuned_decoder(path, stock=stock)
        origin = {"imported_from": path.name, "sha256": sha256_of(path)}
        return self._versions.create(
            write=lambda beside: save_decoder(beside, decoder, {"model": stock.name, **origin}),
            reason=f"imported from {path.name}" + (f": {reason.strip()}" if reason.strip() else ""),
            config=origin,
        )

    def _write(
        self,
        path: Path,
        fmt: DecoderFormat,
        version: DecoderVersion,
        stock: StockWeights,
        decoder: dict[str, Tensor],
    ) -> None:
        if fmt == "pth":
            return write_pth(path, stock=stock, decoder=decoder)
        metadata = _metadata(version, stock)
        if fmt == "safetensors":
            return write_safetensors(path, stock=stock, decoder=decoder, metadata=metadata)
        state = whole_state(stock, decoder)
        return write_onnx(path, graph=self._graph(), state=state, metadata=metadata)


def _metadata(version: DecoderVersion, stock: StockWeights) -> dict[str, str]:
    return {
        "model": stock.name,
        "version": str(version.number),
        "base_sha256": sha256_of(stock.files.decoder),
        "created": version.created_at.isoformat(),
        "exported": datetime.now(UTC).isoformat(timespec="seconds"),
        "reason": version.reason,
    }
