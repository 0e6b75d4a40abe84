"""Image files of several pages: each page is an image of its own, and those of one file are a group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PIL import Image as Picture

from samstudio.domain import InvalidInput, StudioError
from samstudio.services.dataset_io.imports.options import ImportOptions
from samstudio.services.dataset_io.imports.reading import EntryKind, FoundImage, Reading, Skipped, no_objects
from samstudio.services.dataset_io.imports.walk import WITH_IMAGE
from samstudio.services.dataset_io.label_masks.picture import PageOf
from samstudio.services.images import ImageService, PictureFile
from samstudio.services.images.file_types import HEAD, may_hold_pages
from samstudio.services.images.readers.orientation import orientation_of


class ImageFiles:
    """The image files of an import: opened, and kept open while their pages are taken one after the other."""

    def __init__(self, images: ImageService, options: ImportOptions) -> None:
        self._images = images
        self._options = options
        self._last: tuple[Path, PictureFile] | None = None

    def open(self, found: FoundImage) -> PictureFile:
        """Open an image's file by its header.

        Raises:
            InvalidInput: It cannot be read or is too large, or the image has no file here.
        """
        if found.file is None:
            raise InvalidInput(f"{found.name} cannot be read: No such file or directory")
        if self._last is None or self._last[0] != found.file:
            name = found.name.removesuffix(f"#{found.page}")
            self._last = (
                found.file,
                self._images.open_file(_bytes(name, found.file), filename=name, options=self._options.read),
            )
        return self._last[1]

    def orientation(self, found: FoundImage, image_id: str) -> int:
        """Return the EXIF orientation, 1 to 8, of an image's file: here, or else in the dataset."""
        try:
            with Picture.open(found.file or self._images.original(image_id)) as picture:
                return orientation_of(picture)
        except (StudioError, OSError, ValueError, Picture.DecompressionBombError):
            return 1

    def expand(self, reading: Reading) -> None:
        """Put the pages of each file in its place; objects and what is said of it go to the first page.

        Only so many files are opened as the options' limit lets images in.
        """
        limit = self._options.limit
        images: list[FoundImage] = []
        for at, found in enumerate(reading.images):
            if limit is not None and len(images) >= limit:
                images += reading.images[at:]
                break
            try:
                images += self._pages(found)
            except InvalidInput as error:
                reading.skipped += _left_out(found, str(error))
        reading.images = images

    def _pages(self, found: FoundImage) -> list[FoundImage]:
        if found.file is None or found.page is not None or not _may_hold_pages(found.file):
            return [found]
        try:
            file = self.open(found)
        except InvalidInput:
            return [found]  # it is refused when its turn comes
        if file.count == 1:
            return [found]
        pages = self._wanted(file)
        group = found.group or file.origin or found.name
        of_file = replace(found, group=group)
        return [_page(of_file, PageOf(page, file.count, page == pages[0])) for page in pages]

    def _wanted(self, file: PictureFile) -> Sequence[int]:
        page = self._options.page
        if page is None:
            file.check_pages()
            return range(1, file.count + 1)
        if page > file.count:
            raise InvalidInput(f"{file.name} has {file.count:,} pages, and no page {page}")
        return [page]


def _page(found: FoundImage, page: PageOf) -> FoundImage:
    """Return a page of a file; what is said of the file and is not by page belongs to the first one."""
    one = replace(found, name=f"{found.name}#{page.number}", page=page.number)
    if found.page_objects is not None:
        one = replace(one, objects=partial(found.page_objects, page=page), page_objects=None)
    if page.first:
        return one
    if found.page_objects is None:
        one = replace(one, objects=no_objects, entries=0, size=None)
    # That a file has no objects is so of each of its pages.
    note = found.note if found.objects is no_objects else ""
    return replace(one, listed=1, note=note, code=found.code if note or found.doubt else "")


def remarks(file: PictureFile, notes: Sequence[str]) -> tuple[str, ...]:
    """Return the notes of a file's reading without its name, so that those of many files are told once."""
    return tuple(note.removeprefix(f"{file.name} ") for note in notes)


def _may_hold_pages(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return may_hold_pages(file.read(HEAD))
    except OSError:
        return False


def _bytes(name: str, path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{name} cannot be read: {error.strerror or error}") from error


def _left_out(found: FoundImage, why: str) -> list[Skipped]:
    left = [Skipped(found.name, why, kind=EntryKind.IMAGE, count=found.listed)]
    if found.entries:
        left.append(Skipped(found.name, WITH_IMAGE, "with_image", count=found.entries))
    return left
