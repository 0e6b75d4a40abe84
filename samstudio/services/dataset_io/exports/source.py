"""The data that every export format writes: images with accepted annotations, under unique file names."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from samstudio.domain import Annotation, AnnotationStatus, Category, Image, InvalidInput
from samstudio.files import write_with
from samstudio.masks import RunLengths, UnusableMask, usable_mask
from samstudio.services.annotations import AnnotationService
from samstudio.services.images import ImageService


@dataclass(frozen=True)
class ExportItem:
    """One image with accepted annotations whose masks can be used.

    ``name`` is its file's, unique in the export, as is its stem. ``masks`` are
    those of the ``annotations``, in their order.
    """

    image: Image
    name: str
    source: Path
    annotations: list[Annotation]
    masks: list[RunLengths]


@dataclass
class ExportReport:
    """The result of an export; ``notes`` are sentences on what the format could not hold."""

    images: int = 0
    annotations: int = 0
    files: int = 0
    notes: list[str] = field(default_factory=list)


class ExportSource:
    """The images with at least one accepted annotation that can be used, for the formats to write."""

    def __init__(self, *, images: ImageService, annotations: AnnotationService) -> None:
        self._images = images
        self._annotations = annotations
        self.left_out: list[str] = []
        """A sentence for each object read so far whose mask cannot be used."""

    def items(self) -> Iterator[ExportItem]:
        """Read the images, one at a time, in the order they were added.

        Raises:
            InvalidInput: There is no accepted annotation.
        """
        images = self._images.list()
        counts = self._annotations.counts_by_image([image.id for image in images])
        accepted = [image for image in images if counts[image.id]]
        if not accepted:
            raise InvalidInput("there is nothing to export: accept at least one mask first")
        taken: set[str] = set()
        for image in accepted:
            usable = self._usable(image)
            if usable:
                source = self._images.path(image.id)
                name = _unique_name(image, source.suffix, taken)
                annotations, masks = zip(*usable, strict=True)
                yield ExportItem(image, name, source, list(annotations), list(masks))

    def _usable(self, image: Image) -> list[tuple[Annotation, RunLengths]]:
        found = []
        for one in self._annotations.list(image.id, AnnotationStatus.ACCEPTED):
            try:
                found.append((one, usable_mask(one.rle, image.size)))
            except UnusableMask as error:
                self.left_out.append(f"object {one.id} on {image.filename} was left out: {error}")
        return found

    def categories(self) -> list[Category]:
        """List every category, in the order they were made."""
        return list(self._annotations.categories())


def copy_image(item: ExportItem, folder: Path, report: ExportReport) -> None:
    """Copy the image's file into ``folder`` and count it in the report."""
    write_with(folder / item.name, lambda path: shutil.copyfile(item.source, path), durable=False)
    report.images += 1
    report.annotations += len(item.annotations)
    report.files += 1


def _unique_name(image: Image, suffix: str, taken: set[str]) -> str:
    """Return the image's own name with the stored file's suffix; longer when another image has its stem."""
    stem = Path(image.filename).stem or "image"
    for candidate in (stem, f"{stem}-{image.id[:8]}", f"{stem}-{image.id}"):
        if candidate.casefold() not in taken:
            taken.add(candidate.casefold())
            return candidate + suffix
    raise AssertionError("an image's id is its own")
