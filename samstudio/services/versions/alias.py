"""The alias ``live`` of each model: the row added last says where it points.

A promotion pushes onto a stack, a rollback pops from it, and going to stock
empties it; replaying the moves gives the stack.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from samstudio.db.tables import AliasMoveRow
from samstudio.domain import STOCK_VERSION, LiveVersion

MoveKind = Literal["promote", "rollback"]


@dataclass(frozen=True)
class AliasMove:
    """One move of ``live`` to ``number``; ``code`` says to programs who moved it, empty for a person."""

    number: int
    kind: MoveKind
    moved_at: datetime
    reason: str
    code: str = ""


def live(session: Session, model: str) -> LiveVersion:
    """Return what is live for a model: stock until the first move."""
    query = (
        select(AliasMoveRow.to_number, AliasMoveRow.moved_at)
        .where(AliasMoveRow.model == model)
        .order_by(AliasMoveRow.id.desc())
        .limit(1)
    )
    last = session.execute(query).first()
    return LiveVersion(last.to_number, last.moved_at) if last else LiveVersion(STOCK_VERSION, None)


def move(session: Session, model: str, to: AliasMove) -> None:
    """Point ``live`` at a version, in a writing transaction."""
    session.add(
        AliasMoveRow(
            model=model,
            to_number=to.number,
            kind=to.kind,
            moved_at=to.moved_at,
            reason=to.reason,
            code=to.code or None,
        )
    )
    session.flush()


def moves(session: Session, model: str) -> list[AliasMove]:
    """List every move, newest first."""
    rows = session.scalars(
        select(AliasMoveRow).where(AliasMoveRow.model == model).order_by(AliasMoveRow.id.desc())
    )
    return [
        AliasMove(
            number=row.to_number,
            kind="rollback" if row.kind == "rollback" else "promote",
            moved_at=row.moved_at,
            reason=row.reason,
            code=row.code or "",
        )
        for row in rows
    ]


def stack(session: Session, model: str) -> list[int]:
    """List the versions that rollbacks return to, from the end to the start: stock first, live last."""
    numbers = [STOCK_VERSION]
    for step in reversed(moves(session, model)):
        if step.number == STOCK_VERSION:
            numbers = [STOCK_VERSION]
        elif step.kind == "promote":
            numbers.append(step.number)
        else:  # it may have passed over versions that were deleted
            numbers.pop()
            while numbers[-1] not in (step.number, STOCK_VERSION):
                numbers.pop()
    return numbers


def promoted_numbers(session: Session) -> set[int]:
    """Return the numbers of all versions that have been live, of any model."""
    return set(session.scalars(select(AliasMoveRow.to_number).distinct()))
