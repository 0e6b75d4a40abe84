"""Who acts: the names of people, cleaned and bounded, and the one in whose name this thread or task works.

A name is what somebody typed about themselves, or what a login says. It is text of a stranger: it is kept
short, on one line, and without characters that are not seen.
"""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from typing import Any, NamedTuple

from samstudio.domain import InvalidInput

MOST_BYTES = 100
"""Of a name, in UTF-8."""


class _Acting(NamedTuple):
    name: str | None
    verified: bool


NOBODY = _Acting(None, verified=False)

_acting: ContextVar[_Acting] = ContextVar("samstudio_author", default=NOBODY)


def author_name(text: str | None) -> str | None:
    """Return a name as it is stored, on one line with single spaces; None where nothing is left of it.

    Raises:
        InvalidInput: It has more than `MOST_BYTES` bytes.
    """
    name = _clean(text or "")
    size = len(name.encode())
    if size > MOST_BYTES:
        raise InvalidInput(f"the name {name[:20]!r}… has {size} bytes; the limit is {MOST_BYTES}")
    return name or None


def short_name(text: str) -> str | None:
    """Return a name as it is stored, cut where it is too long: for what must not fail because of it."""
    return _clean(_clean(text).encode()[:MOST_BYTES].decode(errors="ignore")) or None


def current_author(given: str | None = None) -> str | None:
    """Return the name to record now.

    ``given``, empty for nobody's, goes before a name that no login has verified.
    """
    acting = _acting.get()
    return acting.name if acting.verified or given is None else given or None


def verified_author() -> str | None:
    """Return the name that the login says of who acts now; None where it says none."""
    acting = _acting.get()
    return acting.name if acting.verified else None


@contextmanager
def acting_as(name: str | None, *, verified: bool = False) -> Iterator[None]:
    """Record what is written in this block under a name; ``verified`` where a login says it."""
    token = _acting.set(_Acting(name, verified))
    try:
        yield
    finally:
        _acting.reset(token)


def thread_as_now(target: Callable[..., object], *args: Any, name: str) -> threading.Thread:
    """Return a thread, not started yet, that works in the name of who makes it."""
    return threading.Thread(target=copy_context().run, args=(target, *args), name=name, daemon=True)


def _clean(text: str) -> str:
    spaced = (" " if one.isspace() else one for one in unicodedata.normalize("NFC", text))
    return " ".join("".join(one for one in spaced if one.isprintable()).split())
