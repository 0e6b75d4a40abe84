"""Changes of annotation rows inside one transaction: adding once, changing only what was seen.

A request may arrive twice, because its reply got lost. So what was added under
a ``client_id`` is found again instead of added, and a change that is already
there is no conflict.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from samstudio.db.tables import AnnotationRow, CategoryRow
from samstudio.domain import (
    AnnotationStatus,
    InvalidInput,
    NewAnnotation,
    NotFound,
    Rle,
    Size,
    StaleAnnotation,
)
from samstudio.services.annotations.categories import category_row
from samstudio.services.annotations.queries import chunks
from samstudio.services.annotations.rows import checked_rle, get_or_raise, image_sizes, mask_values
from samstudio.services.annotations.writing import add_row, new_row, update_row
from samstudio.services.annotations.writing import insert_rows as insert_new_rows

MAX_CLIENT_ID = 64


def add_rows(session: Session, new: Sequence[NewAnnotation], *, now: datetime) -> list[AnnotationRow]:
    """Return the rows of these annotations, in order, adding those whose ``client_id`` is not stored yet.

    A row that is stored already is left as it is.

    Raises:
        NotFound: There is no such image.
        InvalidInput: A mask is empty, damaged or not of its image's size, a category's name is empty
            or too long, or a ``client_id`` is too long or belongs to another image.
    """
    for item in new:
        _check_client_id(item.client_id)
    sizes = image_sizes(session, {item.image_id for item in new})
    categories = {name: category_row(session, name) for name in dict.fromkeys(i.category for i in new)}
    try:
        with session.begin_nested():
            return _add_missing(session, new, categories, sizes, now)
    except IntegrityError:  # only where writers run side by side (Postgres): another one stored it just now
        return _add_missing(session, new, categories, sizes, now)


def insert_rows(session: Session, new: Sequence[NewAnnotation], *, now: datetime) -> None:
    """Add annotations as `add_rows` does, without reading them back: for thousands of them.

    Raises:
        NotFound: There is no such image.
        InvalidInput: One of them cannot be stored, as in `add_rows`.
    """
    for item in new:
        _check_client_id(item.client_id)
    sizes = image_sizes(session, {item.image_id for item in new})
    categories = {name: category_row(session, name) for name in dict.fromkeys(i.category for i in new)}
    stored = _stored(session, [item.client_id for item in new if item.client_id is not None])
    rows: list[dict[str, Any]] = []
    for item in new:
        known = stored.get(item.client_id) if item.client_id is not None else None
        if known is None:
            values = {**_new_values(item, sizes, now), "category_id": categories[item.category].id}
            rows.append(new_row(item, values, now=now))
        elif known.image_id != item.image_id:
            raise _of_another_image(item)
    try:
        with session.begin_nested():
            insert_new_rows(session, rows)
    except IntegrityError:  # one of them is there twice, or another writer stored it just now
        add_rows(session, new, now=now)


def change_row(
    session: Session, row: AnnotationRow, revision: int, values: Mapping[str, Any], *, now: datetime
) -> AnnotationRow:
    """Change a row by one UPDATE, which happens only on the revision that the caller saw.

    A row that is one revision further and has exactly these values is what
    this very change made of it, when its reply got lost: then nothing is done.

    Args:
        session: A writing transaction.
        row: The row to change; it is read again afterwards.
        revision: The revision that the caller saw.
        values: New values by column.
        now: The time of the change, timezone-aware.

    Raises:
        StaleAnnotation: Someone changed the row since that revision.
    """
    changed = update_row(session, row, revision, values, now=now)
    present = get_or_raise(session, row.id)
    if not changed and not _is_repeated(present, revision, values):
        raise StaleAnnotation(
            f"someone else changed this object ({present.category.name}) meanwhile "
            f"(it is at revision {present.revision}, you saw {revision}): look at it again, then decide",
            annotation_id=present.id,
        )
    return present


def set_status(
    session: Session,
    seen: Sequence[tuple[int, int]],
    status: AnnotationStatus,
    *,
    now: datetime,
) -> list[AnnotationRow]:
    """Give annotations a status.

    Args:
        session: A writing transaction.
        seen: The (id, revision) of each, the revision being the one that the caller saw.
        status: The new status.
        now: The time of the change, timezone-aware.

    Returns:
        The rows, in the order of ``seen``.

    Raises:
        NotFound: There is no annotation with one of the ids.
        StaleAnnotation: Someone changed one of them since its revision.
    """
    return [
        change_row(session, get_or_raise(session, annotation_id), revision, {"status": status}, now=now)
        for annotation_id, revision in seen
    ]


def mask_changes(
    session: Session, row: AnnotationRow, rle: Rle | None, proposed_rle: Rle | None
) -> dict[str, Any]:
    """Return the columns of a new mask and of what a decoder proposed for it.

    A person's first correction of a proposal keeps it, unless the caller says
    what was proposed.

    Args:
        session: A transaction, to read the image's size.
        row: The annotation as it is stored.
        rle: The new mask as COCO RLE; None leaves the mask as it is.
        proposed_rle: What a decoder proposed, as COCO RLE; None leaves it to the rule above.

    Raises:
        InvalidInput: A mask is damaged or not of the image's size, or the new one is empty.
    """
    if rle is None and proposed_rle is None:
        return {}
    size = image_sizes(session, {row.image_id})[row.image_id]
    values = {} if rle is None else mask_values(rle, size)
    if "rle" in values and values["rle"] != row.rle:
        values["held_out_iou"] = None  # it was of the former mask
    if proposed_rle is not None:
        values["proposed_rle"] = checked_rle(proposed_rle, size)
    elif row.proposed_by is not None and row.proposed_rle is None and values["rle"] != row.rle:
        values["proposed_rle"] = row.rle
    return values


def checked_rank(rank: float | None) -> float | None:
    """Return a rank, the place in the order of an image's objects, unchanged.

    Raises:
        InvalidInput: It is infinite or not a number, so that it orders nothing.
    """
    if rank is not None and not math.isfinite(rank):
        raise InvalidInput(f"{rank} is no place in an order: give a number")
    return rank


def _check_client_id(client_id: str | None) -> None:
    if client_id is not None and not 0 < len(client_id) <= MAX_CLIENT_ID:
        raise InvalidInput(f"a client id has 1 to {MAX_CLIENT_ID} characters, not {len(client_id)}")


def _add_missing(
    session: Session,
    new: Sequence[NewAnnotation],
    categories: Mapping[str, CategoryRow],
    sizes: Mapping[str, Size],
    now: datetime,
) -> list[AnnotationRow]:
    stored = _stored(session, [item.client_id for item in new if item.client_id is not None])
    rows: list[AnnotationRow] = []
    for item in new:
        row = stored.get(item.client_id) if item.client_id is not None else None
        if row is None:
            values = _new_values(item, sizes, now)
            row = add_row(session, item, categories[item.category], values, now=now)
            if item.client_id is not None:
                stored[item.client_id] = row
        elif row.image_id != item.image_id:
            raise _of_another_image(item)
        rows.append(row)
    session.flush()
    return rows


def _stored(session: Session, client_ids: Sequence[str]) -> dict[str, AnnotationRow]:
    rows: dict[str, AnnotationRow] = {}
    for chunk in chunks(client_ids):
        query = select(AnnotationRow).where(AnnotationRow.client_id.in_(chunk))
        rows |= {str(row.client_id): row for row in session.scalars(query)}
    return rows


def _of_another_image(item: NewAnnotation) -> InvalidInput:
    return InvalidInput(f"the client id {item.client_id} belongs to an object of another image")


def _new_values(new: NewAnnotation, sizes: Mapping[str, Size], now: datetime) -> dict[str, Any]:
    """Return the columns of a new row, but for its category."""
    if new.image_id not in sizes:
        raise NotFound(f"there is no image {new.image_id[:12]!r}; it may have been deleted")
    return {
        "image_id": new.image_id,
        **mask_values(new.rle, sizes[new.image_id]),
        "status": AnnotationStatus(new.status),
        "prompts": [dict(prompt) for prompt in new.prompts],
        "proposed_by": new.proposed_by,
        "proposed_rle": new.proposed_rle and checked_rle(new.proposed_rle, sizes[new.image_id]),
        "predicted_iou": new.predicted_iou,
        "client_id": new.client_id,
        "revision": 1,
        "created_at": now,
        "updated_at": now,
    }


def _is_repeated(row: AnnotationRow, revision: int, values: Mapping[str, Any]) -> bool:
    same = all(getattr(row, column) == value for column, value in values.items())
    return bool(values) and row.revision == revision + 1 and same
