"""The order of categories: the one that people see, the keys follow and exports keep."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from samstudio.db.tables import CategoryRow
from samstudio.domain import InvalidInput
from samstudio.services.annotations.categories import in_order
from samstudio.services.categories.names import present_row


def ordered_ids(session: Session) -> list[int]:
    """Return the ids of the categories that are listed, in their order."""
    return [row.id for row in session.scalars(in_order())]


def put_in_order(session: Session, category_ids: Sequence[int]) -> None:
    """Put categories into this order; those that are not named follow, and unknown ones are passed over."""
    rows = {row.id: row for row in session.scalars(in_order())}
    named = dict.fromkeys(one for one in category_ids if one in rows)
    for place, category_id in enumerate([*named, *(one for one in rows if one not in named)], start=1):
        rows[category_id].position = place
    session.flush()


def check_order(session: Session, category_ids: Sequence[int]) -> None:
    """Check an order that somebody asks for.

    Raises:
        NotFound: There is no such category.
        InvalidInput: One is named twice.
    """
    if len(set(category_ids)) < len(category_ids):
        raise InvalidInput("a category is named twice in the order")
    for one in category_ids:
        present_row(session, one)


def moved(ids: Sequence[int], category_id: int, before: int | None) -> list[int]:
    """Return an order in which a category stands before another one, or last."""
    others = [one for one in ids if one != category_id]
    at = others.index(before) if before in others else len(others)
    return [*others[:at], category_id, *others[at:]]


def follower(ids: Sequence[int], row: CategoryRow) -> int | None:
    """Return the id of the category after one; None for the last."""
    at = ids.index(row.id) + 1
    return ids[at] if at < len(ids) else None
