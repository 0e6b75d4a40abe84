"""A number that rises with every change of the dataset, so that a page knows when to read it again.

It is raised by the database itself, in the transaction that changes a row of any table but those of
`QUIET`: whoever changes something, and whoever adds a table, has nothing to remember.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Engine, event, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import UpdateBase

from samstudio.db.tables import (
    AliasMoveRow,
    DatasetChangesRow,
    DecoderVersionRow,
    EvaluationRow,
    ImageVectorRow,
    JobPointRow,
    JobRow,
    TestScoreRow,
    WatchScoreRow,
)

TOUCHED = "samstudio_touched"
"""Execution option of a connection: the set of names of tables in which its transaction changes rows."""

QUIET = frozenset(
    row.__tablename__
    for row in (
        AliasMoveRow, DatasetChangesRow, DecoderVersionRow, EvaluationRow, ImageVectorRow, JobPointRow,
        JobRow, TestScoreRow, WatchScoreRow,
    )
)  # fmt: skip
"""Tables that tell of models and jobs, not of the dataset."""


def follow_changes(engine: Engine) -> None:
    """Let the connections of an engine note the tables in which they change rows."""
    event.listen(engine, "after_execute", _note)


def _note(
    connection: Connection, statement: Any, _many: Any, _params: Any, _options: Any, _result: Any
) -> None:
    touched = connection.get_execution_options().get(TOUCHED)
    if touched is not None and isinstance(statement, UpdateBase):
        touched.add(getattr(statement.table, "name", ""))


def count_change(session: Session, touched: Iterable[str]) -> None:
    """Raise the number if the dataset was changed; call it last, for it makes other writers wait."""
    if not QUIET.issuperset(touched):
        row = DatasetChangesRow
        session.execute(
            update(row).values(number=row.number + 1).execution_options(synchronize_session=False)
        )


def changes(session: Session) -> int:
    """Return the number."""
    return session.scalar(select(DatasetChangesRow.number)) or 0
