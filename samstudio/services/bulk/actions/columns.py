"""Actions that set something about an image itself: where it stands, a flag, a note, its group, its split."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from samstudio.db.tables import ImageRow
from samstudio.domain import ImageState, InvalidInput
from samstudio.services.bulk.action import Apply, BulkAction, Done, Undo, no_value
from samstudio.services.image_queries.query import SPLITS
from samstudio.services.notes import LONGEST_GROUP, checked_note, checked_text


def _setting(column: str, stored: Callable[[str], Any]) -> Apply:
    def apply(session: Session, image_ids: Sequence[str], value: str, now: datetime) -> Done:
        wanted = stored(value)
        before = _by_value(session, column, image_ids)
        before.pop(wanted, None)
        undo = _change(session, column, before, wanted, now)
        return Done(sum(map(len, before.values())), undo=undo)

    return apply


def _by_value(session: Session, column: str, image_ids: Sequence[str]) -> dict[Any, list[str]]:
    found: dict[Any, list[str]] = defaultdict(list)
    query = select(ImageRow.id, getattr(ImageRow, column)).where(ImageRow.id.in_(image_ids))
    for image_id, value in session.execute(query.order_by(ImageRow.seq).with_for_update(key_share=True)):
        found[value].append(image_id)
    return found


def _change(
    session: Session, column: str, before: Mapping[Any, Sequence[str]], value: Any, now: datetime
) -> Undo | None:
    """Set a column of images, and return how they get back what was there.

    Args:
        session: A writing transaction.
        column: Its name.
        before: The ids of the images by the value that they have.
        value: The new value.
        now: The time of the change.
    """
    for ids in before.values():
        _set(session, column, ids, value, now)

    def undo(session: Session, now: datetime) -> int:
        kept = 0
        for former, ids in before.items():
            still = _by_value(session, column, ids).get(value, [])
            _set(session, column, still, former, now)
            kept += len(ids) - len(still)
        return kept

    return undo if before else None


def _set(session: Session, column: str, image_ids: Sequence[str], value: Any, now: datetime) -> None:
    """Set a column of images.

    Args:
        session: A writing transaction.
        column: Its name.
        image_ids: The images, a few hundred.
        value: The new value.
        now: The time of the change.
    """
    change = update(ImageRow).where(ImageRow.id.in_(image_ids)).values({column: value, "updated_at": now})
    session.execute(change.execution_options(synchronize_session=False))
    session.expire_all()


def _one_of(*names: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if value not in names:
            there_are = ", ".join(name or "nothing" for name in names)
            raise InvalidInput(f"{value[:60]!r} is not one of {there_are}")
        return value

    return check


def _line(longest: int) -> Callable[[str], str]:
    return lambda value: " ".join(checked_text(value, longest).split())


def _mark(value: str) -> str | None:
    return value if value in (ImageState.DONE, ImageState.NOTHING) else None


SET_STATE = BulkAction(
    "state",
    "Set state",
    "say that they are done, that there is nothing on them, or neither (todo)",
    _setting("mark", _mark),
    _one_of(ImageState.TODO, ImageState.DONE, ImageState.NOTHING),
)
FLAG = BulkAction(
    "flag", "Flag", "say that they need a second look", _setting("flagged", lambda _: True), no_value
)
UNFLAG = BulkAction(
    "unflag",
    "Remove flag",
    "say that they need no second look",
    _setting("flagged", lambda _: False),
    no_value,
)
NOTE = BulkAction(
    "note",
    "Set note",
    "give them this note; an empty one takes it away",
    _setting("note", str),
    checked_note,
)
SET_GROUP = BulkAction(
    "group",
    "Set group",
    "put them into this group, which is never split; an empty one: into none",
    _setting("group", lambda value: value or None),
    _line(LONGEST_GROUP),
)
SET_SPLIT = BulkAction(
    "split",
    "Set split",
    "fix them for training (train), validation (val) or testing (test); an empty one: for none",
    _setting("split", lambda value: value or None),
    _one_of(*SPLITS, ""),
)
