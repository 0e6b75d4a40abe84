"""The plan of an import: what it will do with every entry, found without writing anything."""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass

from samstudio.domain import NewAnnotation
from samstudio.services.dataset_io.imports.outcomes import Doubt, OutcomeGroup, Tally
from samstudio.services.dataset_io.imports.pages import ImageFiles, remarks
from samstudio.services.dataset_io.imports.reading import EntryKind, FoundImage, Reading
from samstudio.services.dataset_io.imports.report import ImportReport, report_of
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from samstudio.services.dataset_io.imports.stored_images import image_of_dataset
from samstudio.services.dataset_io.imports.target import PlacedImage
from samstudio.services.images import ImageService
from samstudio.services.proposals.boxes import PendingBox


@dataclass(frozen=True)
class ImportPlan:
    """What an import will do: ``format`` is the name of the one that was chosen; ``tally`` the outcomes.

    ``reading``: gives each image's objects again, to be shown; ``tree`` its files.
    """

    format: str
    tally: Tally
    reading: Reading
    tree: FileTree

    @property
    def groups(self) -> list[OutcomeGroup]:
        """What will be left out and what is to be said, a sentence a reason."""
        return self.tally.groups()

    @property
    def doubts(self) -> list[Doubt]:
        """What a person should look at before the import."""
        return self.tally.doubts

    @property
    def report(self) -> ImportReport:
        """The report that the import would give, in the future."""
        return report_of(self.tally, self.format)

    @property
    def takes_nothing(self) -> bool:
        """Whether no image of it is, or will be, in the dataset."""
        return not (self.tally.taken[EntryKind.IMAGE] + self.tally.known[EntryKind.IMAGE])


class DryTarget:
    """A target that stores nothing."""

    stores = False

    def __init__(
        self, *, images: ImageService, files: ImageFiles, known: Callable[[str], Set[str]], takes_boxes: bool
    ) -> None:
        """Look into the dataset.

        Args:
            images: Its images.
            files: The image files.
            known: Returns the keys of the objects that an image has.
            takes_boxes: Whether boxes without a mask are taken.
        """
        self.takes_boxes = takes_boxes
        self._files = files
        self._images = images
        self.known = known

    def place(self, found: FoundImage, *, lookup: bool) -> PlacedImage:
        """Decode an image and tell whether the dataset has it.

        Raises:
            InvalidInput: It cannot be taken.
        """
        if found.file is None:
            return image_of_dataset(self._images, found, lookup=lookup)
        file = self._files.open(found)
        seen = self._images.identify_page(file, found.page or 1)
        return PlacedImage(
            seen.image_id, seen.size, not seen.known, remarks(file, seen.notes), seen.pixel_size
        )

    def orientation(self, found: FoundImage, placed: PlacedImage) -> int:
        """Return the EXIF orientation that an image's file says."""
        return self._files.orientation(found, placed.image_id)

    def keep(self, name: str, new: NewAnnotation, tally: Tally) -> None:  # noqa: ARG002
        """Count an object as taken."""
        tally.take(EntryKind.OBJECT)

    def keep_box(self, name: str, box: PendingBox, tally: Tally) -> None:  # noqa: ARG002
        """Count a box as taken."""
        tally.take(EntryKind.OBJECT)
        tally.waiting += 1

    def finish(self, tally: Tally) -> None:
        """Do nothing."""
