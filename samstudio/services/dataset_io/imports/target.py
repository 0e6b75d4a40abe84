"""Where the images and objects of an import go: the plan only looks, the import stores."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import Protocol

from samstudio.domain import InvalidInput, NewAnnotation, PixelSize, Size
from samstudio.services.dataset_io.imports.outcomes import Tally
from samstudio.services.dataset_io.imports.reading import FoundImage
from samstudio.services.proposals.boxes import PendingBox


class LeftOut(InvalidInput):
    """An error: an image or an object cannot be taken; ``code`` as of `Skipped`."""

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class PlacedImage:
    """An image of the reading with its place in the dataset: ``size`` (H, W), ``created`` where it is new.

    ``notes``: what was decided when its file was read, for a person to check ("has 5 channels: …").
    ``pixel_size``: that a new image gets from its file.
    """

    image_id: str
    size: Size
    created: bool
    notes: tuple[str, ...] = ()
    pixel_size: PixelSize | None = None


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
