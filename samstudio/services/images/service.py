"""Uploaded images: one file and one row each, the same pixels never twice.

`samstudio.services.images.decoding` reads them, `samstudio.services.images.storing`
writes them.
"""

from __future__ import annotations

import builtins
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from numpy.typing import NDArray
from sqlalchemy import delete, func, or_, select

from samstudio.db.engine import Database
from samstudio.db.tables import AnnotationRow, ImageRow
from samstudio.db.types import utc_now
from samstudio.domain import AnnotationStatus, Conflict, Image, InvalidInput, PixelSize, Unavailable
from samstudio.services.images.decoding import DecodedImage, Pixels, decode_image, original_values, pixels_id
from samstudio.services.images.file_types import IMAGE_SUFFIXES
from samstudio.services.images.names import display_name
from samstudio.services.images.picture_file import PictureFile
from samstudio.services.images.pixel_size import written
from samstudio.services.images.pixel_sizes import PixelSizes
from samstudio.services.images.rendering import AS_THE_FILE_SAYS, ReadOptions
from samstudio.services.images.results import AddedImage, IdentifiedImage, RefusedPage
from samstudio.services.images.rows import find_row, image_of, size_in_file, unknown
from samstudio.services.images.storing import ImageStore
from samstudio.text import plural


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
        self._store = ImageStore(database=database, folder=folder, clock=clock)
        self.pixel_sizes = PixelSizes(database)
        """How large pixels are, where a person says so."""

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

        The same pixels under another name are the image that is stored already; if it is in the trash, it
        is taken out, with its annotations.
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
        known, restored = self._store.known(image_id)
        if known is None:
            image, created = self._store.store(image_id, decoded, file, group)
        else:
            self._store.adopt(known, decoded, file)
            self._store.adopt_pixel_size(known, decoded)
            image, created = self.get(image_id), False
        alike = (*_looks_alike(known, decoded, file), *_other_size(known, decoded, file))
        notes = (*decoded.notes, *alike, *_restored(known, restored))
        return AddedImage(image, created, notes, page, file.count)

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
            known = find_row(session, image_id, in_trash=True)
        height, width, _ = decoded.pixels.shape
        notes = (*decoded.notes, *_looks_alike(known, decoded, file), *_other_size(known, decoded, file))
        return IdentifiedImage(image_id, (height, width), known is not None, notes)

    def reading(self, image_id: str) -> dict[str, Any]:
        """Return how the image's pixels were read from its original; empty for images of before.

        Keys: ``page`` and ``pages``; ``channels`` shown, from 1, of ``of_channels``; ``contrast``: the
        values shown as black and as white; ``inverted``, ``nodata``, ``alpha`` and ``notes``.
        `ReadOptions.repeating` reads the same pixels again.

        Raises:
            NotFound: There is no such image.
        """
        return dict(self._row(image_id).reading or {})

    def keeps_files_in(self, *folders: Path) -> bool:
        """Tell whether one of these folders is that of the stored files, or is below it."""
        own = self._folder.resolve()
        return any(folder.resolve().is_relative_to(own) for folder in folders)

    def named(self, filename: str) -> list[Image]:
        """List the images that came in under this name, in whatever folder it was.

        A name without a suffix, as label files have, also stands for those with one. Systems spell
        accented letters in two ways, which are one name.
        """
        name = display_name(filename)
        spellings = {name, *(unicodedata.normalize(form, name) for form in ("NFC", "NFD"))}
        stems = () if Path(name).suffix.lower() in IMAGE_SUFFIXES else spellings
        longer = [ImageRow.filename.startswith(f"{stem}.", autoescape=True) for stem in stems]
        fits = or_(ImageRow.filename.in_(spellings), *longer)
        with self._database.read() as session:
            rows = session.scalars(select(ImageRow).where(fits, ImageRow.deleted_at.is_(None)))
            found = [image_of(row) for row in rows]
        return [one for one in found if spellings & {one.filename, Path(one.filename).stem}]

    def get(self, image_id: str) -> Image:
        """Return the image with that id.

        Raises:
            NotFound: There is none.
        """
        return image_of(self._row(image_id))

    def list(self, offset: int = 0, limit: int | None = None, *, newest_first: bool = False) -> list[Image]:
        """List images in the order they were added, or the other way round."""
        order = ImageRow.seq.desc() if newest_first else ImageRow.seq.asc()
        with self._database.read() as session:
            present = select(ImageRow).where(ImageRow.deleted_at.is_(None))
            rows = session.scalars(present.order_by(order).offset(offset).limit(limit))
            return [image_of(row) for row in rows]

    def count(self) -> int:
        """Count the images, those in the trash aside."""
        with self._database.read() as session:
            query = select(func.count()).select_from(ImageRow).where(ImageRow.deleted_at.is_(None))
            return session.scalar(query) or 0

    def groups(self) -> builtins.list[tuple[str, int]]:
        """List the groups by name, with how many images each has."""
        counted = (
            select(ImageRow.group, func.count())
            .where(ImageRow.group.is_not(None), ImageRow.deleted_at.is_(None))
            .group_by(ImageRow.group)
        )
        with self._database.read() as session:
            return sorted((str(name), count) for name, count in session.execute(counted))

    def stored_bytes(self) -> int:
        """Sum the bytes of the stored files, the originals and the trash included."""
        apart = (
            select(ImageRow.original_file, ImageRow.original_bytes)
            .where(ImageRow.original_file != ImageRow.file)
            .distinct()
            .subquery()
        )
        with self._database.read() as session:
            shown = session.scalar(select(func.coalesce(func.sum(ImageRow.n_bytes), 0))) or 0
            return shown + (session.scalar(select(func.coalesce(func.sum(apart.c.original_bytes), 0))) or 0)

    def path(self, image_id: str, *, in_trash: bool = False) -> Path:
        """Return a file that a browser shows, and whose pixels are `pixels`; with ``in_trash``, there too.

        Raises:
            NotFound: There is no such image.
        """
        return self._folder / self._row(image_id, in_trash=in_trash).file

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

    def delete(self, image_id: str, *, with_annotations: bool = False, from_trash: bool = False) -> None:
        """Remove an image, its file and, only when asked to, its annotations, for good.

        Args:
            image_id: The image.
            with_annotations: Remove its annotations too.
            from_trash: The image is in the trash; else it is not.

        Raises:
            NotFound: There is no such image, or it is not where it was said to be.
            Conflict: It has annotations that nobody rejected, and ``with_annotations`` is False.
        """
        with self._database.write() as session:
            row = find_row(session, image_id, in_trash=from_trash)
            if row is None or (row.deleted_at is not None) != from_trash:
                raise unknown(image_id)
            of_image = AnnotationRow.image_id == image_id
            standing = of_image & (AnnotationRow.status != AnnotationStatus.REJECTED)
            count = session.scalar(select(func.count()).where(standing)) or 0
            if count and not with_annotations:
                objects = plural(count, "annotation")
                raise Conflict(f"{row.filename} has {objects}, which would be deleted with it")
            session.execute(delete(AnnotationRow).where(of_image))
            session.delete(row)
            file, original_file = row.file, row.original_file
        self._store.remove_files(image_id, file, original_file)
        self._on_delete(image_id)

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

    def _row(self, image_id: str, *, in_trash: bool = False) -> ImageRow:
        with self._database.read() as session:
            row = find_row(session, image_id, in_trash=in_trash)
        if row is None:
            raise unknown(image_id)
        return row


def _only_first(file: PictureFile, page: int | None) -> tuple[str, ...]:
    """Say that one picture of several came in, where nobody asked for that one."""
    if page is not None or file.count == 1:
        return ()
    return (f"{file.name} has {file.count:,} pages: this is the first",)


def _looks_alike(known: ImageRow | None, decoded: DecodedImage, file: PictureFile) -> tuple[str, ...]:
    """Say where values of another file are shown as the same pixels: its original is not kept."""
    if known is None or known.original_sha256 in (None, file.sha256):
        return ()
    if not (decoded.reading.get("contrast") or (known.reading or {}).get("contrast")):
        return ()
    return (f"{file.name} looks exactly as {known.filename}, which is another file: only that one is kept",)


def _other_size(known: ImageRow | None, decoded: DecodedImage, file: PictureFile) -> tuple[str, ...]:
    """Say where another file says another pixel size of the same pixels: the first one's is kept."""
    there = None if known is None else size_in_file(known)
    said = PixelSize.from_json(decoded.reading.get("pixel_size"))
    if known is None or there is None or said is None or there == said:
        return ()
    return (
        f"{file.name} has pixels of {written(said)}, and the same image is there as {known.filename} "
        f"with {written(there)}: that is kept",
    )


def _restored(known: ImageRow | None, restored: bool) -> tuple[str, ...]:
    """Say that an image came back with what was on it, which whoever adds it may not expect."""
    if known is None or not restored:
        return ()
    return (f"{known.filename} was in the trash: it is back, with the annotations that it had",)
