"""The text of a history: a line of JSON for each entry, the oldest first, and how SQL appends one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func

from samstudio.db.functions import text_position
from samstudio.db.tables import AnnotationRow
from samstudio.domain import HistoryAction, HistoryEntry

KEPT = 20
"""Entries of an annotation: how it came, and the last ones."""

_END = "\n"


def line(entry: HistoryEntry) -> str:
    """Return an entry as a line; what it does not say is left out."""
    said = {
        "at": _moment(entry.at),
        "actions": entry.actions,
        "author": entry.author,
        "version": entry.version,
        "source": entry.source,
        "category": entry.category,
        "decided_at": entry.decided_at and _moment(entry.decided_at),
    }
    kept = {name: value for name, value in said.items() if value is not None}
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":")) + _END


def entries(text: str) -> list[HistoryEntry]:
    """Return the entries of a history, the oldest first; a damaged line is passed over."""
    found = (_entry(one) for one in text.split(_END))
    return [one for one in found if one is not None]


def appended(lines: ColumnElement[str]) -> ColumnElement[str]:
    """Return SQL for a row's history with one more line; of `KEPT` entries the second goes.

    ``lines``: SQL for the line, empty for none.
    """
    text = AnnotationRow.history
    count = func.length(text) - func.length(func.replace(text, _END, ""))
    first = text_position(text, _END)
    rest = func.substr(text, first + 1)
    shorter = func.substr(text, 1, first).concat(func.substr(rest, text_position(rest, _END) + 1))
    return case((lines == "", text), (count >= KEPT, shorter.concat(lines)), else_=text.concat(lines))


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds")


def _entry(text: str) -> HistoryEntry | None:
    try:
        said: dict[str, Any] = json.loads(text)
        return HistoryEntry(
            at=_aware(said["at"]),
            actions=_actions(said["actions"]),
            author=said.get("author"),
            version=said.get("version"),
            source=said.get("source"),
            category=said.get("category"),
            decided_at=_aware(said["decided_at"]) if "decided_at" in said else None,
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _actions(names: Sequence[str]) -> tuple[HistoryAction, ...]:
    return tuple(HistoryAction(name) for name in names)


def _aware(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
