"""What a format reader gives: images, their objects image by image, and what was left out.

A reader stores nothing and decodes no image; it is asked for the objects of one
image at a time, so that no more masks than one image's are in memory.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from samstudio.domain import AnnotationStatus, Box, Rle, Size
from samstudio.masks import MaskProblem
from samstudio.services.dataset_io.label_masks.picture import PageOf


class EntryKind(StrEnum):
    """What an entry of a source is; each kind is counted by itself."""

    FILE = "file"
    IMAGE = "image"
    OBJECT = "object"


@dataclass(frozen=True)
class Skipped:
    """An entry, or ``count`` entries, that were left out.

    ``name``: what sentences call it (a file's name, ``annotation 17 of a.jpg``).
    ``why``: a phrase or a sentence that says why. ``code``: what entries left out for the same
    reason share, so that they are told in one sentence (see `outcomes.HEADINGS`);
    empty: those with an equal ``why``.
    """

    name: str
    why: str
    code: str = ""
    kind: EntryKind = EntryKind.OBJECT
    count: int = 1


OTHER_SIZES = ("other_size", "other_mask_size")
"""The codes of entries that are for another size than their image has: of annotations, and of masks."""


def code_of(error: Exception) -> str:
    """Return the code of an error's reason, as `Skipped.code`; empty where it has none."""
    if getattr(error, "problem", None) is MaskProblem.SIZE:
        return "other_mask_size"
    return getattr(error, "code", "")


@dataclass(frozen=True)
class FoundObject:
    """One object of an image, before it is stored.

    ``label``: what sentences call it (``annotation 17``). ``category``: its name as
    the source has it. ``rle``: its mask, COCO RLE of the image's size; None where there
    is only a ``box`` (XYXY, pixels of the image): it then waits for a decoder to draw
    the mask. ``status``: None is what the import says. ``doubt``: a sentence on why
    a person should look at it; it is taken all the same, but where it is ``held``
    it is only taken when asked for.
    """

    label: str
    category: str
    rle: Rle | None = None
    box: Box | None = None
    status: AnnotationStatus | None = None
    doubt: str = ""
    held: bool = False
    code: str = ""
    """The reason's code where it is held or doubtful, as `Skipped.code`."""


@dataclass(frozen=True)
class FoundObjects:
    """The objects of one image, and the entries that were left out."""

    objects: list[FoundObject] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


class PageObjects(Protocol):
    """Reads the objects of one page of an image file of several."""

    def __call__(self, size: Size, page: PageOf) -> FoundObjects:
        """Return them for a decoded size (H, W).

        Raises:
            InvalidInput: None can be used.
        """


def no_objects(_size: Size) -> FoundObjects:
    """Return nothing: the objects of an image without any."""
    return FoundObjects()


@dataclass(frozen=True)
class FoundImage:
    """One image of a source.

    ``name``: unique in the reading; its file's name in the `FileTree` where it has one.
    ``file``: None where the source does not hold the image: it is then looked for by
    name, or else by one of ``also``, among the images of the dataset; ``image_id`` where it is one of
    these. ``size``: (H, W)
    in pixels as the format says, compared with the decoded image.
    ``listed``: how many entries of the source are this image's; the others than the first are there already.
    ``entries``: how many object entries the format lists for it; None where only reading
    the masks tells. ``objects``: reads them, given the decoded size (H, W); it may raise
    InvalidInput when nothing can be used. ``group``: images of one group are never
    split between training and validation.
    ``note``: a sentence on what is missing though the image comes in ("has no mask").
    ``doubt`` and ``held``: as of a `FoundObject`.
    """

    name: str
    file: Path | None
    size: Size | None = None
    entries: int | None = 0
    objects: Callable[[Size], FoundObjects] = no_objects
    group: str | None = None
    note: str = ""
    doubt: str = ""
    held: bool = False
    code: str = ""
    """The code of ``note`` or ``doubt``, as `Skipped.code`."""
    also: tuple[str, ...] = ()
    image_id: str = ""
    listed: int = 1
    page: int | None = None
    """The page of a file with several; None: the whole file."""
    page_objects: PageObjects | None = None
    """Reads the objects of each page where the file has several; None: all are the first page's."""


@dataclass(frozen=True)
class CategoryOrigin:
    """What a category has where it comes from: ``number`` (COCO's id, YOLO's index) and words."""

    number: int | None = None
    supercategory: str = ""
    description: str = ""


@dataclass
class Reading:
    """What a format found in a `FileTree`.

    ``images``: in the order in which they come in. ``skipped``: entries that
    belong to none of them. ``used``: the tree's names of the files that were read as
    annotations or masks; every other file that is no image ends as skipped.
    ``notes``: what is to be said of what was used. ``categories``: in the source's order, those
    without objects too; ``origins``: by their name.
    """

    images: list[FoundImage] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    notes: list[Skipped] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    origins: dict[str, CategoryOrigin] = field(default_factory=dict)
