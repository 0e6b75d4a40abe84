"""A folder of images, without objects."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from samstudio.domain import Size
from samstudio.services.dataset_io.imports.folders import visible_files
from samstudio.services.dataset_io.imports.format import ImportFormat
from samstudio.services.dataset_io.imports.sources import FoundObjects, Skipped, split_by_name


class ImageFolder:
    """A folder of images without objects."""

    def images(self, folder: Path) -> tuple[list[Path], list[Skipped]]:
        """Return every file of the folder that is named like an image, and the others."""
        return split_by_name(visible_files(folder))

    def objects(self, path: Path, size: Size) -> FoundObjects:  # noqa: ARG002
        """Return no objects."""
        return FoundObjects()

    def unmatched(self, paths: Sequence[Path]) -> list[Skipped]:  # noqa: ARG002
        """Return nothing: there are no objects without an image."""
        return []


IMAGES = ImportFormat(
    name="images",
    label="images alone",
    description="a folder of images",
    open=lambda _request: ImageFolder(),
)
