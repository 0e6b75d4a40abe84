"""The import itself: what the plan said, stored image by image and objects many at a time."""

from __future__ import annotations

from collections.abc import Callable, Set

from samstudio.domain import NewAnnotation, StudioError, Unavailable
from samstudio.services.annotations import AnnotationService
from samstudio.services.dataset_io.imports.names import category_name
from samstudio.services.dataset_io.imports.outcomes import Tally
from samstudio.services.dataset_io.imports.pages import ImageFiles, remarks
from samstudio.services.dataset_io.imports.reading import (
    CategoryOrigin,
    EntryKind,
    FoundImage,
    Reading,
    Skipped,
)
from samstudio.services.dataset_io.imports.stored_images import image_of_dataset
from samstudio.services.dataset_io.imports.target import PlacedImage
from samstudio.services.images import ImageService, PictureFile
from samstudio.services.proposals.boxes import PendingBox, PendingBoxes

BATCH = 500
"""Objects that are stored in one transaction."""


class StoringTarget:
    """A target that stores images at once, and objects `BATCH` at a time."""

    stores = True

    def __init__(
        self,
        *,
        images: ImageService,
        annotations: AnnotationService,
        boxes: PendingBoxes | None,
        files: ImageFiles,
        known: Callable[[str], Set[str]],
        reading: Reading,
    ) -> None:
        """Store what a reading holds.

        Args:
            images: Where images are stored.
            annotations: Where objects are stored.
            boxes: Where boxes without a mask wait; None: they are left out.
            files: The image files.
            known: Returns the keys of the objects that an image has.
            reading: Its categories are made first, in their order, with the first image.
        """
        self._images = images
        self._files = files
        self._annotations = annotations
        self._boxes = boxes
        self.takes_boxes = boxes is not None
        self.known = known
        self._reading = reading
        self._categories = list(reading.categories)
        self._waiting: list[tuple[str, NewAnnotation]] = []

    def place(self, found: FoundImage, *, lookup: bool) -> PlacedImage:
        """Store an image, unless the dataset has it.

        Raises:
            InvalidInput: It cannot be taken.
            Unavailable: It cannot be stored.
        """
        if found.file is None:
            placed = image_of_dataset(self._images, found, lookup=lookup)
        else:
            placed = self._add(found, self._files.open(found))
        self._make_categories()
        return placed

    def orientation(self, found: FoundImage, placed: PlacedImage) -> int:
        """Return the EXIF orientation that an image's file says."""
        return self._files.orientation(found, placed.image_id)

    def keep(self, name: str, new: NewAnnotation, tally: Tally) -> None:
        """Store an object, with the next ones."""
        self._waiting.append((name, new))
        if len(self._waiting) >= BATCH:
            self.finish(tally)

    def keep_box(self, name: str, box: PendingBox, tally: Tally) -> None:
        """Store a box that waits for its mask."""
        assert self._boxes is not None
        try:
            self._boxes.add_many([box])
        except StudioError as error:
            tally.skip(Skipped(name, str(error)))
        else:
            tally.take(EntryKind.OBJECT)
            tally.waiting += 1

    def finish(self, tally: Tally) -> None:
        """Store the objects that wait: all in one transaction, or where one is refused each by itself."""
        waiting, self._waiting = self._waiting, []
        try:
            self._annotations.insert_many([new for _, new in waiting])
            tally.take(EntryKind.OBJECT, len(waiting))
        except StudioError:
            for name, new in waiting:
                self._store(name, new, tally)

    def _store(self, name: str, new: NewAnnotation, tally: Tally) -> None:
        try:
            self._annotations.add(new)
            tally.take(EntryKind.OBJECT)
        except StudioError as error:
            tally.skip(Skipped(name, str(error)))

    def _add(self, found: FoundImage, file: PictureFile) -> PlacedImage:
        try:
            added = self._images.add_page(file, found.page or 1, group=found.group)
        except OSError as error:
            raise Unavailable(f"{found.name} could not be stored: {error.strerror or error}") from error
        notes = remarks(file, added.notes)
        return PlacedImage(added.image.id, added.image.size, added.created, notes, added.image.pixel_size)

    def _make_categories(self) -> None:
        names, self._categories = self._categories, []
        for name in names:
            try:
                origin = self._reading.origins.get(name, CategoryOrigin())
                self._annotations.ensure_category(
                    category_name(name),
                    number=origin.number,
                    supercategory=origin.supercategory,
                    description=origin.description,
                )
            except StudioError:
                continue  # its objects, if there are any, are left out with this reason
