"""Categories: found by name, made when first used, each with a colour of its own."""

from __future__ import annotations

import colorsys

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from samstudio.db.tables import CategoryRow
from samstudio.domain import Category, InvalidInput

PALETTE = (
    "#e6553f",  # vermilion
    "#3d8bfd",  # azure
    "#22b573",  # green
    "#f5b301",  # amber
    "#a45ee5",  # violet
    "#12b8c9",  # cyan
    "#f06bb3",  # pink
    "#8bc34a",  # lime
    "#ff8a3d",  # orange
    "#5c6ff0",  # indigo
    "#c0863c",  # ochre
    "#2e9e8f",  # teal
)
"""Distinguishable on photographs, light and dark; in the order in which categories are made."""

MAX_NAME = 100
_GOLDEN = 0.618033988749895


def color_at(order: int) -> str:
    """Pick the colour ``#rrggbb`` of the category made as number ``order``, from 0; no two alike."""
    if order < len(PALETTE):
        return PALETTE[order]
    red, green, blue = colorsys.hls_to_rgb(order * _GOLDEN % 1.0, 0.55, 0.65)
    return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"


def checked_name(name: str) -> str:
    """Return a category's name without surrounding space.

    Raises:
        InvalidInput: It is empty or too long.
    """
    clean = " ".join(name.split())
    if not clean:
        raise InvalidInput("a category needs a name")
    if len(clean) > MAX_NAME:
        raise InvalidInput(
            f"the category name {clean[:20]!r}… has {len(clean)} characters; the limit is {MAX_NAME}"
        )
    return clean


def category_row(session: Session, name: str) -> CategoryRow:
    """Return the row of that category, made now if there is none.

    Raises:
        InvalidInput: The name is empty or too long.
    """
    clean = checked_name(name)
    known = _find(session, clean)
    if known is not None:
        return known
    order = session.scalar(select(func.count()).select_from(CategoryRow)) or 0
    try:
        with session.begin_nested():
            row = CategoryRow(name=clean, color=color_at(order))
            session.add(row)
    except IntegrityError:  # only where writers run side by side (Postgres)
        row_now = _find(session, clean)
        if row_now is None:
            raise
        return row_now
    return row


def to_category(row: CategoryRow) -> Category:
    """Convert a row to the domain's type."""
    return Category(id=row.id, name=row.name, color=row.color)


def _find(session: Session, name: str) -> CategoryRow | None:
    return session.scalar(select(CategoryRow).where(CategoryRow.name == name))
