"""Actions that move images into the trash, out of it, and delete for good what is in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from samstudio.services.bulk.action import BulkAction, Done
from samstudio.services.images.trash_rows import discard_rows, restore_rows


def _discard(session: Session, image_ids: Sequence[str], _value: str, now: datetime) -> Done:
    moved = discard_rows(session, image_ids, now=now)

    def undo(session: Session, now: datetime) -> int:
        return len(moved) - len(restore_rows(session, moved, now=now))

    return Done(len(moved), undo=undo if moved else None)


def _restore(session: Session, image_ids: Sequence[str], _value: str, now: datetime) -> Done:
    moved = restore_rows(session, image_ids, now=now)

    def undo(session: Session, now: datetime) -> int:
        return len(moved) - len(discard_rows(session, moved, now=now))

    return Done(len(moved), undo=undo if moved else None)


DISCARD = BulkAction("delete", "Delete", "move them into the trash, with their objects", _discard)
RESTORE = BulkAction(
    "restore", "Restore", "take them out of the trash, with their objects", _restore, trashed=True
)
ERASE = BulkAction(
    "erase",
    "Delete for good",
    "delete those that are in the trash for good, with their objects and files",
    None,
    trashed=True,
)
