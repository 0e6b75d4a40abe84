"""Export of decoder versions as files for use elsewhere, and import of such files as the next version."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from samstudio.domain import STOCK_VERSION, DecoderVersion, InvalidInput
from samstudio.files import sha256_of, write_with
from samstudio.records import VersionConfig
from samstudio.sam.decoder import load_decoder_state, save_decoder
from samstudio.sam.models import StockWeights
from samstudio.sam.transfer import DECODER_FORMATS, ExportedDecoder
from samstudio.sam.transfer.reading import read_tuned_decoder
from samstudio.sam.transfer.state import decoder_weights
from samstudio.services.versions.service import VersionService


@dataclass(frozen=True)
class ExportedFile:
    """One file written.

    ``bytes``: its size. ``sha256``: of its content, 64 hex digits. ``note`` says
    in a sentence what is not in it; empty when nothing is missing.
    """

    version: int
    model: str
    format: str
    path: Path
    bytes: int
    sha256: str
    note: str


class TransferService:
    """The export of versions, in the formats that are registered, and the import of tuned decoders.

    ``stock`` reads the model's weights (they are not kept: a ViT's are large),
    ``graph`` says where the published ``sam.onnx`` is. Both may raise Unavailable.
    """

    def __init__(
        self, *, versions: VersionService, stock: Callable[[], StockWeights], graph: Callable[[], Path]
    ) -> None:
        self._versions = versions
        self._stock = stock
        self._graph = graph

    def export_version(self, number: int | None, name: str, path: Path) -> ExportedFile:
        """Write a version to a file, under a temporary name that is then renamed.

        Args:
            number: The version; None is the live one, 0 is stock.
            name: The format, one of `DECODER_FORMATS`.
            path: The file to write.

        Raises:
            InvalidInput: The format is unknown, ``path`` is a folder or in a folder that does not exist,
                or the version is another model's.
            NotFound: There is no such version.
            Unavailable: Weights that are needed cannot be had.
        """
        chosen = DECODER_FORMATS.get(name)
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
        exported = ExportedDecoder(stock, decoder, _metadata(version, stock), self._graph)
        write_with(path, lambda beside: chosen.write(beside, exported), durable=False)
        return ExportedFile(
            version=version.number,
            model=stock.name,
            format=chosen.name,
            path=path,
            bytes=path.stat().st_size,
            sha256=sha256_of(path),
            note=chosen.what_is_missing(stock),
        )

    def import_version(self, path: Path, *, reason: str = "") -> DecoderVersion:
        """Make the mask decoder in a file the next version; it is not made live.

        Raises:
            InvalidInput: It cannot be used; the sentence names the file and the first thing that is wrong.
            Unavailable: The model's own weights cannot be had.
        """
        stock = self._stock()
        decoder = read_tuned_decoder(path, stock=stock)
        origin = {"imported_from": path.name, "sha256": sha256_of(path)}
        return self._versions.create(
            write=lambda beside: save_decoder(beside, decoder, {"model": stock.name, **origin}),
            reason=f"imported from {path.name}" + (f": {reason.strip()}" if reason.strip() else ""),
            config=VersionConfig.from_json(origin),
        )


def _metadata(version: DecoderVersion, stock: StockWeights) -> dict[str, str]:
    return {
        "model": stock.name,
        "version": str(version.number),
        "base_sha256": sha256_of(stock.files.decoder),
        "created": version.created_at.isoformat(),
        "exported": datetime.now(UTC).isoformat(timespec="seconds"),
        "reason": version.reason,
    }
