"""A query's filters as SQL over `ImageFactsRow`: each looks at one short row, and at nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session

from samstudio.db.functions import text_position
from samstudio.db.image_facts import in_set
from samstudio.db.image_facts.words import folded
from samstudio.db.tables import CategoryRow, ImageFactsRow
from samstudio.domain import AnnotationStatus, ImageState, InvalidInput
from samstudio.services.annotations.categories import successor
from samstudio.services.image_queries.query import ImageQuery

Condition = ColumnElement[bool]
F = ImageFactsRow


def conditions(session: Session, query: ImageQuery) -> list[Condition]:
    """Return what is asked beside the trash; all of it must hold.

    Raises:
        InvalidInput: There is no category of that name.
    """
    asked = query.filters
    found = [make(asked[name]) for name, make in SIMPLE.items() if name in asked]
    if query.category is not None:
        found.append(_of_category(_category_id(session, query.category), query.status))
    elif query.status is not None:
        found.append((F.accepted if query.status is AnnotationStatus.ACCEPTED else F.proposed) > 0)
    return found


def unfinished() -> Condition:
    """Return that nobody has said of an image that it is done, or that there is nothing on it."""
    return F.state.in_((ImageState.TODO, ImageState.IN_PROGRESS))


def _words(text: str) -> Condition:
    return and_(true(), *(text_position(F.search, word) > 0 for word in folded(text).split()))


def _contains(column: Any) -> Callable[[Any], Condition]:
    return lambda item: text_position(column, in_set(item)) > 0


def _is(column: Any) -> Callable[[Any], Condition]:
    return lambda value: column == value


def _from(column: Any) -> Callable[[Any], Condition]:
    return lambda value: column >= value


def _to(column: Any) -> Callable[[Any], Condition]:
    return lambda value: column <= value


def _any(column: Any) -> Callable[[bool], Condition]:
    return lambda wanted: column > 0 if wanted else column == 0


SIMPLE: dict[str, Callable[[Any], Condition]] = {
    "state": _is(F.state),
    "split": _is(F.split),
    "group": _is(F.group),
    "flagged": _is(F.flagged),
    "noted": _is(F.noted),
    "added_from": _from(F.created_at),
    "added_to": _to(F.created_at),
    "changed_from": _from(F.changed_at),
    "changed_to": _to(F.changed_at),
    # What has no score is in no range of scores: `score` is then 2, `score_down` -1.
    "score_from": _from(F.score_down),
    "score_to": _to(F.score),
    "held_out_from": _from(F.held_out_down),
    "held_out_to": _to(F.held_out),
    "objects_from": _from(F.objects),
    "objects_to": _to(F.objects),
    "pixels_from": _from(F.pixels),
    "pixels_to": _to(F.pixels),
    "proposals": _any(F.proposed),
    "corrections": _any(F.corrected),
    "tag": _contains(F.tags),
    "author": _contains(F.authors),
    "version": _contains(F.versions),
    "text": _words,
}
"""Each filter that looks at its own value alone; what costs most to look at is last."""


def _category_id(session: Session, name: str) -> int:
    found = session.scalar(select(CategoryRow).where(CategoryRow.name == name))
    if found is None:
        raise InvalidInput(f"there is no category {name!r}; it may have been renamed or deleted")
    return successor(session, found).id


def _of_category(category_id: int, status: AnnotationStatus | None) -> Condition:
    by_status = {
        AnnotationStatus.ACCEPTED: _contains(F.accepted_categories)(category_id),
        AnnotationStatus.PROPOSED: _contains(F.proposed_categories)(category_id),
    }
    return or_(*by_status.values()) if status is None else by_status[status]
