"""Uploaded images: one file and one row each, the same pixels never twice.

Responsible for storing and giving back pictures; `samstudio.services.images.decoding`
reads them. The stored file is written beside and renamed before its row is
committed, so a row never points to a missing file.
"""

from __future__ import annotations

from collections.abc import Callable
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
from samstudio.services.images.file_types import suffix_of
from samstudio.services.images.names import display_name
from samstudio.services.images.originals import (
    Original,
    original_of,
    put_original,
    remove_unreferred,
    written_beside,
)
from samstudio.text import plural


@dataclass(frozen=True)
class AddedImage:
    """The result of `ImageService.add`; ``created`` is False when these pixels were stored already."""

    image: Image
    created: bool


@dataclass(frozen=True)
class IdentifiedImage:
    """The result of `ImageService.identify`: ``size`` (H, W); ``known`` where these pixels are stored."""

    image_id: str
    size: Size
    known: bool


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
        on_delete: Callable[[str], None] = lambda _image_id: None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        """Keep pictures in ``folder`` and their rows in ``database``.

        Args:
            database: Where the rows are.
            folder: Where the files are.
            max_bytes: Largest file accepted, in bytes.
            max_pixels: Largest image accepted, in pixels.
            on_delete: Called with an image's id once the image is gone, to delete what was derived from it.
            clock: Returns the present time, timezone-aware.
        """
        self._on_delete = on_delete
        self._database = database
        self._folder = folder
        self._max_bytes = max_bytes
        self._max_pixels = max_pixels
        self._clock = clock

    def add(self, data: bytes, *, filename: str, group: str | None = None) -> AddedImage:
        """Store an uploaded file; its id is `decoding.pixels_id` of its pixels.

        The same pixels under another name are the image that is stored already.
        A failure leaves nothing behind.

        Raises:
            InvalidInput: The file cannot be read or is too large; the sentence names it.
        """
        name = display_name(filename)
        self._check_bytes(data, name)
        decoded = decode_image(data, filename=name, max_pixels=self._max_pixels)
        image_id = pixels_id(decoded.pixels)
        with self._database.read() as session:
            known = _find(session, image_id)
        if known is not None:
            return AddedImage(_image(known), created=False)
        return self._store(image_id, decoded, data, name, group)

    def identify(self, data: bytes, *, filename: str) -> IdentifiedImage:
        """Tell what `add` would make of a file, and store nothing.

        Raises:
            InvalidInput: The file cannot be read or is too large; the sentence names it.
        """
        name = display_name(filename)
        self._check_bytes(data, name)
        pixels = decode_image(data, filename=name, max_pixels=self._max_pixels).pixels
        image_id = pixels_id(pixels)
        with self._database.read() as session:
            known = _find(session, image_id) is not None
        return IdentifiedImage(image_id, (pixels.shape[0], pixels.shape[1]), known)

    def named(self, filename: str) -> list[Image]:
        """List the images that came in under this name, in whatever folder it was."""
        with self._database.read() as session:
            rows = session.scalars(select(ImageRow).where(ImageRow.filename == display_name(filename)))
            return [_image(row) for row in rows]

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
            return original_values(data, filename=row.filename)
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

    def _store(
        self, image_id: str, decoded: DecodedImage, data: bytes, name: str, group: str | None
    ) -> AddedImage:
        stored = data if decoded.keep_suffix else png_bytes(decoded.pixels)
        file = f"{image_id[:2]}/{image_id}{decoded.keep_suffix or '.png'}"
        original = _original(data, decoded, file)
        height, width, _ = decoded.pixels.shape
        row = ImageRow(
            id=image_id,
            filename=name,
            width=width,
            height=height,
            source_format=decoded.source_format,
            file=file,
            n_bytes=len(stored),
            group=group,
            original_file=original.file,
            original_sha256=original.sha256,
            original_bytes=original.n_bytes,
            created_at=self._clock(),
        )
        try:
            self._place(row, stored, data)
        except IntegrityError:  # someone stored the same pixels a moment ago
            return AddedImage(self.get(image_id), created=False)
        return AddedImage(_image(row), created=True)

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


def _original(data: bytes, decoded: DecodedImage, file: str) -> Original:
    """Name the original's place: ``file`` itself where that is the original."""
    original = original_of(data, suffix=suffix_of(decoded.source_format))
    return replace(original, file=file) if decoded.keep_suffix else original


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
