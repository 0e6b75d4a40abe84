"""Rows of categories by their names, present and former.

A category that is renamed or merged leaves its name behind, in a deleted row that says where it went. So a
page that has not heard of the change yet still gets through to it, until somebody makes a category of that
name again.
"""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from samstudio.db.tables import AnnotationRow, CategoryRow, PendingBoxRow
from samstudio.domain import Conflict, NotFound
from samstudio.services.annotations.categories import MAX_NAME, in_order, successor


def present_row(session: Session, category_id: int, *, deleted: bool = False) -> CategoryRow:
    """Return a category's row; with ``deleted``, also that of a deleted one.

    Raises:
        NotFound: There is none, or it is deleted.
    """
    row = session.get(CategoryRow, category_id)
    if row is None or not (deleted or is_listed(session, row)):
        raise NotFound(f"there is no category {category_id}; it may have been deleted")
    return row


def is_listed(session: Session, row: CategoryRow) -> bool:
    """Tell whether a category is there: it is not deleted, or objects of it have come back."""
    listed = in_order().with_only_columns(CategoryRow.id).where(CategoryRow.id == row.id)
    return not row.deleted or session.scalar(listed) is not None


def present_name(session: Session, name: str) -> str:
    """Return the present name of the category that had a name, or the name itself."""
    found = session.scalar(select(CategoryRow).where(CategoryRow.name == name))
    return name if found is None else successor(session, found).name


def former_names(session: Session) -> dict[int, list[str]]:
    """Return the names that led to each category, by its id, and that no other one has."""
    found: dict[int, list[str]] = {}
    left = select(CategoryRow).where(CategoryRow.merged_into.is_not(None))
    for row in session.scalars(left.order_by(CategoryRow.id)):
        there = successor(session, row)
        if there is not row:
            found.setdefault(there.id, []).append(row.name)
    return found


def rename(session: Session, row: CategoryRow, name: str) -> None:
    """Give a category another name; the former one leads to it.

    Raises:
        Conflict: Another category has that name.
    """
    if row.name == name:
        return
    former = row.name
    freed = clear_name(session, row, name)
    row.name = name
    session.flush()
    if freed is not None and _is_unused(session, freed):
        freed.name, freed.merged_into = former, row.id
    else:
        session.add(CategoryRow(name=former, color=row.color, deleted=True, merged_into=row.id))
    session.flush()


def clear_name(session: Session, row: CategoryRow, name: str) -> CategoryRow | None:
    """See that no other row has a name that a category is about to get; return the one that gave it up.

    Raises:
        Conflict: A category that is listed has it.
    """
    other = session.scalar(select(CategoryRow).where(CategoryRow.name == name, CategoryRow.id != row.id))
    if other is None:
        return None
    if is_listed(session, other):
        raise Conflict(f"there is a category {name} already: merge them instead")
    other.name, other.merged_into = _free_name(session, name, other.id), None
    session.flush()
    return other


def _is_unused(session: Session, row: CategoryRow) -> bool:
    """Tell whether nothing refers to a category any more."""
    references = (
        select(AnnotationRow.id).where(AnnotationRow.category_id == row.id),
        select(PendingBoxRow.id).where(PendingBoxRow.category_id == row.id),
        select(CategoryRow.id).where(CategoryRow.merged_into == row.id),
    )
    return all(session.scalar(one.limit(1)) is None for one in references)


def _free_name(session: Session, name: str, number: int) -> str:
    """Return a name like ``name`` that no category has."""
    while True:
        candidate = f"{name[: MAX_NAME - 20]} ({number})"
        taken = select(func.count()).select_from(CategoryRow).where(CategoryRow.name == candidate)
        if not session.scalar(taken):
            return candidate
        number += 1
