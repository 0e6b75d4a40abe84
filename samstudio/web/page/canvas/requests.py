"""Reading and checking of what the browser sent: text, prompts, numbers. Nothing is changed here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from samstudio.domain import AnnotationStatus, InvalidInput
from samstudio.prompts import prompt_from_json
from samstudio.records import Json

MAX_STEPS = 100
"""Prompts kept for one object: the last ones."""

LATE = timedelta(minutes=1)
"""A decision that comes so long after it was made was kept in the browser meanwhile."""

CANDIDATES = 3
"""How many answers there are to an ambiguous prompt."""


def text(request: Mapping[str, Any], key: str) -> str:
    """Return a text without surrounding space.

    Raises:
        InvalidInput: it is missing or blank.
    """
    value = request.get(key)
    if not isinstance(value, str) or not value.strip():
        raise InvalidInput(f"{key.replace('_', ' ')} is missing")
    return value.strip()


def optional_number(value: Any) -> float | None:
    """Return a number, or None where there is none."""
    return None if value is None else float(value)


def optional_version(value: Any) -> int | None:
    """Return a decoder version's number, or None for what was drawn by hand."""
    return None if value is None else int(value)


def optional_status(value: Any) -> AnnotationStatus | None:
    """Return the status that an object is to have; None where it stays what it is.

    Raises:
        InvalidInput: there is no such status.
    """
    if value is None:
        return None
    try:
        return AnnotationStatus(value)
    except ValueError:
        raise InvalidInput(f"there is no status {value!r}; there are {', '.join(AnnotationStatus)}") from None


def many(request: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """Return a list of objects; empty where the key is missing.

    Raises:
        InvalidInput: the value is not a list of objects.
    """
    items = request.get(key) or []
    if not isinstance(items, list) or not all(isinstance(item, Mapping) for item in items):
        raise InvalidInput(f"{key} is not a list of objects")
    return items


def seen(request: Mapping[str, Any], key: str) -> list[tuple[int, int]]:
    """Return stored objects as ids, each with the revision that the browser knows."""
    return [(int(one["id"]), int(one["revision"])) for one in many(request, key)]


def candidate(step: Mapping[str, Any]) -> int | None:
    """Return which answer to an ambiguous prompt was taken; None where nobody chose.

    Raises:
        InvalidInput: there is no candidate of this number.
    """
    chosen = step.get("candidate")
    if chosen is None:
        return None
    if int(chosen) not in range(CANDIDATES):
        raise InvalidInput(f"there is no candidate {chosen}; they are numbered 0 to {CANDIDATES - 1}")
    return int(chosen)


def last_steps(steps: Any) -> list[Any]:
    """Return the prompts of an object in order, the last `MAX_STEPS` of them."""
    return list(steps or [])[-MAX_STEPS:]


def logged(steps: Any) -> list[Json]:
    """Return the prompts of an object in order, as `Prompt.to_json` writes them, with the candidate taken."""
    prompts: list[Json] = []
    for step in last_steps(steps):
        entry = prompt_from_json(step).to_json()
        # The first one builds on a mask only when that was drawn by hand, which the browser alone knows.
        entry["has_mask_input"] = bool(prompts) or bool(step.get("has_mask_input"))
        chosen = candidate(step)
        prompts.append(entry if chosen is None else {**entry, "candidate": chosen})
    return prompts


def earlier(milliseconds: Any) -> datetime | None:
    """Return when a decision was made, in milliseconds since 1970, where that is a minute ago or longer.

    A browser's clock may be wrong, and no object is refused for it: what cannot be says nothing.
    """
    try:
        moment = datetime.fromtimestamp(float(milliseconds) / 1000, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None
    return moment if datetime.now(UTC) - moment >= LATE else None
