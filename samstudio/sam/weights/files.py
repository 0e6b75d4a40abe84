"""Files of weights: their name, their hash, and where they are published."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from samstudio.domain import Unavailable
from samstudio.files import sha256_of


@dataclass(frozen=True)
class WeightSource:
    """A published file of weights; ``sha256`` may be a prefix, where only that much is published."""

    filename: str
    sha256: str
    url: str
    npm_package: str | None = None
    npm_member: str | None = None


@dataclass(frozen=True)
class WeightFiles:
    """The files of a model: the same one twice when a checkpoint holds both."""

    encoder: Path
    decoder: Path


def mismatch(path: Path, sha256: str) -> str | None:
    """Return why ``path`` is not the file with that sha256 (or a prefix of it); None when it is."""
    try:
        actual = sha256_of(path)
    except OSError as error:
        return f"{path.name} cannot be read: {error.strerror or error}"
    if actual.startswith(sha256):
        return None
    return f"{path.name} has sha256 {actual[: max(12, len(sha256))]}, expected {sha256}"


def checked_in(folder: Path, source: WeightSource) -> Path:
    """Return the path of a source's file in a folder that the user named.

    Raises:
        Unavailable: It is not there, or has another hash.
    """
    problem = mismatch(folder / source.filename, source.sha256)
    if problem:
        raise Unavailable(f"checkpoint {folder}: {problem}")
    return folder / source.filename
