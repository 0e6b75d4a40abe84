"""Values of annotation files, whose types and content nobody has checked."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from samstudio.domain import InvalidInput, Size

MOST_DIGITS = 40
"""Of a number written as text; a longer one is a mistake, and slow to read."""


def number(value: Any, what: str) -> float:
    """Return a finite number, given as one or as text.

    Raises:
        InvalidInput: It is anything else; ``what`` names it in the sentence.
    """
    try:
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float | str)
            or len(str(value)) > MOST_DIGITS
        ):
            raise TypeError("no number")
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        raise InvalidInput(f"its {what} is no number") from None
    if not math.isfinite(found):
        raise InvalidInput(f"its {what} is no number")
    return found


def whole(value: Any, what: str) -> int:
    """Return a whole number, given as one or as text.

    Raises:
        InvalidInput: It is anything else; ``what`` names it in the sentence.
    """
    found = number(value, what)
    if not found.is_integer():
        raise InvalidInput(f"its {what} is no whole number")
    return int(found)


def size_of(width: Any, height: Any) -> Size | None:
    """Return a size (H, W); None where the two are not both positive whole numbers."""
    try:
        found = (whole(height, "height"), whole(width, "width"))
    except InvalidInput:
        return None
    return found if min(found) > 0 else None


def category_name(value: Any) -> str:
    """Return the name of a category, given as text or as a number.

    Raises:
        InvalidInput: It is anything else, or empty.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str) or not value.strip():
        raise InvalidInput("it has no label")
    return value


def fields(value: Any, what: str) -> Mapping[str, Any]:
    """Return a JSON object.

    Raises:
        InvalidInput: It is anything else; ``what`` names it in the sentence.
    """
    if not isinstance(value, Mapping):
        raise InvalidInput(f"its {what} is no JSON object")
    return value
