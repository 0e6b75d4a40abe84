"""Cursors: places in an order, as opaque text. Nothing in one is trusted."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from samstudio.domain import InvalidInput
from samstudio.services.image_queries.query import ImageQuery

LONGEST = 2000
LARGEST = 2**31 - 1


@dataclass(frozen=True)
class Cursor:
    """A place: the value of the order's column and the ``seq`` of an image, which may be gone by now."""

    key: Any
    seq: int

    def written(self, query: ImageQuery) -> str:
        """Return it as text, for this query's order alone."""
        key = {"at": self.key.astimezone(UTC).isoformat()} if isinstance(self.key, datetime) else self.key
        content = [query.sort_key.column_of(query.falls), int(query.falls), key, self.seq]
        return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def read_cursor(text: str, query: ImageQuery) -> Cursor:
    """Return the place that a text names in the query's order.

    Raises:
        InvalidInput: It is no cursor, or one of another order.
    """
    column, falls, key, seq = _content(text)
    if (column, falls) != (query.sort_key.column_of(query.falls), int(query.falls)):
        raise InvalidInput(
            f"the cursor {text[:20]!r} is of another order of the images: begin at the first page"
        )
    try:
        return Cursor(_key(column, key), seq)
    except (ValueError, TypeError, OverflowError) as error:
        raise _unreadable(text) from error


def _content(text: str) -> tuple[str, int, Any, int]:
    if len(text) > LONGEST or not text.isascii():
        raise _unreadable(text)
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        column, falls, key, seq = json.loads(raw)
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise _unreadable(text) from error
    if type(column) is not str or type(falls) is not int or type(seq) is not int or not 0 <= seq <= LARGEST:
        raise _unreadable(text)
    return column, falls, key, seq


def _key(column: str, key: Any) -> Any:
    """Return a key as its column has it."""
    if column.endswith("_key"):
        return _storable(_of(str, key))
    if column.endswith("_at"):
        return datetime.fromisoformat(_of(str, key["at"])).astimezone(UTC)
    if column in ("score", "score_down", "held_out", "held_out_down"):
        return float(_of(float, key))
    value = _of(int, key)
    if not 0 <= value <= 2**62:
        raise ValueError(key)
    return value


def _storable(text: str) -> str:
    """Return a text that databases take; UnicodeEncodeError, which is a ValueError, for half a character."""
    text.encode()
    if "\0" in text:
        raise ValueError(text)
    return text


def _of(kind: type, key: Any) -> Any:
    if type(key) is not kind:
        raise TypeError(f"{key!r} is not of {kind}")
    return key


def _unreadable(text: str) -> InvalidInput:
    return InvalidInput(f"{text[:20]!r} is no cursor of a list of images: begin at the first page")
