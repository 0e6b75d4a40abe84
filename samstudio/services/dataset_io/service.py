"""The dataset as a whole: import of folders, export to folders, and statistics."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from samstudio.domain import AnnotationStatus, Category, InvalidInput, Unavailable
from samstudio.services.annotations import AnnotationService
from samstudio.services.dataset_io.exports import EXPORT_FORMATS
from samstudio.services.dataset_io.exports.choice import ExportChoice
from samstudio.services.dataset_io.exports.folder import ExportFolder
from samstudio.services.dataset_io.exports.notes import Notes, write_notes
from samstudio.services.dataset_io.exports.source import ExportReport, ExportSource
from samstudio.services.dataset_io.imports.command import image_tree, named_objects, opened_sources
from samstudio.services.dataset_io.imports.options import ImportOptions, ImportProgress
from samstudio.services.dataset_io.imports.plan import ImportPlan
from samstudio.services.dataset_io.imports.report import ImportReport
from samstudio.services.dataset_io.imports.service import Importer
from samstudio.services.dataset_io.own_files import notes_name
from samstudio.services.images import ImageService
from samstudio.services.proposals.boxes import PendingBoxes


@dataclass(frozen=True)
class DatasetStats:
    """Statistics of the dataset.

    The annotations are counted by status; ``categories`` holds each category
    with the number of its accepted ones. ``image_bytes``: the size of the
    stored image files.
    """

    images: int
    images_with_accepted: int
    accepted: int
    proposed: int
    rejected: int
    categories: list[tuple[Category, int]]
    image_bytes: int


class DatasetService:
    """Import and export of the dataset, in the formats that are registered."""

    def __init__(
        self, *, images: ImageService, annotations: AnnotationService, boxes: PendingBoxes | None = None
    ) -> None:
        """Work on these services; ``boxes``: where boxes that come in without a mask wait for one."""
        self._images = images
        self._annotations = annotations
        self.imports = Importer(images=images, annotations=annotations, boxes=boxes)
        """The one way in: plan and import of files in any registered format."""

    @property
    def formats(self) -> tuple[str, ...]:
        """The names of what `export` can write."""
        return EXPORT_FORMATS.names()

    def import_folder(
        self,
        images: Path,
        *,
        category: str = "object",
        limit: int | None = None,
        status: AnnotationStatus = AnnotationStatus.ACCEPTED,
        progress: ImportProgress | None = None,
        **sources: Path | None,
    ) -> ImportReport:
        """Import a folder of images, with their objects where a source of them is given.

        What cannot be imported is reported by name and does not stop the rest;
        importing twice adds nothing.

        Args:
            images: The folder; the folders below it belong to it.
            category: The category of the objects, where the format names none.
            limit: Import only so many images, the first by name; None: all.
            status: The status of the imported objects.
            progress: Called before each image and at the end.
            **sources: One of the import formats by name, with the path that it
                needs: ``masks=`` a folder of label masks, or ``coco=`` a file.

        Raises:
            InvalidInput: A folder or file is missing, the images folder holds no image, there are two
                sources, or the limit is less than 1.
        """
        name, source = named_objects(sources)
        options = ImportOptions(name, category, status, source, limit)
        return self.imports.apply(image_tree(images), options, progress=progress)

    def plan(
        self, *sources: Path, options: ImportOptions | None = None, progress: ImportProgress | None = None
    ) -> ImportPlan:
        """Tell what `apply` would do with folders, files and archives, and write nothing.

        Args:
            *sources: What to import, in any format that is known.
            options: The format, where it is not to be recognised, and other choices.
            progress: Called before each image and at the end.

        Raises:
            AmbiguousFormat: The sources may be in several formats.
            InvalidInput: A source is missing, or nothing in it can be read.
        """
        with opened_sources(sources) as tree:
            return self.imports.plan(tree, options, progress=progress)

    def apply(
        self, *sources: Path, options: ImportOptions | None = None, progress: ImportProgress | None = None
    ) -> ImportReport:
        """Import folders, files and archives; a second time it adds nothing.

        Args:
            *sources: As of `plan`.
            options: As of `plan`.
            progress: As of `plan`.

        Raises:
            AmbiguousFormat: The sources may be in several formats.
            InvalidInput: A source is missing, or nothing in it can be read.
            Unavailable: The database cannot be written.
        """
        with opened_sources(sources) as tree:
            return self.imports.apply(tree, options, progress=progress)

    def export(self, name: str, out: Path, choice: ExportChoice | None = None) -> ExportReport:
        """Write the chosen annotations and their images into a folder.

        What an earlier export of the format left there is replaced by the
        present state. Files of other origin, and own ones that somebody changed,
        are never touched. What is left out is counted and named in the report's
        notes, and in a text file beside the export.

        Args:
            name: The format, one of `formats`.
            out: The folder, made when it does not exist.
            choice: What to write; None: every accepted object, with its image.

        Raises:
            InvalidInput: The format is unknown, ``out`` is a file, nothing is chosen, the format cannot
                hold the dataset, or files that are not the export's own are in the way.
            Conflict: Another export into the folder is being written.
            Unavailable: A file cannot be written.
        """
        chosen = EXPORT_FORMATS.get(name)
        _check_folder(out)
        if self._images.keeps_files_in(out, out / "images"):
            raise InvalidInput(f"{out} is where the dataset's own images are: export into another folder")
        source = ExportSource(images=self._images, annotations=self._annotations, choice=choice)
        try:
            with ExportFolder(out, name) as folder:
                report = chosen.write(source, folder.staging)
                report.notes += source.notes.sentences()
                write_notes(report.notes, folder.staging / notes_name(name))
                notes = Notes()
                folder.install(notes)
                report.notes += notes.sentences()
        except OSError as error:
            raise Unavailable(f"the export to {out} failed: {error}") from error
        return report

    def stats(self) -> DatasetStats:
        """Count images, annotations, categories and bytes, by queries that load no annotation."""
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


def _check_folder(out: Path) -> None:
    """Check that a path can be that of a folder.

    Raises:
        InvalidInput: It is a file, a link to nothing, or no path that the system knows.
        Unavailable: It is below a file or a link to nothing.
    """
    if "\0" in str(out):
        raise InvalidInput(f"{str(out)!r} is no path of a folder")
    try:
        there = next(path for path in (out, *out.parents) if os.path.lexists(path))
        is_folder = there.is_dir()
        out.lstat()
    except FileNotFoundError:
        pass
    except NotADirectoryError:
        is_folder = False
    except OSError as error:
        raise InvalidInput(f"{out} cannot be exported into: {error.strerror or error}") from error
    if not is_folder:
        what = "a link to nothing" if there.is_symlink() else "a file"
        if there == out:
            raise InvalidInput(f"{out} is {what}: name a folder to export into")
        raise Unavailable(f"the export to {out} failed: {there} is {what} and no folder")
