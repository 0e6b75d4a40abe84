"""What a category's words and colour may be."""

from __future__ import annotations

import re

from samstudio.domain import InvalidInput
from samstudio.services.annotations.categories import LONGEST_DESCRIPTION, checked_name


def checked_values(
    name: str | None, color: str | None, supercategory: str | None, description: str | None
) -> dict[str, str]:
    """Return the columns that are given, as they are stored.

    Args:
        name: The name.
        color: The colour, ``#rrggbb``.
        supercategory: COCO's; empty for none.
        description: What belongs to the category.

    Raises:
        InvalidInput: A value cannot be used.
    """
    values = {
        "name": None if name is None else checked_name(name),
        "color": None if color is None else _color(color),
        "supercategory": supercategory and checked_name(supercategory),
        "description": None if description is None else _description(description),
    }
    return {column: value for column, value in values.items() if value is not None}


def _color(color: str) -> str:
    """Return a colour in small letters.

    Raises:
        InvalidInput: It is not ``#rrggbb``.
    """
    if not re.fullmatch("#[0-9a-fA-F]{6}", color):
        raise InvalidInput(f"{color[:20]!r} is no colour such as #e6553f")
    return color.lower()


def _description(text: str) -> str:
    """Return a description without surrounding space.

    Raises:
        InvalidInput: It is too long.
    """
    clean = text.strip()
    if len(clean) > LONGEST_DESCRIPTION or "\0" in clean:
        raise InvalidInput(f"a description has at most {LONGEST_DESCRIPTION} characters")
    return clean
