"""What the check of a Space says: one finding at a time, each with what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How much a finding matters."""

    MISSING = "missing"
    """The Space will not work, or will lose work, until it is done."""
    WARNING = "warning"
    """It works, less well than it could."""
    UNKNOWN = "unknown"
    """It can only be seen on the Space itself."""
    OK = "ok"


@dataclass(frozen=True)
class SpaceFinding:
    """One thing that was looked at; ``advice`` is empty where nothing has to be done."""

    level: Level
    code: str
    text: str
    advice: str = ""


def ok(code: str, text: str) -> SpaceFinding:
    """Report that there is nothing to do."""
    return SpaceFinding(Level.OK, code, text)


def missing(code: str, text: str, advice: str) -> SpaceFinding:
    """Report that something has to be done."""
    return SpaceFinding(Level.MISSING, code, text, advice)


def warning(code: str, text: str, advice: str) -> SpaceFinding:
    """Report that something had better be done."""
    return SpaceFinding(Level.WARNING, code, text, advice)


def unknown(code: str, text: str, advice: str) -> SpaceFinding:
    """Report that it cannot be seen from here."""
    return SpaceFinding(Level.UNKNOWN, code, text, advice)
