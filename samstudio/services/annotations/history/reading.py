"""The history of a row, with how it came where that is older than histories."""

from __future__ import annotations

from samstudio.db.tables import AnnotationRow
from samstudio.domain import HistoryAction, HistoryEntry
from samstudio.services.annotations.history.lines import entries

_ORIGINS = {HistoryAction.IMPORTED, HistoryAction.PROPOSED, HistoryAction.DRAWN}


def history_of(row: AnnotationRow) -> tuple[HistoryEntry, ...]:
    """Return the entries of an annotation, the oldest first."""
    found = entries(row.history)
    if found and found[0].at == row.created_at.replace(microsecond=0) and _ORIGINS & set(found[0].actions):
        return tuple(found)
    return (HistoryEntry(row.created_at, (HistoryAction.ADDED,), version=row.proposed_by), *found)
