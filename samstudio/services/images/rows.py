"""Rows of images, and what they are outside of the database."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from samstudio.db.tables import ImageRow
from samstudio.domain import Image, NotFound


def find_row(session: Session, image_id: str) -> ImageRow | None:
    """Return the row of an image; None where there is none."""
    return session.scalar(select(ImageRow).where(ImageRow.id == image_id))


def unknown(image_id: str) -> NotFound:
    """Return the error that there is no such image."""
    return NotFound(f"there is no image {image_id[:12]!r}; it may have been deleted")


def image_of(row: ImageRow) -> Image:
    """Return a row as the domain has it."""
    return Image(
        id=row.id,
        filename=row.filename,
        width=row.width,
        height=row.height,
        source_format=row.source_format,
        created_at=row.created_at,
        group=row.group,
    )
