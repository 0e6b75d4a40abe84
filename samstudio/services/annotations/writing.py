"""The one place where annotation rows are written: each statement records who did what in the same row.

Whoever changes annotations, one or thousands, calls a function here, so that no change is without its
entry in the history, and no entry without its change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, insert, literal, update
from sqlalchemy.orm import Session

from samstudio.authors import current_author
from samstudio.db.tables import AnnotationRow, CategoryRow
from samstudio.domain import AnnotationStatus, HistoryAction, HistoryEntry, NewAnnotation
from samstudio.services.annotations import history

MOST_SOURCE = 200
"""Characters of what an annotation was imported from that its history keeps."""


def new_row(new: NewAnnotation, values: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
    """Return the columns of a new row, with who made it and how; ``values`` are the others."""
    author = current_author(new.author)
    entry = HistoryEntry(
        now,
        tuple(history.new_actions(new)),
        author,
        new.proposed_by,
        new.source[:MOST_SOURCE] or None,
        decided_at=new.decided_at,
    )
    return {**values, "author": author, "history": history.line(entry)}


def add_row(
    session: Session, new: NewAnnotation, category: CategoryRow, values: Mapping[str, Any], *, now: datetime
) -> AnnotationRow:
    """Add one row and return it; it is written when the session is flushed.

    Args:
        session: A writing transaction.
        new: What it is made of.
        category: Its category.
        values: The other columns.
        now: The time.
    """
    row = AnnotationRow(category=category, **new_row(new, values, now=now))
    session.add(row)
    return row


def insert_rows(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add rows made by `new_row`, thousands at once."""
    if rows:
        session.execute(insert(AnnotationRow), rows)


def update_row(
    session: Session, row: AnnotationRow, revision: int, values: Mapping[str, Any], *, now: datetime
) -> bool:
    """Change one row by one statement, where it still has that revision; tell whether it had.

    Args:
        session: A writing transaction.
        row: The row, as this transaction sees it; it is read again afterwards.
        revision: The revision that the caller saw.
        values: New values by column.
        now: The time of the change.
    """
    actions = history.change_actions(row, values)
    recorded = _recorded(literal(_line(session, actions, values, now))) if actions else {}
    changed = session.execute(
        update(AnnotationRow)
        .where(AnnotationRow.id == row.id, AnnotationRow.revision == revision)
        .values(**values, **recorded, revision=revision + 1, updated_at=now)
        .returning(AnnotationRow.id)
        .execution_options(synchronize_session=False)
    ).first()
    session.expire(row)
    return changed is not None


def update_where(
    session: Session, where: Sequence[ColumnElement[bool]], column: str, value: Any, *, now: datetime
) -> None:
    """Give a column of many rows a value, by one statement.

    Args:
        session: A writing transaction.
        where: Which rows; those that have the value already get a revision, and no entry.
        column: Its name.
        value: The new value.
        now: The time of the change.
    """
    values = {column: value, "revision": AnnotationRow.revision + 1, "updated_at": now}
    change = (
        update(AnnotationRow)
        .where(*where)
        .values({**values, **_recorded(_lines(session, column, value, now))})
    )
    session.execute(change.execution_options(synchronize_session=False))
    session.expire_all()


def move_rows(
    session: Session,
    image_ids: Sequence[str],
    status: ColumnElement[str],
    action: HistoryAction,
    now: datetime,
) -> None:
    """Give all rows of images another status, as their image goes into the trash or comes out of it.

    Args:
        session: A writing transaction.
        image_ids: The images, a few hundred at most.
        status: SQL for the new status.
        action: What is recorded; who did it to the image did nothing to the object.
        now: The time of the change.
    """
    recorded = history.appended(literal(_line(session, [action], {}, now)))
    change = update(AnnotationRow).where(AnnotationRow.image_id.in_(image_ids))
    moved = change.values(status=status, history=recorded)
    session.execute(moved.execution_options(synchronize_session=False))
    session.expire_all()


def _recorded(lines: ColumnElement[str]) -> dict[str, Any]:
    """Return the columns that say who did what."""
    author = current_author()
    named = {} if author is None else {"author": case((lines == "", AnnotationRow.author), else_=author)}
    return {"history": history.appended(lines), **named}


def _line(
    session: Session, actions: Sequence[HistoryAction], values: Mapping[str, Any], now: datetime
) -> str:
    """Return the line for what new values by column do to a row.

    Args:
        session: A transaction, to read a category's name.
        actions: What they do.
        values: The values.
        now: The time of the change.
    """
    recategorised = HistoryAction.CATEGORY in actions
    named = session.get(CategoryRow, values["category_id"]) if recategorised else None
    return history.line(
        HistoryEntry(
            now,
            tuple(actions),
            current_author(),
            version=values.get("proposed_by") if HistoryAction.PROPOSED in actions else None,
            category=named.name if named else None,
        )
    )


def _lines(session: Session, column: str, value: Any, now: datetime) -> ColumnElement[str]:
    """Return SQL for the line that each row gets with another value of a column; empty where it has that.

    Args:
        session: A transaction, to read a category's name.
        column: The column's name.
        value: Its new value.
        now: The time of the change.
    """

    def said(before: Any = None) -> str:
        actions = history.column_actions(column, before, value)
        return _line(session, actions, {column: value}, now) if actions else ""

    if column != "status":
        changed = getattr(AnnotationRow, column).is_distinct_from(value)
        return case((changed, said()), else_="")
    others = [one for one in AnnotationStatus if one != value]
    return case({one.value: said(one) for one in others}, value=AnnotationRow.status, else_="")
