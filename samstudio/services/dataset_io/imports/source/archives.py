"""Archives as sources: a zip or tar unpacked into a folder, entry by entry.

Nothing is written outside that folder, and no more than the archive's size makes plausible.
An entry that is refused is named with the reason, and costs nothing but itself.
"""

from __future__ import annotations

import errno
import shutil
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from lzma import LZMAError
from pathlib import Path
from typing import IO

from samstudio.domain import InvalidInput, Unavailable
from samstudio.services.dataset_io.imports.outcomes import readable
from samstudio.services.dataset_io.imports.reading import EntryKind, Skipped
from samstudio.services.dataset_io.imports.source.safe_paths import safe_path

ZIP = (".zip",)
TAR = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")

GIGABYTE = 10**9
RESERVE = 64 * 10**6
"""Bytes that stay free on the disk."""

FULL = (errno.ENOSPC, errno.EDQUOT)
"""What a full disk says."""

DAMAGE = (
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error, LZMAError, struct.error),
    *(EOFError, ValueError, LookupError, RuntimeError, OverflowError),
)
"""What the readers of archives raise for bytes that are none: a damaged header may say anything."""

CHUNK = 1 << 20
UTF8_FLAG = 0x800
ENCRYPTED_FLAG = 0x1


@dataclass(frozen=True)
class UnpackLimits:
    """What an archive may unpack to; more is taken for an attack on the disk.

    ``ratio``: times the archive's own size, where that is more than ``least_bytes``.
    """

    entries: int = 1_000_000
    ratio: float = 200.0
    least_bytes: int = 2 * GIGABYTE

    def most_bytes(self, archive: Path) -> int:
        """Return how many bytes the archive at a path may unpack to."""
        return max(self.least_bytes, int(self.ratio * archive.stat().st_size))


def is_archive(name: str) -> bool:
    """Tell whether a file of this name is an archive that `unpack` reads."""
    return name.casefold().endswith((*ZIP, *TAR))


def unpack(
    archive: Path,
    into: Path,
    *,
    name: str,
    limits: UnpackLimits | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> list[Skipped]:
    """Unpack an archive into a folder, which is made; return the entries that were refused.

    Args:
        archive: The file.
        into: The folder; on an error, what is in it is of no use.
        name: What sentences call the archive.
        limits: What it may unpack to.
        cancelled: Asked before each entry; True ends the unpacking.

    Raises:
        InvalidInput: It is no archive, is damaged as a whole, or unpacks to more than the limits.
        Unavailable: The disk is full.
    """
    work = _Unpacking(archive, into, name, limits or UnpackLimits())
    opened = _zip_entries if name.casefold().endswith(ZIP) else _tar_entries
    into.mkdir(parents=True, exist_ok=True)
    try:
        for entry in opened(archive):
            if cancelled and cancelled():
                break
            work.take(entry)
    except DAMAGE as error:
        work.ends_early(error)
    except OSError as error:
        raise _disk_error(name, error) from error
    return work.skipped


@dataclass(frozen=True)
class _Entry:
    """An entry of an archive; ``refusal`` says why it is not taken, whatever it holds."""

    name: str
    open: Callable[[], IO[bytes] | None]
    refusal: str = ""


class _Unpacking:
    """What was written so far, and what was refused."""

    def __init__(self, archive: Path, into: Path, name: str, limits: UnpackLimits) -> None:
        self.skipped: list[Skipped] = []
        self._into = into
        self._name = readable(name)
        self._limits = limits
        self._most = limits.most_bytes(archive)
        self._bytes = 0
        self._entries = 0
        self._files: set[Path] = set()

    def take(self, entry: _Entry) -> None:
        """Write one entry, or note why it was refused.

        Raises:
            InvalidInput: The limits are reached.
            Unavailable: The disk is full.
        """
        self._entries += 1
        if self._entries > self._limits.entries:
            raise InvalidInput(
                f"{self._name} has more than {self._limits.entries:,} entries: it was not unpacked"
            )
        if entry.refusal:
            self._skip(entry.name, entry.refusal)
            return
        try:
            path = self._into / safe_path(entry.name.removeprefix("./"))
            self._check_free(path)
            self._write(entry, path)
        except InvalidInput as error:
            if isinstance(error, _TooMuch):
                raise
            self._skip(entry.name, str(error))

    def ends_early(self, error: Exception) -> None:
        """Note that the rest cannot be read; where nothing came before, that is the whole archive.

        Raises:
            InvalidInput: No entry could be read.
        """
        if not self._files:
            raise InvalidInput(f"{self._name} cannot be unpacked: {_said(error)}") from error
        why = f"{self._name} is damaged after {len(self._files):,} files: {_said(error)}"
        self.skipped.append(Skipped(self._name, why, code="archive_damaged", kind=EntryKind.FILE))

    def _check_free(self, path: Path) -> None:
        if path in self._files:
            raise InvalidInput("an entry of the same name came before")
        if any(parent in self._files for parent in path.parents):
            raise InvalidInput("a file of the name of its folder came before")
        if path.is_dir():
            raise InvalidInput("a folder of the same name came before")

    def _write(self, entry: _Entry, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with _reading(entry) as source, path.open("wb") as target:
                self._files.add(path)
                while chunk := source.read(CHUNK):
                    self._count(len(chunk))
                    target.write(chunk)
        except InvalidInput:
            path.unlink(missing_ok=True)
            self._files.discard(path)
            raise
        except OSError as error:
            if error.errno in FULL:
                raise
            raise InvalidInput(f"it cannot be unpacked: {error.strerror or _said(error)}") from error

    def _count(self, size: int) -> None:
        self._bytes += size
        if self._bytes > self._most:
            raise _TooMuch(
                f"{self._name} unpacks to more than {self._most / GIGABYTE:.1f} GB, which its own size does "
                "not make plausible: it was not taken"
            )
        if shutil.disk_usage(self._into).free < RESERVE:
            raise Unavailable(f"{self._name} was not unpacked: the disk is full")

    def _skip(self, name: str, why: str) -> None:
        shown = f"{self._name}: {readable(name) or 'an entry without a name'}"
        self.skipped.append(Skipped(shown, why, code="archive_entry", kind=EntryKind.FILE))


class _TooMuch(InvalidInput):
    """An error: the archive as a whole is refused."""


@contextmanager
def _reading(entry: _Entry) -> Iterator[IO[bytes]]:
    """Open an entry; what goes wrong while it is read costs this entry alone.

    Raises:
        InvalidInput: It cannot be read.
    """
    try:
        source = entry.open()
        if source is None:
            raise InvalidInput("it cannot be read")
        with source:
            yield source
    except DAMAGE as error:
        raise InvalidInput(f"it cannot be read: {_said(error)}") from error


def _zip_entries(archive: Path) -> Iterator[_Entry]:
    with zipfile.ZipFile(archive) as opened:
        for info in opened.infolist():
            if not info.is_dir():
                yield _Entry(_zip_name(info), partial(opened.open, info), _zip_refusal(info))


def _zip_refusal(info: zipfile.ZipInfo) -> str:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if info.flag_bits & ENCRYPTED_FLAG:
        return "it is encrypted"
    if kind == stat.S_IFLNK:
        return "it is a link"
    return "" if kind in (0, stat.S_IFREG) else "it is a special file"


def _zip_name(info: zipfile.ZipInfo) -> str:
    """Return an entry's name; where it is not said to be UTF-8, as the system that wrote it meant it."""
    if info.flag_bits & UTF8_FLAG:
        return info.filename
    try:
        written = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for encoding in ("utf-8", "cp932"):
        try:
            return written.decode(encoding).replace("\\", "/")
        except UnicodeDecodeError:
            continue
    return info.filename


def _tar_entries(archive: Path) -> Iterator[_Entry]:
    with tarfile.open(archive, "r:*") as opened:
        for member in opened:
            if not member.isdir():
                yield _Entry(member.name, partial(opened.extractfile, member), _tar_refusal(member))


def _tar_refusal(member: tarfile.TarInfo) -> str:
    if member.issym() or member.islnk():
        return "it is a link"
    return "" if member.isfile() else "it is a special file"


def _said(error: Exception) -> str:
    return readable(str(error) or type(error).__name__, 200)


def _disk_error(name: str, error: OSError) -> InvalidInput | Unavailable:
    if error.errno in FULL:
        return Unavailable(f"{readable(name)} was not unpacked: the disk is full")
    # Compressed streams report damage as OSError without a number.
    return InvalidInput(f"{readable(name)} cannot be unpacked: {readable(error.strerror or str(error), 200)}")
