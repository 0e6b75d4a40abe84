"""Actions that move images into the trash, and out of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from samstudio.services.bulk.action import BulkAction, Undo
from samstudio.services.images.trash_rows import discard_rows, restore_rows


def _discard(session: Session, image_ids: Sequence[str], _value: str, now: datetime) -> Undo | None:
    moved = discard_rows(session, image_ids, now=now)

    def undo(session: Session, _now: datetime) -> None:
        restore_rows(session, moved)

    return undo if moved else None


def _restore(session: Session, image_ids: Sequence[str], _value: str, _now: datetime) -> Undo | None:
    moved = restore_rows(session, image_ids)

    def undo(session: Session, now: datetime) -> None:
        discard_rows(session, moved, now=now)

    return undo if moved else None


DISCARD = BulkAction("delete", "Delete", "move them into the trash, with their objects", _discard)
RESTORE = BulkAction("restore", "Restore", "take them out of the trash, with their objects", _restore)
