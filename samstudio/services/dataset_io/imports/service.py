"""The one way in, behind browser, REST and command line: source, reader, plan, import."""

from __future__ import annotations

import logging
from collections.abc import Callable, Set

from sqlalchemy.exc import SQLAlchemyError

from samstudio.domain import InvalidInput, StudioError, Unavailable
from samstudio.services.annotations import AnnotationService
from samstudio.services.dataset_io.imports.apply import StoringTarget
from samstudio.services.dataset_io.imports.folder_groups import group_by_folder
from samstudio.services.dataset_io.imports.formats import (
    IMPORT_FORMATS,
    ImportFormat,
    ImportRequest,
    recognise,
)
from samstudio.services.dataset_io.imports.known import known_keys
from samstudio.services.dataset_io.imports.options import AUTO, ImportOptions, ImportProgress
from samstudio.services.dataset_io.imports.pages import ImageFiles
from samstudio.services.dataset_io.imports.plan import DryTarget, ImportPlan
from samstudio.services.dataset_io.imports.reading import Reading
from samstudio.services.dataset_io.imports.report import ImportReport, report_of
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from samstudio.services.dataset_io.imports.source.stored import StoredImage
from samstudio.services.dataset_io.imports.walk import ImportWalk
from samstudio.services.images import ImageService
from samstudio.services.proposals.boxes import PendingBoxes

log = logging.getLogger(__name__)


class Importer:
    """Plans and runs imports into one dataset."""

    def __init__(
        self, *, images: ImageService, annotations: AnnotationService, boxes: PendingBoxes | None = None
    ) -> None:
        """Import into these services; without ``boxes``, objects that have no mask are left out."""
        self._images = images
        self._annotations = annotations
        self._boxes = boxes

    def look_beside(self, tree: FileTree) -> None:
        """Let the readers of a tree see the images of the dataset, which masks that come alone may mean."""
        tree.look_up = self._stored

    def _stored(self) -> list[StoredImage]:
        return [StoredImage(one.id, one.filename, one.size) for one in self._images.list()]

    def plan(
        self,
        tree: FileTree,
        options: ImportOptions | None = None,
        *,
        progress: ImportProgress | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> ImportPlan:
        """Tell what `apply` would do, and write nothing.

        Args:
            tree: The files of the source.
            options: What a person decided; None: the defaults.
            progress: Called before each image and at the end.
            cancelled: Asked before each image; True ends the plan there.

        Raises:
            AmbiguousFormat: The files may be in several formats.
            InvalidInput: The files are in no format, or nothing of them can be read.
        """
        options = options or ImportOptions()
        files = ImageFiles(self._images, options)
        self.look_beside(tree)
        chosen, reading = _read(tree, options, files)
        target = DryTarget(
            images=self._images, files=files, known=self._known, takes_boxes=self._boxes is not None
        )
        tally = ImportWalk(tree, reading, options, target).run(progress=progress, cancelled=cancelled)
        return ImportPlan(chosen.name, tally, reading, tree)

    def apply(
        self,
        tree: FileTree,
        options: ImportOptions | None = None,
        *,
        progress: ImportProgress | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> ImportReport:
        """Import what there is; what cannot be taken is reported and does not stop the rest.

        Done twice, it adds nothing the second time. What was stored before it was cancelled stays.

        Args:
            tree: The files of the source.
            options: What a person decided; None: the defaults.
            progress: Called before each image and at the end.
            cancelled: Asked before each image; True ends the import there.

        Raises:
            AmbiguousFormat: The files may be in several formats.
            InvalidInput: The files are in no format, or nothing of them can be read.
            Unavailable: The database cannot be written.
        """
        options = options or ImportOptions()
        files = ImageFiles(self._images, options)
        self.look_beside(tree)
        chosen, reading = _read(tree, options, files)
        target = StoringTarget(
            images=self._images,
            annotations=self._annotations,
            boxes=self._boxes,
            files=files,
            known=self._known,
            reading=reading,
        )
        walk = ImportWalk(tree, reading, options, target)
        try:
            return report_of(walk.run(progress=progress, cancelled=cancelled), chosen.name)
        except SQLAlchemyError as error:
            cause = getattr(error, "orig", None) or error
            raise Unavailable(
                f"the import stopped, since the database cannot be written: {cause}; "
                "what came in before stays, and importing again goes on from there"
            ) from error

    def _known(self, image_id: str) -> Set[str]:
        waiting = self._boxes.keys(image_id) if self._boxes else frozenset()
        return known_keys(self._annotations, image_id) | waiting


def _read(tree: FileTree, options: ImportOptions, files: ImageFiles) -> tuple[ImportFormat, Reading]:
    chosen = recognise(tree) if options.format == AUTO else IMPORT_FORMATS.get(options.format)
    request = ImportRequest(options.category, options.source, options.split_parts)
    try:
        reading = chosen.read(tree, request)
    except StudioError:
        raise
    except Exception as error:
        log.error("the format %s failed: %r", chosen.name, error)
        log.debug("where it failed", exc_info=True)
        raise InvalidInput(
            f"{tree.title or 'the source'} could not be read as {chosen.label}, "
            f"which is a fault of this program; please report it ({type(error).__name__}: {error})"
        ) from error
    if options.group_by_folder:
        group_by_folder(reading)
    files.expand(reading)
    return chosen, reading
