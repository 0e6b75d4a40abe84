"""The files of one import session: put one by one, each whole or not at all, and listed."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from samstudio.domain import InvalidInput, Unavailable
from samstudio.services.dataset_io.imports.outcomes import readable
from samstudio.services.dataset_io.imports.source.archives import FULL, RESERVE
from samstudio.services.dataset_io.imports.source.safe_paths import safe_path


@dataclass(frozen=True)
class StagedFile:
    """A file that has arrived whole: its relative path and its size in bytes."""

    path: str
    size: int


class StagedFiles:
    """The uploaded files of a session, in a folder of their own; the same path again replaces a file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "uploads"
        self._incoming = folder / "incoming"

    @contextmanager
    def receiving(self, name: str, *, size: int | None) -> Iterator[Path]:
        """Provide a path to write a file's bytes to; it is put in place unless something is raised.

        Args:
            name: The relative path that the file is to have.
            size: Its bytes, where they are known beforehand.

        Raises:
            InvalidInput: The name cannot be one, is a folder here, or other than ``size`` bytes arrived.
            Unavailable: The disk is full, or refuses the file for another reason.
        """
        path = self._target(safe_path(name))
        _check_room(self.folder.parent, name, size)
        temporary = self._incoming / secrets.token_hex(8)
        try:
            self._incoming.mkdir(parents=True, exist_ok=True)
            yield temporary
            _check_whole(temporary, name, size)
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary.replace(path)
        except OSError as error:
            raise _not_stored(name, error, self.folder.parent) from error
        finally:
            temporary.unlink(missing_ok=True)

    def list(self) -> list[StagedFile]:
        """List what has arrived, by path."""
        found = (Path(folder) / name for folder, _, names in os.walk(self.folder) for name in names)
        sizes = ((path.relative_to(self.folder).as_posix(), path.stat().st_size) for path in found)
        return [StagedFile(path, size) for path, size in sorted(sizes)]

    def remove(self, name: str) -> None:
        """Remove a file; nothing happens where there is none.

        Raises:
            InvalidInput: The name cannot be one.
        """
        path = self.folder / safe_path(name)
        if path.is_file():
            path.unlink()

    def _target(self, relative: PurePosixPath) -> Path:
        """Return the path on disk, where no file is in the place of a folder, nor the other way round.

        Raises:
            InvalidInput: One is.
        """
        path = self.folder / relative
        if path.is_dir():
            raise InvalidInput(
                f"{readable(str(relative))} is a folder in this import, and cannot be a file too"
            )
        for parent in relative.parents[:-1]:
            if (self.folder / parent).is_file():
                raise InvalidInput(
                    f"{readable(str(parent))} is a file in this import, and cannot be a folder too"
                )
        return path


def _check_room(folder: Path, name: str, size: int | None) -> None:
    free = shutil.disk_usage(folder).free
    if (size or 0) + RESERVE > free:
        left = max(0, free - RESERVE)
        raise Unavailable(
            f"{readable(name)} ({megabytes(size or 0)}) was not stored: the server's disk has room for "
            f"{megabytes(left)} more"
        )


def _check_whole(temporary: Path, name: str, size: int | None) -> None:
    arrived = temporary.stat().st_size if temporary.exists() else 0
    if size is not None and arrived != size:
        raise InvalidInput(f"of {readable(name)}, {arrived} of {size} bytes arrived: send it again")
    temporary.touch()


def _not_stored(name: str, error: OSError, folder: Path) -> Unavailable:
    if error.errno in FULL:
        free = shutil.disk_usage(folder).free
        return Unavailable(
            f"{readable(name)} was not stored: the server's disk is full ({megabytes(free)} free)"
        )
    return Unavailable(f"{readable(name)} was not stored: {error.strerror or error}")


def megabytes(size: int) -> str:
    """Return bytes as megabytes for a person, such as ``3.4 MB``."""
    return f"{size / 1e6:.1f} MB"
