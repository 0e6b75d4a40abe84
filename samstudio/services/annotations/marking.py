"""Notes and flags of annotations: changed by themselves, and never over what somebody else wrote."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from samstudio.db.tables import AnnotationRow
from samstudio.domain import StaleAnnotation
from samstudio.services.annotations.changes import change_row
from samstudio.services.annotations.rows import get_or_raise

Marks = Mapping[str, str | bool]
"""``note``, ``flagged``, or one of the two."""


def mark_row(
    session: Session, annotation_id: int, values: Marks, seen: Marks, *, now: datetime
) -> AnnotationRow:
    """Change the note and the flag of an annotation; where they are so already, nothing happens.

    Args:
        session: A writing transaction.
        annotation_id: The annotation.
        values: What is to be, as it is stored.
        seen: What the caller saw.
        now: The time of the change, timezone-aware.

    Raises:
        NotFound: There is no such annotation.
        StaleAnnotation: One of the two is neither as it was seen nor as it is to be.
    """
    session.execute(select(AnnotationRow.id).where(AnnotationRow.id == annotation_id).with_for_update())
    row = get_or_raise(session, annotation_id)
    session.refresh(row)
    present: Marks = {"note": row.note, "flagged": row.flagged}
    for name, wanted in values.items():
        if present[name] not in (seen.get(name, present[name]), wanted):
            raise StaleAnnotation(
                f"someone else changed the {name} of this object ({row.category.name}) meanwhile: "
                "look at it again, then decide",
                annotation_id=row.id,
            )
    changes = {name: wanted for name, wanted in values.items() if wanted != present[name]}
    return change_row(session, row, row.revision, changes, now=now) if changes else row
