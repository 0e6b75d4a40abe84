"""Storing of images: row and files come and go together.

Files are written beside and renamed before their row is committed, so a row
never points to a missing file.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image as Picture
from sqlalchemy.exc import IntegrityError

from samstudio.db.engine import Database
from samstudio.db.image_facts import refresh
from samstudio.db.tables import ImageRow
from samstudio.domain import Image, PixelSize
from samstudio.files import beside, put_in_place
from samstudio.services.images.decoding import DecodedImage, Pixels
from samstudio.services.images.originals import put_original, remove_unreferred, written_beside
from samstudio.services.images.picture_file import PictureFile
from samstudio.services.images.rows import find_row, image_of, unknown
from samstudio.services.images.trash_rows import restore_rows


class ImageStore:
    """Writes and removes the rows and files of images, the files in ``folder``."""

    def __init__(self, *, database: Database, folder: Path, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._folder = folder
        self._clock = clock

    def find(self, image_id: str) -> ImageRow | None:
        """Return the row of an image, also in the trash; None where there is none."""
        with self._database.read() as session:
            return find_row(session, image_id, in_trash=True)

    def known(self, image_id: str) -> tuple[ImageRow | None, bool]:
        """Return the row of an image if it is stored, taken out of the trash; and whether it was in it."""
        row = self.find(image_id)
        if row is None or row.deleted_at is None:
            return row, False
        with self._database.write() as session:
            restored = restore_rows(session, [image_id], now=self._clock())
            return find_row(session, image_id), bool(restored)

    def store(
        self, image_id: str, decoded: DecodedImage, file: PictureFile, group: str | None
    ) -> tuple[Image, bool]:
        """Store a new image; return it, and whether nobody else did so a moment ago.

        Args:
            image_id: The id of its pixels.
            decoded: The page that it is.
            file: The file that it came in as.
            group: Its group; None: that of its file.
        """
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
            pixel_size=PixelSize.from_json(decoded.reading.get("pixel_size")),
            **_origin(decoded, file, shown),
        )
        try:
            self._place(row, stored, file.data)
        except IntegrityError:  # someone stored the same pixels a moment ago
            return image_of(self.row(image_id)), False
        return image_of(row), True

    def adopt(self, row: ImageRow, decoded: DecodedImage, file: PictureFile) -> None:
        """Keep the original of an image that came in before originals were kept, now that it comes again."""
        if row.original_file or decoded.keep_suffix or decoded.source_format != row.source_format:
            return
        origin = _origin(decoded, file, row.file)
        path = self._folder / str(origin["original_file"])
        with written_beside(file.data, path) as temporary, self._database.write() as session:
            present = find_row(session, row.id)
            if present is not None and present.original_file is None:
                for name, value in origin.items():
                    setattr(present, name, value)
                put_original(temporary, file.data, path)

    def adopt_pixel_size(self, row: ImageRow, decoded: DecodedImage) -> None:
        """Record the pixel size that a file says of an image whose own file said none."""
        said = decoded.reading.get("pixel_size")
        if said is None or (row.reading or {}).get("pixel_size"):
            return
        with self._database.write() as session:
            present = find_row(session, row.id)
            if present is not None:
                present.reading = {**(present.reading or {}), "pixel_size": said}
                present.pixel_size = present.pixel_size or PixelSize.from_json(said)

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
                    refresh(session, [row.id])
                    placed = True
                    put_in_place(temporary, path)
                    put_original(beside_original, data, original)
            except BaseException:
                if placed:
                    self.remove_files(row.id, row.file, row.original_file)
                raise

    def remove_files(self, image_id: str, file: str, original_file: str | None) -> None:
        """Remove an image's files, once its row is gone.

        Args:
            image_id: The image that was deleted, or could not be stored.
            file: What browsers show, as its row had it.
            original_file: The original, which other pages of its file may share.
        """
        # Only after the row is gone; and not if the same pixels came in again
        # in between: `store` renames its file in a writing transaction too.
        with self._database.write() as session:
            if find_row(session, image_id, in_trash=True) is None:
                (self._folder / file).unlink(missing_ok=True)
            remove_unreferred(session, self._folder, original_file)

    def row(self, image_id: str) -> ImageRow:
        """Return the row of an image.

        Raises:
            NotFound: It was deleted meanwhile.
        """
        row = self.find(image_id)
        if row is None:  # it was deleted in between
            raise unknown(image_id)
        return row


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
