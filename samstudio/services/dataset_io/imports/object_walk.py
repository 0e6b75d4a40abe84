"""The objects of an image on the walk: read, checked, told from those that are known, taken or counted."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from samstudio.domain import InvalidInput, NewAnnotation, Size, StudioError
from samstudio.masks import usable_mask
from samstudio.services.dataset_io.imports.known import box_key, object_key
from samstudio.services.dataset_io.imports.names import category_name
from samstudio.services.dataset_io.imports.options import ImportOptions
from samstudio.services.dataset_io.imports.outcomes import Tally
from samstudio.services.dataset_io.imports.reading import (
    EntryKind,
    FoundImage,
    FoundObject,
    FoundObjects,
    Skipped,
)
from samstudio.services.dataset_io.imports.target import LeftOut, PlacedImage, Target
from samstudio.services.dataset_io.imports.turned import turned_note, with_turned
from samstudio.services.proposals.boxes import PendingBox

log = logging.getLogger(__name__)

FAULT = "it could not be read, which is a fault of this program; please report it"


@dataclass
class SeenImage:
    """An image that the walk has met: under which name, and with which objects."""

    name: str
    keys: set[str] = field(default_factory=set)


class ObjectWalk:
    """What reads the objects of images, and takes them into the target."""

    def __init__(self, *, options: ImportOptions, target: Target, tally: Tally, source: str) -> None:
        self._source = source
        self._options = options
        self._target = target
        self._tally = tally

    def take(self, found: FoundImage, placed: PlacedImage, seen: SeenImage) -> None:
        """Read an image's objects, and take or count each of them."""
        objects = self._read(found, placed)
        if objects is None:
            return
        if found.entries is None:
            skipped = sum(entry.count for entry in objects.skipped if entry.kind is EntryKind.OBJECT)
            self._tally.expect(EntryKind.OBJECT, len(objects.objects) + skipped)
        self._tally.skip(*objects.skipped)
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
                self._tally.note(turned_note(found.name, turned))
            return objects
        except StudioError as error:
            why, code = str(error), getattr(error, "code", "")
        except Exception as error:
            log.error("the objects of %r could not be read: %r", found.name, error)
            log.debug("where it failed", exc_info=True)
            why, code = FAULT, "fault"
        if found.entries is None:
            self._tally.expect(EntryKind.OBJECT)
            self._tally.skip(Skipped(found.name, why, code))
        elif found.entries:
            self._tally.skip(Skipped(found.name, why, code, count=found.entries))
        return None

    def _usable(
        self, found: FoundImage, placed: PlacedImage, one: FoundObject
    ) -> tuple[str, NewAnnotation | PendingBox] | None:
        """Return an object's name and what is stored of it; None where it is left out, which is counted."""
        name = f"{one.label} of {found.name}"
        if one.doubt:
            self._tally.doubt(found.name, one.label, one.doubt, held=one.held, code=one.code)
        if one.held and not self._options.doubtful:
            self._tally.skip(Skipped(name, one.doubt, one.code))
            return None
        try:
            return name, self._stored(placed, one)
        except InvalidInput as error:
            self._tally.skip(Skipped(name, str(error), getattr(error, "code", "")))
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
            return PendingBox(placed.image_id, category, one.box, key, self._source)
        rle = usable_mask(one.rle, placed.size).to_rle()
        key = object_key(placed.image_id, category, rle["counts"])
        trusted = one.doubt and self._options.doubtful
        status = self._options.status if trusted else one.status or self._options.status
        return NewAnnotation(
            placed.image_id, category, rle, status=status, client_id=key, source=self._source
        )

    def _keep(
        self,
        found: FoundImage,
        placed: PlacedImage,
        objects: list[tuple[str, NewAnnotation | PendingBox]],
        seen: SeenImage,
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
                self._tally.know(EntryKind.OBJECT)
            elif differs:
                why = f"{found.name} has the pixels of {seen.name} but other masks"
                self._tally.skip(Skipped(name, why, code="same_pixels"))
            elif isinstance(new, PendingBox):
                self._target.keep_box(name, new, self._tally)
            else:
                self._target.keep(name, new, self._tally)
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
