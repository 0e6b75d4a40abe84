"""Rows of images, and what they are outside of the database."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from samstudio.db.tables import ImageRow
from samstudio.domain import Image, NotFound, PixelSize

IMAGE_COLUMNS = (
    "id", "filename", "width", "height", "source_format", "created_at", "group", "pixel_size", "mark", "note",
    "flagged",
)  # fmt: skip
"""The columns that make an `Image`, in the order of its fields."""


def find_row(session: Session, image_id: str, *, in_trash: bool = False) -> ImageRow | None:
    """Return the row of an image; None where there is none, or it is in the trash and not asked for there."""
    query = select(ImageRow).where(ImageRow.id == image_id)
    return session.scalar(query if in_trash else query.where(ImageRow.deleted_at.is_(None)))


def unknown(image_id: str) -> NotFound:
    """Return the error that there is no such image."""
    return NotFound(f"there is no image {image_id[:12]!r}; it may have been deleted")


def image_of(row: ImageRow) -> Image:
    """Return a row as the domain has it."""
    return Image(*(getattr(row, name) for name in IMAGE_COLUMNS))


def size_in_file(row: ImageRow) -> PixelSize | None:
    """Return the pixel size that an image's file says; None where it says none."""
    return PixelSize.from_json((row.reading or {}).get("pixel_size"))
