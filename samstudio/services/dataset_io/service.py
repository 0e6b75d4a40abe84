"""The dataset as a whole: folders in, folders out, and what there is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from samstudio.domain import AnnotationStatus, Category, InvalidInput, Unavailable
from samstudio.services.annotations import AnnotationService
from samstudio.services.dataset_io.coco_source import CocoFile
from samstudio.services.dataset_io.export_source import ExportReport, ExportSource
from samstudio.services.dataset_io.exporting import FORMATS, Exporter
from samstudio.services.dataset_io.folder_import import FolderImport, ImportReport, Progress
from samstudio.services.dataset_io.folders import checked_folder
from samstudio.services.dataset_io.sources import MaskFolder, NoObjects, ObjectSource
from samstudio.services.images import ImageService


@dataclass(frozen=True)
class DatasetStats:
    """What there is; ``categories`` with how many accepted annotations each has."""

    images: int
    images_with_accepted: int
    accepted: int
    proposed: int
    rejected: int
    categories: list[tuple[Category, int]]
    image_bytes: int


class DatasetService:
    """Imports and exports; ``formats`` are the exporters by name."""

    def __init__(
        self,
        *,
        images: ImageService,
        annotations: AnnotationService,
        formats: Mapping[str, Exporter] = FORMATS,
    ) -> None:
        self._images = images
        self._annotations = annotations
        self._formats = formats

    @property
    def formats(self) -> tuple[str, ...]:
        """What `export` can write."""
        return tuple(self._formats)

    def import_folder(
        self,
        images: Path,
        *,
        masks: Path | None = None,
        coco: Path | None = None,
        category: str = "object",
        limit: int | None = None,
        status: AnnotationStatus = AnnotationStatus.ACCEPTED,
        progress: Progress | None = None,
    ) -> ImportReport:
        """Import a folder of images with the objects of ``masks`` (a folder) or ``coco`` (a file).

        ``category`` names the objects of masks; ``limit`` takes the first
        images by name. What cannot come in is reported by name and does not
        stop the rest; importing twice adds nothing. Raises InvalidInput when a
        folder or file is missing or the images folder holds no image.
        """
        if limit is not None and limit < 1:
            raise InvalidInput(f"the limit is {limit}: take at least 1 image")
        source = _source(checked_folder(images, what="images"), masks, coco, category)
        run = FolderImport(images=self._images, annotations=self._annotations, source=source, status=status)
        return run.run(images, limit=limit, progress=progress)

    def export(self, name: str, out: Path) -> ExportReport:
        """Write the accepted annotations and their images into a folder, in one of `formats`.

        Overwrites the files of an earlier export there and leaves others
        alone. Raises InvalidInput for an unknown format, a folder that is a
        file, or when nothing is accepted; Unavailable when it cannot be written.
        """
        exporter = self._formats.get(name)
        if exporter is None:
            raise InvalidInput(f"there is no format {name!r}: choose one of {', '.join(self._formats)}")
        if out.exists() and not out.is_dir():
            raise InvalidInput(f"{out} is a file: name a folder to export into")
        try:
            return exporter(ExportSource(images=self._images, annotations=self._annotations), out)
        except OSError as error:
            raise Unavailable(f"the export to {out} failed: {error}") from error

    def export_coco(self, out: Path) -> ExportReport:
        """``export("coco", out)``."""
        return self.export("coco", out)

    def export_masks(self, out: Path) -> ExportReport:
        """``export("masks", out)``."""
        return self.export("masks", out)

    def stats(self) -> DatasetStats:
        """Counts, by the database."""
        counts = self._annotations.counts()
        return DatasetStats(
            images=self._images.count(),
            images_with_accepted=counts.images_with_accepted,
            accepted=counts.accepted,
            proposed=counts.proposed,
            rejected=counts.rejected,
            categories=self._annotations.counts_by_category(),
            image_bytes=self._images.stored_bytes(),
        )


def _source(images: Path, masks: Path | None, coco: Path | None, category: str) -> ObjectSource:
    if masks is not None and coco is not None:
        raise InvalidInput("give either a folder of masks or a COCO file, not both")
    if masks is not None:
        return MaskFolder(masks, category=category)
    if coco is not None:
        return CocoFile(coco, images=images)
    return NoObjects()
