"""Categories: found by name, made when first used or imported, each with a colour of its own."""

from __future__ import annotations

import colorsys

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from samstudio.db.tables import AnnotationRow, CategoryRow
from samstudio.domain import AnnotationStatus, Category, InvalidInput

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
PLAIN_NAME = "object"
"""The category of what has none of its own; the page's first one."""

LONGEST_DESCRIPTION = 2000
LARGEST_NUMBER = 2**31 - 1
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
        known.deleted = False
        known.merged_into = None
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


def numbered_row(
    session: Session, name: str, number: int | None, supercategory: str = "", description: str = ""
) -> CategoryRow:
    """Return the row of a category that comes in with a number, a supercategory and a description.

    A category that has one of them keeps it. One that gets its
    first number takes the last place, so that categories which come in in some
    order keep that order. A number that another category has is not given again.

    Args:
        session: An open transaction.
        name: The category's name.
        number: The number that it has where it comes from; None, or one that cannot be stored: none.
        supercategory: COCO's; empty for none.
        description: What belongs to it; empty for none.

    Raises:
        InvalidInput: The name is empty or too long.
    """
    row = category_row(session, name)
    if row.number is None and number is not None and 0 <= number <= LARGEST_NUMBER:
        taken = session.scalar(select(CategoryRow).where(CategoryRow.number == number))
        if taken is None or taken.deleted:
            _give_up_number(session, taken)
            row.number = number
            row.position = _last_place(session, row)
    if not row.supercategory:
        row.supercategory = " ".join(supercategory.split())[:MAX_NAME]
    if not row.description:
        row.description = description.replace("\0", "").strip()[:LONGEST_DESCRIPTION]
    session.flush()
    return row


def in_order() -> Select[CategoryRow]:
    """Return the query of all categories, in their order; of deleted ones, those whose objects came back."""
    present = (AnnotationStatus.ACCEPTED, AnnotationStatus.PROPOSED)
    used = select(AnnotationRow.id).where(
        AnnotationRow.category_id == CategoryRow.id, AnnotationRow.status.in_(present)
    )
    listed = select(CategoryRow).where(~CategoryRow.deleted | used.exists())
    return listed.order_by(_place(), CategoryRow.id)


def to_category(row: CategoryRow) -> Category:
    """Convert a row to the domain's type."""
    return Category(
        id=row.id,
        name=row.name,
        color=row.color,
        number=row.number,
        supercategory=row.supercategory,
        description=row.description,
    )


def successor(session: Session, row: CategoryRow) -> CategoryRow:
    """Return the category that a renamed or merged one became: the row itself where it is still there."""
    seen = {row.id}
    while row.deleted and row.merged_into is not None and row.merged_into not in seen:
        following = session.get(CategoryRow, row.merged_into)
        if following is None:
            break
        row = following
        seen.add(row.id)
    return row


def _give_up_number(session: Session, row: CategoryRow | None) -> None:
    if row is not None:
        row.number = None
        session.flush()


def _place() -> ColumnElement[int]:
    return func.coalesce(CategoryRow.position, CategoryRow.id)


def _last_place(session: Session, row: CategoryRow) -> int | None:
    """Return the place after those of all other categories; None where the row is last by its id."""
    last = session.scalar(select(func.max(_place())).where(CategoryRow.id != row.id)) or 0
    return None if row.id > last else last + 1


def _find(session: Session, name: str) -> CategoryRow | None:
    return session.scalar(select(CategoryRow).where(CategoryRow.name == name))
