"""The interface of an import format, and the choice of one by what the files are."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from samstudio.domain import InvalidInput
from samstudio.services.dataset_io.imports.outcomes import readable
from samstudio.services.dataset_io.imports.reading import Reading
from samstudio.services.dataset_io.imports.source.archives import is_archive
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from samstudio.services.images.file_types import READABLE

log = logging.getLogger(__name__)


class Sureness(IntEnum):
    """How sure a format is that files are in it; the surest one reads them."""

    FALLBACK = 0
    """It reads what no other format claims: plain images."""
    LIKELY = 1
    """Names and folders are as the format has them."""
    CERTAIN = 2
    """A file's content says so, and nothing else has such content."""


@dataclass(frozen=True)
class Recognised:
    """A format's claim to files: how sure, and in half a sentence because of what."""

    sureness: Sureness
    because: str


@dataclass(frozen=True)
class ImportRequest:
    """A request to read files.

    ``category``: of the objects, where the format names none. ``source``: the file or
    folder that holds the objects, where a person named it; it may lie outside the tree. None:
    the reader looks for it in the tree. ``split_parts``: each separate part of a mask's value is an object
    of its own.
    """

    category: str = "object"
    source: Path | None = None
    split_parts: bool = False


@dataclass(frozen=True)
class ImportFormat:
    """A layout in which images and their objects are read.

    ``name``: what the command line and the API call it. ``label`` and ``description``:
    what people call it, and what it is. ``recognise``: the claim to files, found without
    decoding an image; None where they are in another format; it raises nothing. ``read``: finds what there
    is, and raises InvalidInput only where nothing of it can be used.
    """

    name: str
    label: str
    description: str
    recognise: Callable[[FileTree], Recognised | None]
    read: Callable[[FileTree, ImportRequest], Reading]


class AmbiguousFormat(InvalidInput):
    """An error: files may be in several formats; ``formats`` are their names."""

    def __init__(self, message: str, *, formats: tuple[str, ...]) -> None:
        super().__init__(message)
        self.formats = formats


def recognise(tree: FileTree, formats: Iterable[ImportFormat]) -> ImportFormat:
    """Return the one of ``formats`` that is surest of its claim.

    Raises:
        AmbiguousFormat: Several are equally sure.
        InvalidInput: None claims the files.
    """
    claims = [(claim, one) for one in formats if (claim := _claim(tree, one)) is not None]
    if not claims:
        raise InvalidInput(_nothing(tree))
    best = max(claim.sureness for claim, _ in claims)
    surest = [(claim, one) for claim, one in claims if claim.sureness == best]
    if len(surest) > 1:
        choices = " or ".join(f"{one.name} ({one.label}: {claim.because})" for claim, one in surest)
        names = tuple(one.name for _, one in surest)
        raise AmbiguousFormat(f"{tree.title} may be in several formats: choose {choices}", formats=names)
    return surest[0][1]


def _nothing(tree: FileTree) -> str:
    """Return the sentence on files that are in no format."""
    where = tree.title or "the source"
    archives = ", ".join(name for name in tree if is_archive(name))
    if archives:
        return (
            f"{where} holds archives and nothing else that can be read: import {readable(archives)} by itself"
        )
    return f"{where} holds no image and no annotation file: {READABLE} files can be read"


def _claim(tree: FileTree, one: ImportFormat) -> Recognised | None:
    """Return a format's claim; one that fails on files it was not made for claims nothing."""
    try:
        return one.recognise(tree)
    except Exception as error:
        log.error("the format %s failed on files that it was shown: %r", one.name, error)
        return None
