"""Moving images into the trash and out of it, within a transaction.

An annotation keeps its status behind a prefix meanwhile, so that no count, list or tuning job which asks
for a status finds it, and none has to ask about the trash.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, literal, select, update
from sqlalchemy.orm import Session

from samstudio.db.image_facts import refresh
from samstudio.db.tables import TRASHED, AnnotationRow, ImageRow
from samstudio.domain import HistoryAction
from samstudio.services.annotations.writing import move_rows


def discard_rows(session: Session, image_ids: Sequence[str], *, now: datetime) -> list[str]:
    """Move images into the trash; return the ids of those that were not in it, a few hundred at most."""
    moved = _those(session, image_ids, trashed=False)
    _set_deleted(session, moved, now)
    move_rows(session, moved, literal(TRASHED) + AnnotationRow.status, HistoryAction.IMAGE_DELETED, now)
    refresh(session, moved)
    return moved


def restore_rows(session: Session, image_ids: Sequence[str], *, now: datetime) -> list[str]:
    """Move images out of the trash, with their annotations as they were; return the ids of those in it."""
    moved = _those(session, image_ids, trashed=True)
    _set_deleted(session, moved, None)
    status = func.substr(AnnotationRow.status, len(TRASHED) + 1)
    move_rows(session, moved, status, HistoryAction.IMAGE_RESTORED, now)
    refresh(session, moved)
    return moved


def _those(session: Session, image_ids: Sequence[str], *, trashed: bool) -> list[str]:
    """Return the ids of images that are, or are not, in the trash; nobody else moves them meanwhile."""
    inside = ImageRow.deleted_at.is_not(None) if trashed else ImageRow.deleted_at.is_(None)
    query = select(ImageRow.id).where(ImageRow.id.in_(image_ids), inside).order_by(ImageRow.seq)
    return list(session.scalars(query.with_for_update(key_share=True)))


def _set_deleted(session: Session, image_ids: Sequence[str], moment: datetime | None) -> None:
    session.execute(update(ImageRow).where(ImageRow.id.in_(image_ids)).values(deleted_at=moment))
