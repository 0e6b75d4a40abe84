"""Actions on the objects of images: proposals accepted or rejected, and their category."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from samstudio.db.tables import AnnotationRow
from samstudio.domain import AnnotationStatus
from samstudio.services.annotations.categories import category_row, checked_name
from samstudio.services.annotations.queries import chunks
from samstudio.services.bulk.action import Apply, BulkAction, Undo

PRESENT = (AnnotationStatus.ACCEPTED, AnnotationStatus.PROPOSED)


def _change(
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

    def undo(session: Session, now: datetime) -> None:
        for former, ids in before.items():
            _set(session, column, ids, former, now, where=value)

    return undo if before else None


_ANY = object()


def _set(
    session: Session, column: str, ids: Sequence[int], value: Any, now: datetime, where: Any = _ANY
) -> None:
    """Set a column of annotations; with ``where``, of those alone in which it is still that.

    Args:
        session: A writing transaction.
        column: Its name.
        ids: The annotations.
        value: The new value.
        now: The time of the change.
        where: The value that it must have now.
    """
    for chunk in chunks(ids):
        change = update(AnnotationRow).where(AnnotationRow.id.in_(chunk))
        if where is not _ANY:
            change = change.where(getattr(AnnotationRow, column) == where)
        values = {column: value, "revision": AnnotationRow.revision + 1, "updated_at": now}
        session.execute(change.values(values).execution_options(synchronize_session=False))
    session.expire_all()


def _by_value(
    session: Session, column: str, image_ids: Sequence[str], statuses: Sequence[str]
) -> dict[Any, list[int]]:
    """Return the ids of images' annotations of some statuses, by the value of a column.

    Args:
        session: A transaction.
        column: The column's name.
        image_ids: The images.
        statuses: The statuses.
    """
    found: dict[Any, list[int]] = defaultdict(list)
    query = select(AnnotationRow.id, getattr(AnnotationRow, column))
    fits = query.where(AnnotationRow.image_id.in_(image_ids), AnnotationRow.status.in_(statuses))
    for annotation_id, value in session.execute(fits.order_by(AnnotationRow.id)):
        found[value].append(annotation_id)
    return found


def _decide(status: AnnotationStatus) -> Apply:
    def apply(session: Session, image_ids: Sequence[str], _value: str, now: datetime) -> Undo | None:
        proposed = _by_value(session, "status", image_ids, [AnnotationStatus.PROPOSED])
        return _change(session, "status", proposed, status, now)

    return apply


def _set_category(session: Session, image_ids: Sequence[str], value: str, now: datetime) -> Undo | None:
    wanted = category_row(session, value).id
    before = _by_value(session, "category_id", image_ids, PRESENT)
    before.pop(wanted, None)
    return _change(session, "category_id", before, wanted, now)


ACCEPT = BulkAction(
    "accept",
    "Accept proposals",
    "accept every proposed object",
    _decide(AnnotationStatus.ACCEPTED),
)
REJECT = BulkAction(
    "reject",
    "Reject proposals",
    "reject every proposed object",
    _decide(AnnotationStatus.REJECTED),
)
SET_CATEGORY = BulkAction(
    "category", "Set category", "give every object this category", _set_category, checked_name
)
