"""Changes of one image by the actions on many: all of them or none, and none over what somebody else did."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from samstudio.db.engine import Database
from samstudio.db.image_facts import refresh
from samstudio.db.tables import ImageRow
from samstudio.db.types import utc_now
from samstudio.domain import ImageState, InvalidInput, StaleImage
from samstudio.services.bulk.action import Apply
from samstudio.services.bulk.actions import BULK_ACTIONS
from samstudio.services.images.rows import unknown

Changes = Sequence[tuple[str, str]]
"""Names of `BulkAction` objects, each with its value."""

Seen = Mapping[str, str | bool]
"""Values as the caller saw them: ``state``, ``note``, ``flagged``, ``group``, ``split``; or some of them."""


class ImageMarks:
    """What is said of one image; an action that is done is not among the runs that `BulkService` undoes."""

    def __init__(self, *, database: Database, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._clock = clock

    def change(self, image_id: str, changes: Changes, *, seen: Seen | None = None) -> None:
        """Change an image; where it is so already, nothing happens.

        Args:
            image_id: The image.
            changes: The actions, in order.
            seen: What the caller saw of the image; None: change it whatever it is.

        Raises:
            NotFound: There is no such image, or it is in the trash.
            StaleImage: What is to be changed is neither as it was seen nor as it is to be.
            InvalidInput: There is no such action, it says nothing of an image, or a value is not for it.
        """
        checked = [(name, BULK_ACTIONS.get(name).check(value)) for name, value in changes]
        with self._database.write() as session:
            present = _present(session, image_id)
            _check_unchanged(present, checked, seen or {})
            for name, value in checked:
                _apply(name)(session, [image_id], value, self._clock())
            refresh(session, [image_id])


def _apply(name: str) -> Apply:
    apply = BULK_ACTIONS.get(name).apply
    if apply is None:
        raise InvalidInput(f"the action {name} says nothing of an image")
    return apply


def _present(session: Session, image_id: str) -> dict[str, str | bool]:
    """Return what can be seen of an image, and let nobody else change it until the transaction ends."""
    query = select(ImageRow).where(ImageRow.id == image_id, ImageRow.deleted_at.is_(None))
    row = session.scalar(query.with_for_update(key_share=True))
    if row is None:
        raise unknown(image_id)
    return {
        "state": row.mark or ImageState.TODO.value,
        "note": row.note,
        "flagged": row.flagged,
        "group": row.group or "",
        "split": row.split or "",
    }


def _check_unchanged(present: Mapping[str, str | bool], changes: Changes, seen: Seen) -> None:
    for name, value in changes:
        what, wanted = _FLAGS.get(name, (name, value))
        if what in seen and present[what] not in (seen[what], wanted):
            raise StaleImage(
                f"someone else changed the {what} of this image meanwhile (it is {_said(present[what])}, you "
                f"saw {_said(seen[what])}): look at it again, then decide"
            )


def _said(value: str | bool) -> str:
    return repr(value) if value else "empty"


_FLAGS: dict[str, tuple[str, bool]] = {"flag": ("flagged", True), "unflag": ("flagged", False)}
