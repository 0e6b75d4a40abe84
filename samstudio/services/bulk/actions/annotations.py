"""Actions on the objects of images: proposals accepted or rejected, and their category."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from samstudio.db.tables import AnnotationRow
from samstudio.domain import AnnotationStatus
from samstudio.services.annotations.categories import category_row, checked_name
from samstudio.services.annotations.queries import chunks
from samstudio.services.annotations.writing import update_where
from samstudio.services.bulk.action import Apply, BulkAction, Done, Undo

PRESENT = (AnnotationStatus.ACCEPTED, AnnotationStatus.PROPOSED)


def change_column(
    session: Session, column: str, before: Mapping[Any, Sequence[int]], value: Any, now: datetime
) -> Undo | None:
    """Give a column of annotations a value, and return how they get back the values that they had.

    Args:
        session: A writing transaction.
        column: Its name.
        before: The ids of the annotations by the value that they have.
        value: The new value.
        now: The time of the change.
    """
    _set(session, column, [one for ids in before.values() for one in ids], value, now)

    def undo(session: Session, now: datetime) -> int:
        kept = 0
        for former, ids in before.items():
            still = _still(session, column, ids, value)
            _set(session, column, still, former, now)
            kept += len(ids) - len(still)
        return kept

    return undo if before else None


def _set(session: Session, column: str, ids: Sequence[int], value: Any, now: datetime) -> None:
    """Set a column of annotations.

    Args:
        session: A writing transaction.
        column: Its name.
        ids: The annotations.
        value: The new value.
        now: The time of the change.
    """
    for chunk in chunks(ids):
        update_where(session, [AnnotationRow.id.in_(chunk)], column, value, now=now)


def _still(session: Session, column: str, ids: Sequence[int], value: Any) -> list[int]:
    """Return those annotations whose column has this value; nobody else changes them meanwhile.

    Args:
        session: A writing transaction.
        column: The column's name.
        ids: The annotations.
        value: The value.
    """
    found: list[int] = []
    for chunk in chunks(ids):
        query = select(AnnotationRow.id).where(AnnotationRow.id.in_(chunk))
        same = query.where(getattr(AnnotationRow, column) == value).order_by(AnnotationRow.id)
        found += session.scalars(same.with_for_update())
    return found


def _changed(
    session: Session,
    column: str,
    image_ids: Sequence[str],
    statuses: Sequence[str],
    value: Callable[[], Any],
    now: datetime,
) -> Done:
    """Give the objects of some statuses on images a value, where they have another.

    Args:
        session: A writing transaction.
        column: The column's name.
        image_ids: The images.
        statuses: The statuses.
        value: Returns the value; called where there are such objects.
        now: The time of the change.
    """
    kind = AnnotationRow
    query = select(kind.id, kind.image_id, getattr(kind, column)).where(
        kind.image_id.in_(image_ids), kind.status.in_(statuses)
    )
    rows = session.execute(query.order_by(kind.id).with_for_update()).all()
    wanted = value() if rows else None
    before: dict[Any, list[int]] = defaultdict(list)
    images: set[str] = set()
    for annotation_id, image_id, former in rows:
        if former != wanted:
            before[former].append(annotation_id)
            images.add(image_id)
    undo = change_column(session, column, before, wanted, now)
    return Done(len(images), sum(map(len, before.values())), undo)


def _decide(status: AnnotationStatus) -> Apply:
    def apply(session: Session, image_ids: Sequence[str], _value: str, now: datetime) -> Done:
        return _changed(session, "status", image_ids, [AnnotationStatus.PROPOSED], lambda: status, now)

    return apply


def _set_category(session: Session, image_ids: Sequence[str], value: str, now: datetime) -> Done:
    wanted = partial(_category_id, session, value)
    return _changed(session, "category_id", image_ids, PRESENT, wanted, now)


def _category_id(session: Session, name: str) -> int:
    return category_row(session, name).id


ACCEPT = BulkAction(
    "accept",
    "Accept proposals",
    "accept every proposed object",
    _decide(AnnotationStatus.ACCEPTED),
    unchanged="nothing is proposed on it",
    counts="objects",
)
REJECT = BulkAction(
    "reject",
    "Reject proposals",
    "reject every proposed object",
    _decide(AnnotationStatus.REJECTED),
    unchanged="nothing is proposed on it",
    counts="objects",
)
SET_CATEGORY = BulkAction(
    "category",
    "Set category",
    "give every object this category",
    _set_category,
    checked_name,
    unchanged="no object of another category is on it",
    counts="objects",
)
