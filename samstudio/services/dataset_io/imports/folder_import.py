"""Import of a folder of images, with or without objects: what cannot be imported is reported.

One bad file never stops the others, and importing twice adds nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from samstudio.domain import AnnotationStatus, Image, InvalidInput, NewAnnotation
from samstudio.services.annotations import AnnotationService
from samstudio.services.dataset_io.imports.folders import checked_folder
from samstudio.services.dataset_io.imports.sources import FoundObject, ObjectSource, Skipped
from samstudio.services.images import ImageService
from samstudio.services.images.file_types import READABLE

ImportProgress: TypeAlias = Callable[[int, int, str], None]
"""Called with (files done, files in all, the name of the next one)."""


@dataclass
class ImportReport:
    """The result of an import.

    ``images`` and ``annotations`` are newly added; ``known_…`` were there
    already. ``skipped``: (name, why) of everything left out.
    """

    images: int = 0
    annotations: int = 0
    known_images: int = 0
    known_annotations: int = 0
    skipped: list[Skipped] = field(default_factory=list)


class FolderImport:
    """One import: the services it uses, and the report it fills."""

    def __init__(
        self,
        *,
        images: ImageService,
        annotations: AnnotationService,
        source: ObjectSource,
        status: AnnotationStatus,
    ) -> None:
        self._images = images
        self._annotations = annotations
        self._source = source
        self._status = status
        self._report = ImportReport()

    def run(self, folder: Path, *, limit: int | None, progress: ImportProgress | None) -> ImportReport:
        """Import the folder's images.

        Args:
            folder: The folder.
            limit: Import only so many images, the first by name; None: all.
            progress: Called before each image and at the end.

        Raises:
            InvalidInput: The folder is missing or holds no image.
        """
        every, others = self._source.images(checked_folder(folder, what="images"))
        if not every:
            raise InvalidInput(f"{folder} holds no image: {READABLE} files can be read")
        paths = every[:limit]
        for done, path in enumerate(paths):
            if progress:
                progress(done, len(paths), path.name)
            self._import(path)
        if progress:
            progress(len(paths), len(paths), "")
        self._report.skipped += [*others, *self._source.unmatched(every)]
        return self._report

    def _import(self, path: Path) -> None:
        try:
            added = self._images.add(path.read_bytes(), filename=path.name)
            self._report.images += added.created
            self._report.known_images += not added.created
            found = self._source.objects(path, added.image.size)
            self._report.skipped += found.skipped
            self._store(added.image, found.objects)
        except InvalidInput as error:
            self._report.skipped.append((path.name, str(error)))
        except OSError as error:
            self._report.skipped.append((path.name, f"{path.name} cannot be read: {error.strerror or error}"))

    def _store(self, image: Image, objects: list[FoundObject]) -> None:
        """Add the objects whose mask the image does not have yet, in whatever status.

        A mask that a person rejected here is not brought back by a second import.
        """
        known = {str(known.rle["counts"]) for known in self._annotations.list(image.id)}
        fresh = {str(found.rle["counts"]): found for found in objects if found.rle["counts"] not in known}
        self._annotations.add_many(
            [NewAnnotation(image.id, each.category, each.rle, status=self._status) for each in fresh.values()]
        )
        self._report.annotations += len(fresh)
        self._report.known_annotations += len(objects) - len(fresh)
