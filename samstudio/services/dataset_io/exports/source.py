"""The data that every export format writes: the chosen images and objects, under unique file names."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from samstudio.domain import (
    Annotation,
    AnnotationStatus,
    Category,
    Image,
    ImageState,
    InvalidInput,
    NotFound,
    PixelSize,
)
from samstudio.masks import RunLengths, UnusableMask, usable_mask
from samstudio.services.annotations import AnnotationService
from samstudio.services.dataset_io.exports.choice import ExportChoice
from samstudio.services.dataset_io.exports.files import place
from samstudio.services.dataset_io.exports.names import StemNames, stem_of
from samstudio.services.dataset_io.exports.notes import Notes, listed, literal
from samstudio.services.dataset_io.exports.pictures import ExportPictures, Picture
from samstudio.services.dataset_io.exports.pixel_size import file_of
from samstudio.services.image_queries.query import SPLITS
from samstudio.services.images import ImageService

NO_OBJECT = "{has} no %s and {was} left out"
UNDECIDED = "{has} proposed objects on which nobody has decided, and {was} left out"
NO_FILE = "{was} left out because the stored file is missing or cannot be read"
REPLACED = (
    "{was} written as annotated and not as the file came in, which other programs would show "
    "otherwise or not at all; that is in originals"
)
NONE_USABLE = "{was} left out because no mask there can be used"
NO_CATEGORY = "{was} left out: the category was deleted"


@dataclass(frozen=True)
class ExportItem:
    """One image with its chosen objects, those whose masks can be used.

    ``name`` is its file's, unique in the export, as is its stem. ``picture``: the
    file that is written under that name, where ``with_image``. ``masks`` are
    those of the ``annotations``, in their order. ``split``: ``train``, ``val`` or ``test``, where a person
    fixed it for the image or its group.
    """

    image: Image
    name: str
    picture: Picture
    annotations: list[Annotation]
    masks: list[RunLengths]
    with_image: bool = True
    split: str | None = None


@dataclass
class ExportReport:
    """The result of an export; ``notes`` are sentences on what was left out or the format could not hold."""

    images: int = 0
    annotations: int = 0
    files: int = 0
    notes: list[str] = field(default_factory=list)


class ExportSource:
    """The chosen images and objects, for the formats to write; what is left out is in ``notes``."""

    def __init__(
        self, *, images: ImageService, annotations: AnnotationService, choice: ExportChoice | None = None
    ) -> None:
        self._images = images
        self._annotations = annotations
        self.choice = choice or ExportChoice()
        self.notes = Notes()
        self._pictures = ExportPictures(images)
        self.dataset_pixel_size = images.pixel_sizes.of_dataset()
        self._fixed = annotations.fixed_splits()
        self._categories = {one.id for one in self.categories()}
        self._tags = images.tags_by_image() if self.choice.tags else {}

    def items(self) -> Iterator[ExportItem]:
        """Read the images, one at a time, in the order they were added.

        Raises:
            InvalidInput: Nothing is to be exported.
        """
        images = self._images.list()
        self._check_names(images)
        ids = [image.id for image in images]
        statuses = {*self.choice.statuses, AnnotationStatus.PROPOSED}
        counts = {status: self._annotations.counts_by_image(ids, status=status) for status in statuses}
        names, found = StemNames(), False
        for image in images:
            # Named whether it is exported or not, so that another choice gives no image another name.
            stem = names.take(stem_of(image.filename), image.id)
            if self._is_chosen(image):
                there = {status: by_image[image.id] for status, by_image in counts.items()}
                item = self._item(image, stem, there)
                if item is not None:
                    found = True
                    yield item
        if not found:
            raise InvalidInput(self._nothing())

    def _is_chosen(self, image: Image) -> bool:
        tags = self._tags.get(image.id, frozenset())
        return self.choice.has_image(image, split=self._fixed.get(image.id), tags=tags)

    def _check_names(self, images: list[Image]) -> None:
        """Raise InvalidInput for a category, group, tag, split or image by whose name there is none."""
        known = {
            "category": (self.choice.categories, [one.name for one in self.categories()]),
            "group": (
                filter(None, self.choice.groups),
                sorted({one.group for one in images if one.group is not None}),
            ),
            "tag": (filter(None, self.choice.tags), sorted(set().union(*self._tags.values()))),
            "split": (filter(None, self.choice.splits), [*SPLITS]),
            "image": ([*self.choice.pixel_sizes.by_name], _names(images)),
        }
        for kind, (asked, names) in known.items():
            unknown = [one for one in asked if one not in names]
            if unknown:
                there = f"there are {listed(names, len(names))}" if names else "there is none"
                raise InvalidInput(f"there is no {kind} {unknown[0]!r}: {there}")

    def _item(self, image: Image, stem: str, counts: dict[AnnotationStatus, int]) -> ExportItem | None:
        chosen = self._chosen(image) if any(counts[status] for status in self.choice.statuses) else []
        usable = self._usable(image, chosen)
        if not usable and not self._is_negative(image, chosen, counts):
            return None
        picture = self._picture(image)
        if picture is None:
            return None
        annotations, masks = [one for one, _ in usable], [mask for _, mask in usable]
        return ExportItem(
            image,
            stem + picture.path.suffix,
            picture,
            annotations,
            masks,
            with_image=self.choice.with_images,
            split=self._fixed.get(image.id),
        )

    def _is_negative(
        self, image: Image, chosen: list[Annotation], counts: dict[AnnotationStatus, int]
    ) -> bool:
        """Tell whether an image without usable objects is to be written; say why where it is not."""
        undecided = (
            counts[AnnotationStatus.PROPOSED] and AnnotationStatus.PROPOSED not in self.choice.statuses
        )
        if chosen:
            self.notes.add(NONE_USABLE, image.filename)
        elif self._has_nothing(image, counts):
            return True
        elif not self.choice.with_empty:
            self.notes.add(NO_OBJECT % literal(self.choice.words()), image.filename)
        elif undecided:
            self.notes.add(UNDECIDED, image.filename)
        else:
            return True
        return False

    def _has_nothing(self, image: Image, counts: dict[AnnotationStatus, int]) -> bool:
        """Tell whether a person said that nothing is on an image, and no object of it is accepted."""
        said = image.mark == ImageState.NOTHING
        return said and self.choice.takes_negatives and not counts[AnnotationStatus.ACCEPTED]

    def _chosen(self, image: Image) -> list[Annotation]:
        return [one for one in self._annotations.list(image.id) if self.choice.has_object(one)]

    def _usable(self, image: Image, chosen: list[Annotation]) -> list[tuple[Annotation, RunLengths]]:
        found = []
        for one in chosen:
            if one.category.id not in self._categories:  # rejected objects keep the category that they had
                self.notes.add(NO_CATEGORY, f"{one.id} on {image.filename}", noun="object")
                continue
            try:
                found.append((one, usable_mask(one.rle, image.size)))
            except UnusableMask as error:
                why = f"{{was}} left out: {literal(str(error))}"
                self.notes.add(why, f"{one.id} on {image.filename}", noun="object")
        return found

    def _picture(self, image: Image) -> Picture | None:
        """Return the image's file; None, with a note, where it cannot be read."""
        try:
            picture = self._pictures.of(image)
        except (OSError, NotFound):
            self.notes.add(NO_FILE, image.filename)
            return None
        if picture.replaced and self.choice.with_images:
            self.notes.add(REPLACED, image.filename)
        return picture

    def _nothing(self) -> str:
        if self.choice == ExportChoice() and not self._annotations.counts().accepted:
            return "there is nothing to export: accept at least one mask first"
        why = self.notes.sentences()
        return "; ".join([f"there is nothing to export: no image has a usable {self.choice.words()}", *why])

    def pixel_size(self, image: Image) -> PixelSize | None:
        """Return an image's pixel size: given for this export, else its own, else the dataset's."""
        return self.choice.pixel_sizes.of(image) or image.pixel_size or self.dataset_pixel_size

    def original_values(self, image: Image) -> NDArray[Any]:
        """Return the values of the file that an image came in as, HxW or HxWxC.

        Raises:
            NotFound: The image is gone.
            Unavailable: Its file cannot be read.
        """
        return self._images.original_values(image.id)

    def categories(self) -> list[Category]:
        """List every category, in the order that they have."""
        return list(self._annotations.categories())


def _names(images: list[Image]) -> list[str]:
    """List the names of images and of the files whose pages they are."""
    return [*dict.fromkeys(name for one in images for name in (one.filename, file_of(one)) if name)]


def copy_image(
    item: ExportItem, folder: Path, report: ExportReport, *, originals: Path | None = None
) -> None:
    """Count the image in the report, and copy its file into ``folder`` where files are chosen.

    Args:
        item: The image.
        folder: Where its file goes.
        report: The report of the export.
        originals: Where an original goes that other programs would show otherwise; None: into a folder
            of that name beside the other.
    """
    report.images += 1
    report.annotations += len(item.annotations)
    if not item.with_image:
        return
    _copy(item.picture.path, folder / item.name, report)
    if item.picture.original is not None:
        path, name = item.picture.original
        _copy(path, (originals or folder.parent / "originals") / name, report)


def _copy(source: Path, target: Path, report: ExportReport) -> None:
    shutil.copyfile(source, place(target))
    report.files += 1
