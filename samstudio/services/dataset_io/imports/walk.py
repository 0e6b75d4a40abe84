"""The walk over a reading, image by image, that both the plan and the import take.

They differ in their target only: one looks, the other one stores. So the plan
tells what the import will do.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Set
from dataclasses import dataclass, field
from typing import Protocol

from samstudio.domain import InvalidInput, NewAnnotation, Size, StudioError
from samstudio.masks import usable_mask
from samstudio.services.dataset_io.imports.known import box_key, object_key
from samstudio.services.dataset_io.imports.names import category_name
from samstudio.services.dataset_io.imports.options import ImportOptions, ImportProgress
from samstudio.services.dataset_io.imports.outcomes import Tally
from samstudio.services.dataset_io.imports.reading import (
    EntryKind,
    FoundImage,
    FoundObject,
    FoundObjects,
    Reading,
    Skipped,
)
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from samstudio.services.dataset_io.imports.turned import turned_note, with_turned
from samstudio.services.dataset_io.imports.unused import unused
from samstudio.services.proposals.boxes import PendingBox

log = logging.getLogger(__name__)

WITH_IMAGE = "an object was left out with its image"
FAULT = "it could not be read, which is a fault of this program; please report it"


class LeftOut(InvalidInput):
    """An error: an image cannot be taken; ``code`` as of `Skipped`."""

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class PlacedImage:
    """An image of the reading with its place in the dataset: ``size`` (H, W), ``created`` where it is new.

    ``notes``: what was decided when its file was read, for a person to check ("has 5 channels: …").
    """

    image_id: str
    size: Size
    created: bool
    notes: tuple[str, ...] = ()


class Target(Protocol):
    """Where the images and objects of a walk go.

    ``takes_boxes``: whether boxes may wait for a mask. ``stores``: False where it only looks.
    """

    takes_boxes: bool
    stores: bool

    def place(self, found: FoundImage, *, lookup: bool) -> PlacedImage:
        """Find or store an image.

        Where the source does not hold it, ``lookup`` says whether it is looked for in the dataset.

        Raises:
            InvalidInput: It cannot be taken.
        """

    def orientation(self, found: FoundImage, placed: PlacedImage) -> int:
        """Return the EXIF orientation, 1 to 8, that an image's file says; 1 where it says none."""

    def known(self, image_id: str) -> Set[str]:
        """Return the keys (`known.object_key`) of the objects that the dataset has on an image."""

    def keep(self, name: str, new: NewAnnotation, tally: Tally) -> None:
        """Take an object, which sentences call ``name``, and count it."""

    def keep_box(self, name: str, box: PendingBox, tally: Tally) -> None:
        """Take a box that waits for its mask, and count it."""

    def finish(self, tally: Tally) -> None:
        """Take what is still waiting to be taken."""


@dataclass
class _Seen:
    """An image that the walk has met: under which name, and with which objects."""

    name: str
    keys: set[str] = field(default_factory=set)


class ImportWalk:
    """One walk; `run` fills and returns its `Tally`."""

    def __init__(self, tree: FileTree, reading: Reading, options: ImportOptions, target: Target) -> None:
        self._tree = tree
        self._reading = reading
        self._options = options
        self._target = target
        self._seen: dict[str, _Seen] = {}
        self._files = set(tree.files.values())
        # Only where a person brings annotations alone do their images mean those of the dataset: else
        # an image that is missing would be taken for another one of the same name.
        self._lookup = not any(map(self._is_picture, reading.images))
        self.tally = Tally(planned=not target.stores)

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

    def _skip(self, found: FoundImage, why: str, code: str, *, objects_only: bool = False) -> None:
        """Leave an image out, and the objects that it lists with it."""
        if not objects_only:
            self.tally.skip(Skipped(found.name, why, code, EntryKind.IMAGE, found.listed))
        if found.entries:
            reason, code = (why, code) if objects_only else (WITH_IMAGE, "with_image")
            self.tally.skip(Skipped(found.name, reason, code, count=found.entries))

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
        seen = self._seen.setdefault(placed.image_id, _Seen(found.name))
        if placed.created and seen.name == found.name:
            self.tally.take(EntryKind.IMAGE)
        else:
            self.tally.know(EntryKind.IMAGE)
        self.tally.know(EntryKind.IMAGE, found.listed - 1)
        self._remark(found, seen, placed)
        self._objects(found, placed, seen)

    def _remark(self, found: FoundImage, seen: _Seen, placed: PlacedImage) -> None:
        if found.note:
            self.tally.note(Skipped(found.name, found.note, found.code, EntryKind.IMAGE))
        if found.doubt:
            self.tally.doubt(found.name, "", found.doubt, code=found.code)
        for note in placed.notes:
            self.tally.doubt(found.name, "", note)
        if seen.name != found.name:
            why = f"{found.name} is the same picture as {seen.name}"
            self.tally.doubt(found.name, "", why, code="same_picture")

    def _objects(self, found: FoundImage, placed: PlacedImage, seen: _Seen) -> None:
        objects = self._read(found, placed)
        if objects is None:
            return
        if found.entries is None:
            skipped = sum(entry.count for entry in objects.skipped if entry.kind is EntryKind.OBJECT)
            self.tally.expect(EntryKind.OBJECT, len(objects.objects) + skipped)
        self.tally.skip(*objects.skipped)
        usable = [self._usable(found, placed, one) for one in objects.objects]
        self._keep(found, placed, [one for one in usable if one is not None], seen)

    def _read(self, found: FoundImage, placed: PlacedImage) -> FoundObjects | None:
        """Read the objects of an image; None where none can be used, which is then counted."""
        size = placed.size
        try:
            if found.size not in (None, size):
                raise LeftOut(_other_size(found, size), code="other_size")
            objects, turned = with_turned(found, size, lambda: self._target.orientation(found, placed))
            if turned:
                self.tally.note(turned_note(found.name, turned))
            return objects
        except StudioError as error:
            why, code = str(error), getattr(error, "code", "")
        except Exception as error:
            log.error("the objects of %r could not be read: %r", found.name, error)
            log.debug("where it failed", exc_info=True)
            why, code = FAULT, "fault"
        if found.entries is None:
            self.tally.expect(EntryKind.OBJECT)
            self.tally.skip(Skipped(found.name, why, code))
        self._skip(found, why, code, objects_only=True)
        return None

    def _usable(
        self, found: FoundImage, placed: PlacedImage, one: FoundObject
    ) -> tuple[str, NewAnnotation | PendingBox] | None:
        """Return an object's name and what is stored of it; None where it is left out, which is counted."""
        name = f"{one.label} of {found.name}"
        if one.doubt:
            self.tally.doubt(found.name, one.label, one.doubt, held=one.held, code=one.code)
        if one.held and not self._options.doubtful:
            self.tally.skip(Skipped(name, one.doubt, one.code))
            return None
        try:
            return name, self._stored(placed, one)
        except InvalidInput as error:
            self.tally.skip(Skipped(name, str(error), getattr(error, "code", "")))
            return None

    def _stored(self, placed: PlacedImage, one: FoundObject) -> NewAnnotation | PendingBox:
        """Return an object as it is stored.

        Raises:
            InvalidInput: Its mask or its category cannot be used.
        """
        category = category_name(one.category)
        if one.rle is None and one.box is not None:
            if not self._target.takes_boxes:
                raise LeftOut("it has a box and no mask", code="box_only")
            key = box_key(placed.image_id, category, one.box)
            return PendingBox(placed.image_id, category, one.box, key)
        rle = usable_mask(one.rle, placed.size).to_rle()
        key = object_key(placed.image_id, category, rle["counts"])
        trusted = one.doubt and self._options.doubtful
        status = self._options.status if trusted else one.status or self._options.status
        return NewAnnotation(placed.image_id, category, rle, status=status, client_id=key)

    def _keep(
        self,
        found: FoundImage,
        placed: PlacedImage,
        objects: list[tuple[str, NewAnnotation | PendingBox]],
        seen: _Seen,
    ) -> None:
        """Take the objects that the image does not have yet.

        Another file of the same pixels whose masks differ says that one of the two is
        wrong: its new masks are left out, and said.
        """
        keys = {_key(new) for _, new in objects}
        differs = seen.name != found.name and bool(seen.keys and keys) and keys != seen.keys
        known = set() if placed.created else set(self._target.known(placed.image_id))
        known |= seen.keys
        for name, new in objects:
            if _key(new) in known:
                self.tally.know(EntryKind.OBJECT)
            elif differs:
                why = f"{found.name} has the pixels of {seen.name} but other masks"
                self.tally.skip(Skipped(name, why, code="same_pixels"))
            elif isinstance(new, PendingBox):
                self._target.keep_box(name, new, self.tally)
            else:
                self._target.keep(name, new, self.tally)
            known.add(_key(new))
        if not differs:
            seen.keys |= keys


def _key(new: NewAnnotation | PendingBox) -> str:
    return new.key if isinstance(new, PendingBox) else str(new.client_id)


def _other_size(found: FoundImage, size: Size) -> str:
    height, width = found.size or size
    return (
        f"{found.name} is {size[1]}x{size[0]} pixels but the annotations say {width}x{height}: "
        "they are for another size"
    )
