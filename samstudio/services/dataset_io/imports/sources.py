"""The interface of an import's source: which image files there are, and which objects each has.

A source stores nothing; `samstudio.services.dataset_io.imports.folder_import` does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeAlias

from samstudio.domain import Rle, Size
from samstudio.services.dataset_io.imports.folders import is_image_name

Skipped: TypeAlias = tuple[str, str]
"""(name, why) of something that was left out."""


@dataclass(frozen=True)
class FoundObject:
    """One object of an image, before it is stored."""

    category: str
    rle: Rle


@dataclass(frozen=True)
class FoundObjects:
    """The objects of one image, and what was left out."""

    objects: list[FoundObject] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


class ObjectSource(Protocol):
    """The images and objects of one import."""

    def images(self, folder: Path) -> tuple[list[Path], list[Skipped]]:
        """Return the image files to import, in order, and the other files that were left out."""

    def objects(self, path: Path, size: Size) -> FoundObjects:
        """Return the objects of the image at ``path``, one of `images`, whose decoded size is (H, W).

        Raises:
            InvalidInput: What the source holds for the image cannot be used.
        """

    def unmatched(self, paths: Sequence[Path]) -> list[Skipped]:
        """List what the source holds for images that are not among ``paths``."""


def split_by_name(files: Sequence[Path]) -> tuple[list[Path], list[Skipped]]:
    """Split files into those named like images, and the others with a sentence each."""
    others = [(f.name, f"{f.name} is not named like an image") for f in files if not is_image_name(f)]
    return [f for f in files if is_image_name(f)], others
