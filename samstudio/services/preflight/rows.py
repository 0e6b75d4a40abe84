"""Queries of preflight: columns of every accepted object, and the masks of those to be checked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, Text, and_, cast, func, select
from sqlalchemy.orm import Session

from samstudio.db.tables import AnnotationRow, ImageFactsRow, ImageRow
from samstudio.domain import STOCK_VERSION, AnnotationStatus, Size, Use
from samstudio.masks import RunLengths, usable_mask
from samstudio.services.annotations.queries import chunks
from samstudio.services.preflight.findings import Seen
from samstudio.services.splits.use import image_use

SURE = 0.95
STREAM = 5_000
HEAD = 48
"""Characters that hold the size and, of an empty mask, all there is."""


class _Picture(NamedTuple):
    name: str
    group: str
    size: Size
    head: str
    """The first characters of a valid mask of it."""
    use: Use


def accepted(session: Session) -> Iterator[tuple[Seen, bool]]:
    """Read every accepted object by its columns, and whether its mask must be checked; masks stay unread."""
    pictures = _pictures(session)
    for row in session.execute(_columns().execution_options(yield_per=STREAM)):
        number, image_id, x0, y0, x1, y1, area, category, head, sure = row
        name, group, size, start, use = pictures[image_id]
        box = (x0, y0, x1, y1)
        one = Seen(number, image_id, name, group, size, box, area, category, bool(sure), use=use)
        yield one, not head.startswith(start) or area < 1 or len(head) < HEAD


def _pictures(session: Session) -> dict[str, _Picture]:
    a = ImageRow
    columns = select(a.id, a.filename, a.group, a.height, a.width, image_use())
    present = columns.join(ImageFactsRow, ImageFactsRow.seq == a.seq).where(a.deleted_at.is_(None))
    return {
        image_id: _Picture(
            name, group or image_id, (height, width), f'{{"size": [{height}, {width}]', Use(use)
        )
        for image_id, name, group, height, width, use in session.execute(present)
    }


def _columns() -> Select[Any]:
    # As text: a mask that is no JSON any more must not stop the query.
    a, mask, proposal = AnnotationRow, cast(AnnotationRow.rle, Text), cast(AnnotationRow.proposed_rle, Text)
    sure = and_(
        a.proposed_by == STOCK_VERSION, a.predicted_iou >= SURE, func.coalesce(proposal, mask) == mask
    )
    return (
        select(a.id, a.image_id, a.x0, a.y0, a.x1, a.y1, a.area, a.category_id)
        .add_columns(func.substr(mask, 1, HEAD), func.coalesce(sure, False))
        .where(a.status == AnnotationStatus.ACCEPTED)
        .order_by(a.id)
    )


def mask_texts(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """Return the masks of these objects as the text that is stored, by id."""
    texts: dict[int, str] = {}
    for chunk in chunks(ids):
        query = select(AnnotationRow.id, cast(AnnotationRow.rle, Text)).where(AnnotationRow.id.in_(chunk))
        texts.update((key, stored) for key, stored in session.execute(query))
    return texts


def read_mask(text: str, size: Size) -> RunLengths:
    """Return the mask that a column's text holds, for an image of this size (H, W).

    Raises:
        UnusableMask: It cannot be used.
    """
    try:
        stored = json.loads(text)
    except (ValueError, RecursionError):
        stored = None
    return usable_mask(stored, size)
