"""Uploaded images: one file and one row each, the same pixels never twice.

Responsible for storing and giving back pictures; `samstudio.services.images.decoding`
reads them. The stored file is written beside and renamed before its row is
committed, so a row never points to a missing file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from numpy.typing import NDArray
from PIL import Image as Picture
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from samstudio.db.engine import Database
from samstudio.db.tables import AnnotationRow, ImageRow
from samstudio.db.types import utc_now
from samstudio.domain import AnnotationStatus, Conflict, Image, InvalidInput, NotFound, Size, Unavailable
from samstudio.files import beside, put_in_place
from samstudio.services.images.decoding import DecodedImage, Pixels, decode_image, original_values, pixels_id
from samstudio.services.images.file_types import IMAGE_SUFFIXES
from samstudio.services.images.names import display_name
from samstudio.services.images.originals import put_original, remove_unreferred, written_beside
from samstudio.services.images.picture_file import PictureFile
from samstudio.services.images.rendering import AS_THE_FILE_SAYS, ReadOptions
from samstudio.text import plural


@dataclass(frozen=True)
class AddedImage:
    """The result of `ImageService.add`; ``created`` is False when these pixels were stored already.

    ``notes``: sentences on what was decided or left out when it was read, for a person to check.
    ``page`` of ``pages``: which of its file's pictures it is, from 1.
    """

    image: Image
    created: bool
    notes: tuple[str, ...] = ()
    page: int = 1
    pages: int = 1


@dataclass(frozen=True)
class RefusedPage:
    """A page that could not be read: its name (``stack.tif#3``) and a sentence that says why."""

    name: str
    why: str


@dataclass(frozen=True)
class IdentifiedImage:
    """The result of `ImageService.identify`: ``size`` (H, W); ``known`` where these pixels are stored.

    ``notes``: as of `AddedImage`.
    """

    image_id: str
    size: Size
    known: bool
    notes: tuple[str, ...] = ()


class ImageService:
    """The store of pictures, under ``folder`` as ``<id[:2]>/<id>.<ext>``.

    The file that came in is kept byte for byte. Where a browser shows from it
    exactly the pixels that we decode (8-bit RGB or grey JPEG, PNG, WebP,
    upright, opaque, still), it is the only one; for every other picture a PNG of
    the decoded pixels is stored, and the original beside it
    (`samstudio.services.images.originals`).
    """

    def __init__(
        self,
        *,
        database: Database,
        folder: Path,
        max_bytes: int,
        max_pixels: int,
        max_pages: int = 1000,
        on_delete: Callable[[str], None] = lambda _image_id: None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        """Keep pictures in ``folder`` and their rows in ``database``.

        Args:
            database: Where the rows are.
            folder: Where the files are.
            max_bytes: Largest file accepted, in bytes.
            max_pixels: Largest image accepted, in pixels.
            max_pages: How many images one file may bring in.
            on_delete: Called with an image's id once the image is gone, to delete what was derived from it.
            clock: Returns the present time, timezone-aware.
        """
        self._on_delete = on_delete
        self._database = database
        self._folder = folder
        self._max_bytes = max_bytes
        self._max_pixels = max_pixels
        self._max_pages = max_pages
        self._clock = clock

    def add(
        self,
        data: bytes,
        *,
        filename: str,
        group: str | None = None,
        page: int | None = None,
        options: ReadOptions = AS_THE_FILE_SAYS,
    ) -> AddedImage:
        """Store one picture of an uploaded file; its id is `decoding.pixels_id` of its pixels.

        The same pixels under another name are the image that is stored already.
        A failure leaves nothing behind. Of a file with several pages it is the first one unless
        ``page`` says which; a note says so, and `add_pages` stores them all.

        Args:
            data: The file.
            filename: Its name.
            group: Images of one group are never split between training and validation; None: the pages
                of one file are a group of its name.
            page: Which page, from 1.
            options: What a person chose about reading it.

        Raises:
            InvalidInput: The file cannot be read or is too large; the sentence names it.
        """
        file = self.open_file(data, filename=filename, options=options)
        added = self.add_page(file, page or 1, group=group)
        return replace(added, notes=(*_only_first(file, page), *added.notes))

    def add_pages(
        self,
        data: bytes,
        *,
        filename: str,
        group: str | None = None,
        options: ReadOptions = AS_THE_FILE_SAYS,
    ) -> Iterator[AddedImage | RefusedPage]:
        """Store every page of a file, one after the other; a page that cannot be read costs that page.

        Args:
            data: The file.
            filename: Its name; pages are called ``name#page``, from 1, where there are several.
            group: As of `add`.
            options: As of `add`.

        Raises:
            InvalidInput: The file cannot be read, is too large or has too many pages; before any is stored.
        """
        file = self.open_file(data, filename=filename, options=options)
        file.check_pages()
        return (self._page_or_why(file, page, group) for page in range(1, file.count + 1))

    def add_all(
        self,
        data: bytes,
        *,
        filename: str,
        group: str | None = None,
        options: ReadOptions = AS_THE_FILE_SAYS,
    ) -> tuple[list[AddedImage], list[RefusedPage]]:
        """Store every page of a file as `add_pages` does; return those added, and those refused.

        Args:
            data: The file.
            filename: Its name.
            group: As of `add`.
            options: As of `add`.

        Raises:
            InvalidInput: As `add_pages`.
        """
        results = [*self.add_pages(data, filename=filename, group=group, options=options)]
        added = [each for each in results if isinstance(each, AddedImage)]
        return added, [each for each in results if isinstance(each, RefusedPage)]

    def open_file(
        self, data: bytes, *, filename: str, options: ReadOptions = AS_THE_FILE_SAYS
    ) -> PictureFile:
        """Open a file by its header, for `add_page` and `identify_page` of its pages; nothing is decoded.

        Raises:
            InvalidInput: The file cannot be read or is too large; the sentence names it.
        """
        self._check_bytes(data, display_name(filename))
        return PictureFile(
            data,
            filename=filename,
            max_pixels=self._max_pixels,
            max_pages=self._max_pages,
            options=options,
        )

    def add_page(self, file: PictureFile, page: int, *, group: str | None = None) -> AddedImage:
        """Store one page of an open file, the first is 1.

        Raises:
            InvalidInput: It cannot be read or is too large; the sentence names the file.
        """
        decoded = file.decode(page)
        image_id = pixels_id(decoded.pixels)
        with self._database.read() as session:
            known = _find(session, image_id)
        if known is None:
            image, created = self._store(image_id, decoded, file, group)
        else:
            self._adopt(known, decoded, file)
            image, created = _image(known), False
        return AddedImage(image, created, decoded.notes, page, file.count)

    def identify(
        self,
        data: bytes,
        *,
        filename: str,
        page: int | None = None,
        options: ReadOptions = AS_THE_FILE_SAYS,
    ) -> IdentifiedImage:
        """Tell what `add` would make of a file, and store nothing.

        Args:
            data: The file.
            filename: Its name.
            page: As of `add`.
            options: As of `add`.

        Raises:
            InvalidInput: The file cannot be read or is too large; the sentence names it.
        """
        file = self.open_file(data, filename=filename, options=options)
        found = self.identify_page(file, page or 1)
        return replace(found, notes=(*_only_first(file, page), *found.notes))

    def identify_page(self, file: PictureFile, page: int) -> IdentifiedImage:
        """Tell what `add_page` would make of a page, and store nothing.

        Raises:
            InvalidInput: It cannot be read or is too large; the sentence names the file.
        """
        decoded = file.decode(page)
        image_id = pixels_id(decoded.pixels)
        with self._database.read() as session:
            known = _find(session, image_id) is not None
        height, width, _ = decoded.pixels.shape
        return IdentifiedImage(image_id, (height, width), known, decoded.notes)

    def reading(self, image_id: str) -> dict[str, Any]:
        """Return how the image's pixels were read from its original; empty for images of before.

        Keys: ``page`` and ``pages``; ``channels`` shown, from 1, of ``of_channels``; ``contrast``: the
        values shown as black and as white; ``inverted``, ``nodata``, ``alpha`` and ``notes``.
        `ReadOptions.repeating` reads the same pixels again.

        Raises:
            NotFound: There is no such image.
        """
        return dict(self._row(image_id).reading or {})

    def named(self, filename: str) -> list[Image]:
        """List the images that came in under this name, in whatever folder it was.

        A name without a suffix, as label files have, also stands for those with one.
        """
        name = display_name(filename)
        stem = None if Path(name).suffix.lower() in IMAGE_SUFFIXES else f"{name}."
        with self._database.read() as session:
            same = ImageRow.filename == name
            fits = same if stem is None else same | ImageRow.filename.startswith(stem, autoescape=True)
            found = [_image(row) for row in session.scalars(select(ImageRow).where(fits))]
        return [one for one in found if one.filename == name or Path(one.filename).stem == name]

    def get(self, image_id: str) -> Image:
        """Return the image with that id.

        Raises:
            NotFound: There is none.
        """
        return _image(self._row(image_id))

    def list(self, offset: int = 0, limit: int | None = None, *, newest_first: bool = False) -> list[Image]:
        """List images in the order they were added, or the other way round."""
        order = ImageRow.seq.desc() if newest_first else ImageRow.seq.asc()
        with self._database.read() as session:
            rows = session.scalars(select(ImageRow).order_by(order).offset(offset).limit(limit))
            return [_image(row) for row in rows]

    def count(self) -> int:
        """Count the images."""
        with self._database.read() as session:
            return session.scalar(select(func.count()).select_from(ImageRow)) or 0

    def stored_bytes(self) -> int:
        """Sum the bytes of the stored files, the originals included."""
        apart = (
            select(ImageRow.original_file, ImageRow.original_bytes)
            .where(ImageRow.original_file != ImageRow.file)
            .distinct()
            .subquery()
        )
        with self._database.read() as session:
            shown = session.scalar(select(func.coalesce(func.sum(ImageRow.n_bytes), 0))) or 0
            return shown + (session.scalar(select(func.coalesce(func.sum(apart.c.original_bytes), 0))) or 0)

    def path(self, image_id: str) -> Path:
        """Return a file that a browser shows, and whose pixels are `pixels`.

        Raises:
            NotFound: There is no such image.
        """
        return self._folder / self._row(image_id).file

    def original(self, image_id: str) -> Path:
        """Return the file that the image came in as, byte for byte; several pages may share one.

        Images that are there from before originals were kept have only the file of `path`.

        Raises:
            NotFound: There is no such image.
        """
        row = self._row(image_id)
        return self._folder / (row.original_file or row.file)

    def original_values(self, image_id: str) -> NDArray[Any]:
        """Decode the original's values, HxW or HxWxC in the file's own dtype, upright as `pixels`.

        Neither scaled nor inverted; without alpha; palettes as RGB.

        Raises:
            NotFound: There is no such image.
            Unavailable: Its file is gone or damaged.
        """
        row = self._row(image_id)
        try:
            data = (self._folder / (row.original_file or row.file)).read_bytes()
            return original_values(data, filename=row.filename, page=row.page or 1)
        except (OSError, InvalidInput) as error:
            raise Unavailable(f"the original file of {row.filename} cannot be read: {error}") from error

    def pixels(self, image_id: str) -> Pixels:
        """Decode the stored pixels, uint8 HxWx3 RGB.

        Raises:
            NotFound: There is no such image.
            Unavailable: Its file is gone or damaged.
        """
        row = self._row(image_id)
        path = self._folder / row.file
        try:
            # Its size was checked when it came in; the limit may have been lowered since.
            decoded = decode_image(path.read_bytes(), filename=path.name, max_pixels=row.width * row.height)
        except (OSError, InvalidInput) as error:
            raise Unavailable(f"the stored file of {row.filename} cannot be read: {error}") from error
        return decoded.pixels

    def delete(self, image_id: str, *, with_annotations: bool = False) -> None:
        """Remove an image, its file and, only when asked to, its annotations.

        Raises:
            NotFound: There is no such image.
            Conflict: It has annotations that nobody rejected, and ``with_annotations`` is False.
        """
        with self._database.write() as session:
            row = _find(session, image_id)
            if row is None:
                raise _unknown(image_id)
            of_image = AnnotationRow.image_id == image_id
            standing = of_image & (AnnotationRow.status != AnnotationStatus.REJECTED)
            count = session.scalar(select(func.count()).where(standing)) or 0
            if count and not with_annotations:
                objects = plural(count, "annotation")
                raise Conflict(f"{row.filename} has {objects}, which would be deleted with it")
            session.execute(delete(AnnotationRow).where(of_image))
            session.delete(row)
            file, original_file = row.file, row.original_file
        self._remove_files(image_id, file, original_file)
        self._on_delete(image_id)

    def _remove_files(self, image_id: str, file: str, original_file: str | None) -> None:
        # Only after the row is gone; and not if the same pixels came in again
        # in between: `_store` renames its file in a writing transaction too.
        with self._database.write() as session:
            if _find(session, image_id) is None:
                (self._folder / file).unlink(missing_ok=True)
            remove_unreferred(session, self._folder, original_file)

    def _check_bytes(self, data: bytes, name: str) -> None:
        if len(data) > self._max_bytes:
            raise InvalidInput(
                f"{name} is {len(data) / 2**20:.0f} MB; "
                f"the limit is {self._max_bytes / 2**20:g} (SAMSTUDIO_MAX_UPLOAD_MB)"
            )

    def _page_or_why(self, file: PictureFile, page: int, group: str | None) -> AddedImage | RefusedPage:
        try:
            return self.add_page(file, page, group=group)
        except InvalidInput as error:
            return RefusedPage(file.page_name(page), str(error))

    def _store(
        self, image_id: str, decoded: DecodedImage, file: PictureFile, group: str | None
    ) -> tuple[Image, bool]:
        """Store a new image; return it, and whether nobody else did so a moment ago."""
        stored = file.data if decoded.keep_suffix else png_bytes(decoded.pixels)
        shown = f"{image_id[:2]}/{image_id}{decoded.keep_suffix or '.png'}"
        height, width, _ = decoded.pixels.shape
        row = ImageRow(
            id=image_id,
            filename=file.page_name(decoded.page),
            width=width,
            height=height,
            source_format=decoded.source_format,
            file=shown,
            n_bytes=len(stored),
            group=group or file.group,
            created_at=self._clock(),
            **_origin(decoded, file, shown),
        )
        try:
            self._place(row, stored, file.data)
        except IntegrityError:  # someone stored the same pixels a moment ago
            return self.get(image_id), False
        return _image(row), True

    def _adopt(self, row: ImageRow, decoded: DecodedImage, file: PictureFile) -> None:
        """Keep the original of an image that came in before originals were kept, now that it comes again."""
        if row.original_file or decoded.keep_suffix or decoded.source_format != row.source_format:
            return
        origin = _origin(decoded, file, row.file)
        path = self._folder / str(origin["original_file"])
        with written_beside(file.data, path) as temporary, self._database.write() as session:
            present = _find(session, row.id)
            if present is not None and present.original_file is None:
                for name, value in origin.items():
                    setattr(present, name, value)
                put_original(temporary, file.data, path)

    def _place(self, row: ImageRow, stored: bytes, data: bytes) -> None:
        """Write row, then files, then commit: whichever fails, nothing is left."""
        path = self._folder / row.file
        original = None if row.original_file == row.file else self._folder / str(row.original_file)
        placed = False
        with beside(path) as temporary, written_beside(data, original) as beside_original:
            temporary.write_bytes(stored)
            try:
                with self._database.write() as session:
                    session.add(row)
                    session.flush()
                    placed = True
                    put_in_place(temporary, path)
                    put_original(beside_original, data, original)
            except BaseException:
                if placed:
                    self._remove_files(row.id, row.file, row.original_file)
                raise

    def _row(self, image_id: str) -> ImageRow:
        with self._database.read() as session:
            row = _find(session, image_id)
        if row is None:
            raise _unknown(image_id)
        return row


def _only_first(file: PictureFile, page: int | None) -> tuple[str, ...]:
    """Say that one picture of several came in, where nobody asked for that one."""
    if page is not None or file.count == 1:
        return ()
    return (f"{file.name} has {file.count:,} pages: this is the first",)


def _origin(decoded: DecodedImage, file: PictureFile, shown: str) -> dict[str, Any]:
    """Return the columns that say what an image was read from, and how."""
    original = file.original(decoded, shown)
    of_file = {"page": decoded.page, "pages": decoded.pages} if decoded.pages > 1 else {}
    notes = {"notes": list(decoded.notes)} if decoded.notes else {}
    return {
        "original_file": original.file,
        "original_sha256": original.sha256,
        "original_bytes": original.n_bytes,
        "page": decoded.page if decoded.pages > 1 else None,
        "reading": of_file | decoded.reading | notes,
    }


def png_bytes(pixels: Pixels) -> bytes:
    """Encode uint8 HxWx3 RGB as PNG; lightly compressed, for these files are read more than moved."""
    buffer = BytesIO()
    Picture.fromarray(pixels).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def _find(session: Session, image_id: str) -> ImageRow | None:
    return session.scalar(select(ImageRow).where(ImageRow.id == image_id))


def _unknown(image_id: str) -> NotFound:
    return NotFound(f"there is no image {image_id[:12]!r}; it may have been deleted")


def _image(row: ImageRow) -> Image:
    return Image(
        id=row.id,
        filename=row.filename,
        width=row.width,
        height=row.height,
        source_format=row.source_format,
        created_at=row.created_at,
        group=row.group,
    )
