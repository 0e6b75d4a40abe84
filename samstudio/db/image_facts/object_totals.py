"""The query that sums up the objects of images, for their facts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, Text, cast, func, select

from samstudio.db.functions import distinct_items
from samstudio.db.image_facts.facts import ObjectTotals
from samstudio.db.tables import TRASHED, AnnotationRow
from samstudio.domain import AnnotationStatus

A = AnnotationRow


def totals_query(ids: BindParameter[Any]) -> Select[Any]:
    """Return the query of `ObjectTotals` by image id, of those of these images that have objects."""
    columns = _columns()
    totals = (columns[name].label(name) for name in ObjectTotals._fields)
    return select(A.image_id, *totals).where(A.image_id.in_(ids)).group_by(A.image_id)


def _columns() -> dict[str, ColumnElement[Any]]:
    accepted, proposed = _has(AnnotationStatus.ACCEPTED), _has(AnnotationStatus.PROPOSED)
    present = accepted | proposed
    return {
        "accepted": func.count().filter(accepted),
        "proposed": func.count().filter(proposed),
        "rejected": func.count().filter(_has(AnnotationStatus.REJECTED)),
        "corrected": func.count().filter(present, _corrected()),
        "flagged": func.count().filter(present, A.flagged),
        "noted": func.count().filter(present, A.note != ""),
        "predicted_iou": func.min(A.predicted_iou).filter(present),
        "held_out_iou": func.min(A.held_out_iou).filter(present),
        "updated_at": func.max(A.updated_at),
        "accepted_categories": distinct_items(A.category_id).filter(accepted),
        "proposed_categories": distinct_items(A.category_id).filter(proposed),
        "versions": distinct_items(A.proposed_by).filter(present, A.proposed_by.is_not(None)),
        "authors": distinct_items(A.author).filter(present, A.author != ""),
    }


def _has(status: AnnotationStatus) -> ColumnElement[bool]:
    """Return that an object has a status, in the trash or out of it."""
    return A.status.in_([status.value, TRASHED + status.value])


def _corrected() -> ColumnElement[bool]:
    """Return `Annotation.corrected` in SQL, so that no mask is read out of the database."""
    differs = cast(A.rle, Text) != cast(A.proposed_rle, Text)
    return A.proposed_by.is_not(None) & A.proposed_rle.is_not(None) & differs
