"""Uploaded images: one file and one row each, the same pixels never twice.

`samstudio.services.images.decoding` reads them, `samstudio.services.images.storing`
writes them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from samstudio.db.engine import Database
from samstudio.db.tables import AnnotationRow, ImageRow
from samstudio.db.types import utc_now
from samstudio.domain import AnnotationStatus, Conflict
from samstudio.services.images.intake import ImageIntake
from samstudio.services.images.rows import find_row, unknown
from samstudio.services.images.stored_files import StoredFiles
from samstudio.services.images.storing import ImageStore
from samstudio.text import plural


class ImageService(StoredFiles, ImageIntake):
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
        self._store = ImageStore(database=database, folder=folder, clock=clock)
        StoredFiles.__init__(self, database, folder)
        ImageIntake.__init__(
            self, store=self._store, max_bytes=max_bytes, max_pixels=max_pixels, max_pages=max_pages
        )

    def check_deletable(self, image_id: str, *, with_annotations: bool = False) -> None:
        """Check that an image may be deleted, or put into the trash.

        Raises:
            NotFound: There is no such image.
            Conflict: It has annotations that nobody rejected, and ``with_annotations`` is False.
        """
        with self._database.read() as session:
            row = find_row(session, image_id)
            if row is None:
                raise unknown(image_id)
            _check_deletable(session, row, with_annotations)

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
            _check_deletable(session, row, with_annotations)
            session.execute(delete(AnnotationRow).where(AnnotationRow.image_id == image_id))
            session.delete(row)
            file, original_file = row.file, row.original_file
        self._store.remove_files(image_id, file, original_file)
        self._on_delete(image_id)


def _check_deletable(session: Session, row: ImageRow, with_annotations: bool) -> None:
    """Refuse an image with annotations that nobody rejected, unless they are to go with it.

    Raises:
        Conflict: It has some, and ``with_annotations`` is False.
    """
    standing = (AnnotationRow.image_id == row.id) & (AnnotationRow.status != AnnotationStatus.REJECTED)
    count = session.scalar(select(func.count()).where(standing)) or 0
    if count and not with_annotations:
        raise Conflict(f"{row.filename} has {plural(count, 'annotation')}, which would be deleted with it")
