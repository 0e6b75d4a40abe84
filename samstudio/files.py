"""Files written to a temporary name and renamed: a reader sees the old file or the whole new one.

Also the hash of a file's content.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def beside(path: Path, *, only_writer: bool = False) -> Iterator[Path]:
    """Provide a temporary path in the folder of ``path``; a file still there at the end is deleted.

    The temporary name keeps the suffix, since some writers choose the format by
    it. Where no other process or thread ever writes ``path``, ``only_writer`` uses one fixed
    name, so that a killed process leaves at most one partial file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = "" if only_writer else f".{os.getpid()}-{secrets.token_hex(4)}"
    temporary = path.with_name(f".{path.stem}{writer}.part{path.suffix}")
    try:
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def put_in_place(temporary: Path, path: Path, *, durable: bool = True) -> None:
    """Rename a finished temporary file to ``path``, after flushing it to the disk if ``durable``."""
    if durable:
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
    temporary.replace(path)


def write_with(path: Path, write: Callable[[Path], object], *, durable: bool = True) -> None:
    """Let ``write`` fill a temporary file, then rename it to ``path``; nothing is left if it fails."""
    with beside(path) as temporary:
        write(temporary)
        put_in_place(temporary, path, durable=durable)


def write_text(path: Path, text: str) -> None:
    """Write a text file, UTF-8, atomically as `write_with` does."""
    write_with(path, lambda temporary: temporary.write_text(text, encoding="utf-8"))


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file's content as 64 hex digits.

    Raises:
        OSError: The file cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
