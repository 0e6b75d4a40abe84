"""Kinds of parameters: a value as text in an address, and back. Pure; errors name parameter and value."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from samstudio.domain import InvalidInput

LONGEST_TEXT = 500
LARGEST_INTEGER = 2**53


@dataclass(frozen=True)
class Kind:
    """How a parameter's value is read from text and written as text.

    ``read`` raises ValueError for a text that is no such value; ``wanted`` completes "… is not …".
    """

    name: str
    wanted: str
    read: Callable[[str], Any]
    write: Callable[[Any], str] = str
    choices: tuple[str, ...] = ()

    def parsed(self, parameter: str, text: str) -> Any:
        """Return the value.

        Raises:
            InvalidInput: The text is no such value.
        """
        try:
            return self.read(text)
        except (ValueError, OverflowError):  # the latter for a moment before all years
            raise InvalidInput(f"{parameter}: {text[:60]!r} is not {self.wanted}") from None


def choice(*values: StrEnum | str) -> Kind:
    """Return the kind whose values are these."""
    known = {str(value): value for value in values}

    def read(text: str) -> StrEnum | str:
        if text not in known:
            raise ValueError(text)
        return known[text]

    return Kind("choice", f"one of {', '.join(known)}", read, choices=tuple(known))


def _text(text: str) -> str:
    if not text.strip() or len(text) > LONGEST_TEXT or not all(c.isprintable() for c in text):
        raise ValueError(text)
    return " ".join(text.split())


def _integer(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 16 and int(text) <= LARGEST_INTEGER):
        raise ValueError(text)
    return int(text)


def _score(text: str) -> float:
    value = float(text)
    if not math.isfinite(value) or not 0 <= value <= 1 or "_" in text:
        raise ValueError(text)
    return value


def _flag(text: str) -> bool:
    return {"true": True, "false": False}[text] if text in ("true", "false") else _no(text)


def _no(text: str) -> bool:
    raise ValueError(text)


def _first_moment(text: str) -> datetime:
    return _moment(text, end=False)


def _last_moment(text: str) -> datetime:
    return _moment(text, end=True)


def _moment(text: str, *, end: bool) -> datetime:
    """Read a day or a moment; of a day it is the first moment, or the last. Without a zone it is UTC."""
    if len(text) == len("2026-01-31"):
        day = datetime.combine(date.fromisoformat(text), time(), UTC)
        return _within(day) + (timedelta(days=1, microseconds=-1) if end else timedelta())
    zoned = text.replace(" ", "+") if "T" in text else text  # an address turns the "+" of a zone into a space
    moment = datetime.fromisoformat(zoned)
    return _within(moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC))


def _within(moment: datetime) -> datetime:
    if not 1970 <= moment.year < 9999:
        raise ValueError(moment)
    return moment


def _write_moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


TEXT = Kind("text", f"text of 1 to {LONGEST_TEXT} printable characters", _text)
INTEGER = Kind("integer", "a whole number from 0", _integer)
SCORE = Kind("score", "a number from 0 to 1", _score, repr)
FLAG = Kind("flag", "true or false", _flag, lambda value: "true" if value else "false")
FROM = Kind(
    "moment",
    "a day such as 2026-01-31, or a moment such as 2026-01-31T12:00:00Z",
    _first_moment,
    _write_moment,
)
TO = Kind("moment", FROM.wanted, _last_moment, _write_moment)
