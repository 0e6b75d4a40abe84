"""What a write did to an annotation, told by the values that it had and those that it gets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from samstudio.db.tables import AnnotationRow
from samstudio.domain import AnnotationStatus, HistoryAction, NewAnnotation

_DECISIONS = {
    (AnnotationStatus.PROPOSED, AnnotationStatus.ACCEPTED): HistoryAction.ACCEPTED,
    (AnnotationStatus.PROPOSED, AnnotationStatus.REJECTED): HistoryAction.REJECTED,
    (AnnotationStatus.ACCEPTED, AnnotationStatus.REJECTED): HistoryAction.DELETED,
    (AnnotationStatus.ACCEPTED, AnnotationStatus.PROPOSED): HistoryAction.REOPENED,
    (AnnotationStatus.REJECTED, AnnotationStatus.ACCEPTED): HistoryAction.RESTORED,
    (AnnotationStatus.REJECTED, AnnotationStatus.PROPOSED): HistoryAction.RESTORED,
}
"""By the status before and after."""

_FIRST_DECISIONS = {
    AnnotationStatus.ACCEPTED: (HistoryAction.ACCEPTED,),
    AnnotationStatus.REJECTED: (HistoryAction.REJECTED,),
}
"""By the status that a new annotation has."""


def new_actions(new: NewAnnotation) -> list[HistoryAction]:
    """Return how an annotation came, and what was decided on it at once."""
    found = [HistoryAction.IMPORTED] if new.source else []
    if new.proposed_by is not None:
        found.append(HistoryAction.PROPOSED)
        if new.proposed_rle is not None and new.proposed_rle != new.rle:
            found.append(HistoryAction.CORRECTED)
    return [*(found or [HistoryAction.DRAWN]), *_FIRST_DECISIONS.get(new.status, ())]


def change_actions(row: AnnotationRow, values: Mapping[str, Any]) -> list[HistoryAction]:
    """Return what new values by column do to an annotation; nothing where its order alone changes."""
    found = _mask_actions(row, values)
    for column in ("category_id", "status", "flagged", "note"):
        before = getattr(row, column)
        if column in values and values[column] != before:
            found += column_actions(column, before, values[column])
    return found


def column_actions(column: str, before: Any, after: Any) -> list[HistoryAction]:
    """Return what another value of one column does to an annotation.

    Args:
        column: Its name.
        before: The value that it has; it matters for a status alone.
        after: The value that it gets.
    """
    if column == "status":
        return [_DECISIONS[AnnotationStatus(before), AnnotationStatus(after)]]
    if column == "flagged":
        return [HistoryAction.FLAGGED if after else HistoryAction.UNFLAGGED]
    known = {"category_id": HistoryAction.CATEGORY, "note": HistoryAction.NOTE}
    return [known[column]] if column in known else []


def _mask_actions(row: AnnotationRow, values: Mapping[str, Any]) -> list[HistoryAction]:
    rle = values.get("rle", row.rle)
    if rle == row.rle:
        return []
    if values.get("proposed_by") is None or values.get("proposed_rle") is None:
        return [HistoryAction.CORRECTED]
    corrected = [HistoryAction.CORRECTED] if rle != values["proposed_rle"] else []
    return [HistoryAction.PROPOSED, *corrected]
