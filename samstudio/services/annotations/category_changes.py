"""Changes of categories: their words, colours and order; two made one; and deleted."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from samstudio.db.engine import Database
from samstudio.db.image_facts import refresh
from samstudio.db.tables import AnnotationRow, CategoryRow, PendingBoxRow
from samstudio.db.types import utc_now
from samstudio.domain import AnnotationStatus, Category, Conflict, InvalidInput, NotFound
from samstudio.services.annotations.categories import checked_name, in_order, to_category
from samstudio.services.annotations.writing import update_where

IMAGES_AT_ONCE = 200
"""Images of which objects are changed in one transaction."""

LONGEST_DESCRIPTION = 2000


class CategoryService:
    """Changes of categories; where many objects change with one, a few hundred images at a time."""

    def __init__(self, *, database: Database, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._clock = clock

    def change(
        self,
        category_id: int,
        *,
        name: str | None = None,
        color: str | None = None,
        description: str | None = None,
        supercategory: str | None = None,
    ) -> Category:
        """Change a category; what is None stays.

        Args:
            category_id: The category.
            name: Its new name.
            color: Its new colour, ``#rrggbb``.
            description: What belongs to it.
            supercategory: COCO's; empty for none.

        Raises:
            NotFound: There is no such category.
            Conflict: Another category has that name: they can be merged.
            InvalidInput: A value cannot be used.
        """
        values: dict[str, Any] = {
            "name": None if name is None else checked_name(name),
            "color": None if color is None else _color(color),
            "description": None if description is None else _description(description),
            "supercategory": supercategory and checked_name(supercategory),
        }
        with self._database.write() as session:
            row = _row(session, category_id)
            _check_free(session, row, values["name"])
            for column, value in values.items():
                if value is not None:
                    setattr(row, column, value)
            session.flush()
            return to_category(row)

    def reorder(self, category_ids: Sequence[int]) -> list[Category]:
        """Put categories into this order, which exports keep; those that are not named follow.

        Raises:
            NotFound: There is no such category.
            InvalidInput: One is named twice.
        """
        if len(set(category_ids)) < len(category_ids):
            raise InvalidInput("a category is named twice in the order")
        with self._database.write() as session:
            first = [_row(session, one) for one in category_ids]
            others = [row for row in session.scalars(in_order()) if row not in first]
            for place, row in enumerate([*first, *others], start=1):
                row.position = place
            session.flush()
            return [to_category(row) for row in session.scalars(in_order())]

    def merge(self, category_id: int, into: int) -> Category:
        """Give all objects of a category to another, and delete the first; return the other.

        Raises:
            NotFound: There is no such category.
            InvalidInput: Both are the same.
        """
        if category_id == into:
            raise InvalidInput("a category cannot be merged into itself")
        with self._database.read() as session:
            _row(session, into)
        self._change_objects(category_id, "category_id", into)
        with self._database.write() as session:
            row, other = _row(session, category_id), _row(session, into)
            update_where(session, _of(row.id, None), "category_id", into, now=self._clock())
            waiting = update(PendingBoxRow).where(PendingBoxRow.category_id == row.id)
            session.execute(waiting.values(category_id=into))
            session.delete(row)
            session.flush()
            return to_category(other)

    def delete(self, category_id: int, *, reject_objects: bool = False) -> None:
        """Delete a category; its objects are rejected where that is asked, and can be restored with it.

        Raises:
            NotFound: There is no such category.
            Conflict: It has objects that nobody rejected, and ``reject_objects`` is False.
        """
        with self._database.read() as session:
            row = _row(session, category_id)
            if not reject_objects and _images(session, category_id, PRESENT, 1):
                raise Conflict(
                    f"the category {row.name} has objects: merge it into another one, or delete them with it"
                )
        self._change_objects(category_id, "status", AnnotationStatus.REJECTED, PRESENT)
        with self._database.write() as session:
            _row(session, category_id).deleted = True

    def _change_objects(
        self, category_id: int, column: str, value: Any, which: ColumnElement[bool] | None = None
    ) -> None:
        """Give a column of a category's objects a value, some images at a time.

        Args:
            category_id: The category.
            column: The column's name.
            value: Its new value, with which an object is none of these any more.
            which: Which of its objects; None: all.
        """
        while True:
            with self._database.write() as session:
                ids = _images(session, category_id, which, IMAGES_AT_ONCE)
                if not ids:
                    return
                those = [*_of(category_id, which), AnnotationRow.image_id.in_(ids)]
                update_where(session, those, column, value, now=self._clock())
                refresh(session, ids)


PRESENT: ColumnElement[bool] = AnnotationRow.status.in_(
    [AnnotationStatus.ACCEPTED, AnnotationStatus.PROPOSED]
)


def _of(category_id: int, which: ColumnElement[bool] | None) -> list[ColumnElement[bool]]:
    return [AnnotationRow.category_id == category_id, *([] if which is None else [which])]


def _images(session: Session, category_id: int, which: ColumnElement[bool] | None, most: int) -> list[str]:
    """Return the ids of some images with objects of a category.

    Args:
        session: A transaction.
        category_id: The category.
        which: Which of its objects; None: all.
        most: How many images.
    """
    query = select(AnnotationRow.image_id).where(*_of(category_id, which)).distinct()
    return list(session.scalars(query.limit(most)))


def _row(session: Session, category_id: int) -> CategoryRow:
    """Return a category's row.

    Raises:
        NotFound: There is none, or it is deleted.
    """
    row = session.get(CategoryRow, category_id)
    if row is None or row.deleted:
        raise NotFound(f"there is no category {category_id}; it may have been deleted")
    return row


def _check_free(session: Session, row: CategoryRow, name: str | None) -> None:
    """Check that no other category has the name; one that was deleted gives it up.

    Raises:
        Conflict: One has it.
    """
    other = session.scalar(select(CategoryRow).where(CategoryRow.name == name, CategoryRow.id != row.id))
    if other is not None:
        if not other.deleted:
            raise Conflict(f"there is a category {name} already: merge them instead")
        other.name = f"{name[:80] if name else ''} ({other.id})"
        session.flush()


def _color(color: str) -> str:
    """Return a colour in small letters.

    Raises:
        InvalidInput: It is not ``#rrggbb``.
    """
    if not re.fullmatch("#[0-9a-fA-F]{6}", color):
        raise InvalidInput(f"{color[:20]!r} is no colour such as #e6553f")
    return color.lower()


def _description(text: str) -> str:
    """Return a description without surrounding space.

    Raises:
        InvalidInput: It is too long.
    """
    clean = text.strip()
    if len(clean) > LONGEST_DESCRIPTION or "\0" in clean:
        raise InvalidInput(f"a description has at most {LONGEST_DESCRIPTION} characters")
    return clean
