"""Texts that are compared: names in the order in which people count, words without case, sets as text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

SEPARATOR = "\n"
"""Stands before and after each item of a set. No name has it: names are of printable characters."""

LONGEST_KEY = 200
"""Characters of a name that order it."""

_DIGITS = re.compile(r"[0-9]+")


def folded(text: str) -> str:
    """Return a text as it is searched: without case, full-width as half-width, without control characters."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(character if character.isprintable() else " " for character in plain)


def name_key(name: str) -> str:
    """Return a text whose order by bytes is the order of names: ``img2`` before ``img10``."""
    return _DIGITS.sub(_counted, folded(name))[:LONGEST_KEY]


def _counted(digits: re.Match[str]) -> str:
    number = digits[0].lstrip("0")
    return f"{min(len(number), 99):02d}{number}"


def search_text(name: str, group: str | None) -> str:
    """Return what a search for words looks in."""
    return folded(f"{name} {group}" if group else name)


def set_text(items: Iterable[object]) -> str:
    """Return a set as text, each item once; empty for none."""
    texts = sorted({str(item) for item in items})
    return SEPARATOR + SEPARATOR.join(texts) + SEPARATOR if texts else ""


def in_set(item: object) -> str:
    """Return the text that a set's text contains if the item is in it."""
    return f"{SEPARATOR}{item}{SEPARATOR}"


def items_of(text: str) -> tuple[str, ...]:
    """Return the items of a set's text, in order."""
    return tuple(text.strip(SEPARATOR).split(SEPARATOR)) if text else ()
