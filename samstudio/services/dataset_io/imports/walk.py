"""The walk over a reading, image by image, that both the plan and the import take.

They differ in their target only: one looks, the other one stores. So the plan
tells what the import will do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from samstudio.domain import StudioError
from samstudio.services.dataset_io.imports.folder_groups import note_of_groups
from samstudio.services.dataset_io.imports.object_walk import ObjectWalk, SeenImage
from samstudio.services.dataset_io.imports.options import ImportOptions, ImportProgress
from samstudio.services.dataset_io.imports.outcomes import Tally
from samstudio.services.dataset_io.imports.reading import EntryKind, FoundImage, Reading, Skipped
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from samstudio.services.dataset_io.imports.source_name import source_name
from samstudio.services.dataset_io.imports.target import PlacedImage, Target
from samstudio.services.dataset_io.imports.unused import unused
from samstudio.services.images.pixel_size import written

WITH_IMAGE = "an object was left out with its image"


class ImportWalk:
    """One walk; `run` fills and returns its `Tally`."""

    def __init__(self, tree: FileTree, reading: Reading, options: ImportOptions, target: Target) -> None:
        self._tree = tree
        self._reading = reading
        self._options = options
        self._target = target
        self._seen: dict[str, SeenImage] = {}
        self._files = set(tree.files.values())
        self._groups: Counter[str] = Counter()
        # Only where a person brings annotations alone do their images mean those of the dataset: else
        # an image that is missing would be taken for another one of the same name.
        self._lookup = not any(map(self._is_picture, reading.images))
        self.tally = Tally(planned=not target.stores)
        self._objects = ObjectWalk(
            options=options, target=target, tally=self.tally, source=source_name(tree, reading)
        )

    def run(
        self, *, progress: ImportProgress | None = None, cancelled: Callable[[], bool] | None = None
    ) -> Tally:
        """Walk over every image; what was taken before ``cancelled`` returned True stays.

        Args:
            progress: Called before each image and at the end.
            cancelled: Asked before each image.
        """
        images = self._reading.images[: self._options.limit]
        beyond = self._reading.images[len(images) :]
        self._count_files()
        self.tally.note(*self._reading.notes)
        try:
            for done, found in enumerate(images):
                if cancelled and cancelled():
                    self._leave(images[done:], "the import was cancelled before it", "cancelled")
                    break
                if progress:
                    progress(done, len(images), found.name)
                self._image(found)
        finally:
            self._target.finish(self.tally)
        if self._options.group_by_folder and self._groups:
            self.tally.note(note_of_groups(self._groups))
        if progress:
            progress(len(images), len(images), "")
        self._leave_for_later(beyond)
        self.tally.balance()
        return self.tally

    def _is_picture(self, found: FoundImage) -> bool:
        """Tell whether an image is a file of the source, and not one that is held back as a mask."""
        return found.file in self._files and not (found.held and not self._options.doubtful)

    def _count_files(self) -> None:
        """Count the files that are no images, and what the reader left out."""
        left = [*self._tree.problems, *self._reading.skipped]
        for entry in left:
            self.tally.expect(entry.kind, entry.count)
            self.tally.skip(entry)
        counted = {entry.name for entry in left if entry.kind is EntryKind.FILE}
        counted |= {entry.name for entry in left if entry.kind is EntryKind.IMAGE}
        images = {found.file for found in self._reading.images}
        for name, path in self._tree.files.items():
            if path in images or name in counted:
                continue
            self.tally.expect(EntryKind.FILE)
            if name in self._reading.used:
                self.tally.take(EntryKind.FILE)
            else:
                self.tally.skip(unused(name, self._tree))

    def _leave(self, images: list[FoundImage], why: str, code: str) -> None:
        for found in images:
            self._expect(found)
            self._skip(found, why, code)

    def _leave_for_later(self, images: list[FoundImage]) -> None:
        for found in images:
            self._expect(found)
            self.tally.leave_for_later(EntryKind.IMAGE, found.name, found.listed)
            self.tally.leave_for_later(EntryKind.OBJECT, found.name, found.entries or 0)

    def _expect(self, found: FoundImage) -> None:
        self.tally.expect(EntryKind.IMAGE, found.listed)
        self.tally.expect(EntryKind.OBJECT, found.entries or 0)

    def _skip(self, found: FoundImage, why: str, code: str) -> None:
        """Leave an image out, and the objects that it lists with it."""
        self.tally.skip(Skipped(found.name, why, code, EntryKind.IMAGE, found.listed))
        if found.entries:
            self.tally.skip(Skipped(found.name, WITH_IMAGE, "with_image", count=found.entries))

    def _image(self, found: FoundImage) -> None:
        self._expect(found)
        if found.name in self._options.leave_out:
            self._skip(found, "a person left it out", "left_out")
        elif found.held and not self._options.doubtful:
            self.tally.doubt(found.name, "", found.doubt, held=True)
            self._skip(found, found.doubt, found.code)
        else:
            self._place(found)

    def _place(self, found: FoundImage) -> None:
        try:
            placed = self._target.place(found, lookup=self._lookup)
        except StudioError as error:
            self._skip(found, str(error), getattr(error, "code", ""))
            return
        self.tally.first_image = self.tally.first_image or placed.image_id
        seen = self._seen.setdefault(placed.image_id, SeenImage(found.name))
        if placed.created and seen.name == found.name:
            self.tally.take(EntryKind.IMAGE)
            self._groups.update([found.group] if found.group else [])
            self._tell_size(found, placed)
        else:
            self.tally.know(EntryKind.IMAGE)
        self.tally.know(EntryKind.IMAGE, found.listed - 1)
        self._remark(found, seen, placed)
        self._objects.take(found, placed, seen)

    def _tell_size(self, found: FoundImage, placed: PlacedImage) -> None:
        """Say how large the pixels of a new image are, where its file says so: measurements rest on it."""
        if placed.pixel_size is not None:
            why = f"has pixels of {written(placed.pixel_size)}"
            self.tally.note(Skipped(found.name, why, kind=EntryKind.IMAGE))

    def _remark(self, found: FoundImage, seen: SeenImage, placed: PlacedImage) -> None:
        if found.note:
            self.tally.note(Skipped(found.name, found.note, found.code, EntryKind.IMAGE))
        if found.doubt:
            self.tally.doubt(found.name, "", found.doubt, code=found.code)
        for note in placed.notes:
            self.tally.doubt(found.name, "", note)
        if seen.name != found.name:
            why = f"{found.name} is the same picture as {seen.name}"
            self.tally.doubt(found.name, "", why, code="same_picture")
