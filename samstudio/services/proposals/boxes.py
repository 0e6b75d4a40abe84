"""Boxes that came in without a mask: they wait until a decoder has drawn it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from samstudio.authors import current_author
from samstudio.db.engine import Database
from samstudio.db.tables import ImageRow, PendingBoxRow
from samstudio.db.types import utc_now
from samstudio.domain import Box
from samstudio.services.annotations.categories import category_row
from samstudio.services.annotations.queries import chunks


@dataclass(frozen=True)
class PendingBox:
    """A box (XYXY, pixels of the image) that waits for its mask.

    ``key``: its name, unique in the dataset; it becomes the annotation's ``client_id``. ``source``: what it
    is imported from, ``author``: by whom; None: by who stores it.
    """

    image_id: str
    category: str
    box: Box
    key: str
    source: str = ""
    author: str | None = None


class PendingBoxes:
    """The store of boxes that wait; those of a deleted image go with it."""

    def __init__(self, *, database: Database, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._clock = clock

    def add_many(self, boxes: Sequence[PendingBox]) -> None:
        """Store boxes; those whose key is stored already stay as they are.

        Raises:
            InvalidInput: A category's name is empty or too long.
        """
        with self._database.write() as session:
            known = _stored(session, [one.key for one in boxes])
            fresh = {one.key: one for one in boxes if one.key not in known}
            session.add_all(self._row(session, one) for one in fresh.values())

    def of_image(self, image_id: str) -> list[PendingBox]:
        """List the boxes of an image, in the order in which they came in."""
        query = select(PendingBoxRow).where(PendingBoxRow.image_id == image_id).order_by(PendingBoxRow.id)
        with self._database.read() as session:
            return [_pending(row) for row in session.scalars(query)]

    def keys(self, image_id: str) -> Set[str]:
        """Return the keys of the boxes of an image."""
        with self._database.read() as session:
            return set(session.scalars(select(PendingBoxRow.key).where(PendingBoxRow.image_id == image_id)))

    def images(self) -> list[str]:
        """List the ids of the images with boxes that wait."""
        query = _of_present_images(select(PendingBoxRow.image_id)).group_by(PendingBoxRow.image_id)
        with self._database.read() as session:
            return list(session.scalars(query.order_by(func.min(PendingBoxRow.id))))

    def count(self) -> int:
        """Count the boxes that wait."""
        with self._database.read() as session:
            return session.scalar(_of_present_images(select(func.count(PendingBoxRow.id)))) or 0

    def remove(self, keys: Iterable[str]) -> None:
        """Forget boxes; those that are not stored are passed over."""
        with self._database.write() as session:
            for chunk in chunks(list(keys)):
                session.execute(delete(PendingBoxRow).where(PendingBoxRow.key.in_(chunk)))

    def _row(self, session: Session, one: PendingBox) -> PendingBoxRow:
        x0, y0, x1, y1 = one.box
        return PendingBoxRow(
            image_id=one.image_id,
            category=category_row(session, one.category),
            x0=x0,
            y0=y0,
            x1=x1,
            y1=y1,
            key=one.key,
            created_at=self._clock(),
            source=one.source,
            author=current_author(one.author),
        )


def _of_present_images(query: Select[Any]) -> Select[Any]:
    """Leave out the boxes of images in the trash."""
    joined = query.join(ImageRow, ImageRow.id == PendingBoxRow.image_id)
    return joined.where(ImageRow.deleted_at.is_(None))


def _stored(session: Session, keys: Sequence[str]) -> Set[str]:
    found: set[str] = set()
    for chunk in chunks(keys):
        found.update(session.scalars(select(PendingBoxRow.key).where(PendingBoxRow.key.in_(chunk))))
    return found


def _pending(row: PendingBoxRow) -> PendingBox:
    box = (row.x0, row.y0, row.x1, row.y1)
    return PendingBox(row.image_id, row.category.name, box, row.key, row.source, row.author)
