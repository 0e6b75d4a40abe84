"""The interface of an import format."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from samstudio.services.dataset_io.imports.sources import ObjectSource


@dataclass(frozen=True)
class ImportRequest:
    """A request to import.

    ``images``: the folder of images. ``source``: the file or folder that holds
    the objects; ``images`` itself for a format that needs no other.
    ``category``: of the objects, where the format names none.
    """

    images: Path
    source: Path
    category: str


@dataclass(frozen=True)
class ImportFormat:
    """A layout in which images and their objects are read.

    ``name``: its keyword of `DatasetService.import_folder`. ``label`` and
    ``description``: what people call it, and what its source is. ``open``:
    reads what it must to begin, and raises InvalidInput when that cannot be used.
    """

    name: str
    label: str
    description: str
    open: Callable[[ImportRequest], ObjectSource]
