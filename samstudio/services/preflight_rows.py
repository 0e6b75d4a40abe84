"""What preflight reads: columns of every accepted object, the masks of those that need a look."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from sqlalchemy import Select, Text, and_, cast, func, select
from sqlalchemy.orm import Session

from samstudio.db.tables import AnnotationRow, ImageRow
from samstudio.domain import STOCK_VERSION, AnnotationStatus, InvalidInput, Size
from samstudio.masks import foreground_runs
from samstudio.services.annotation_queries import chunks, counts
from samstudio.services.mask_runs import Runs
from samstudio.services.preflight_findings import Seen

SURE = 0.95
STREAM = 5_000
HEAD = 48
"""Characters that hold the size and, of an empty mask, all there is."""

_SIZE = re.compile(r'^\{"size": ?\[(\d+), ?(\d+)\]')


def stamp(session: Session) -> tuple[object, ...]:
    """Moves when an annotation is added, changed or deleted."""
    return counts(session), session.scalar(select(func.max(AnnotationRow.id)))


def accepted(session: Session) -> Iterator[tuple[Seen, bool]]:
    """Every accepted object by its columns, and whether its mask needs a look; masks stay unread."""
    for row in session.execute(_columns().execution_options(yield_per=STREAM)):
        size = (row.height, row.width)
        found = _SIZE.match(row.head)
        fits = found is not None and (int(found[1]), int(found[2])) == size
        one = Seen(
            id=row.id,
            image_id=row.image_id,
            image=row.filename,
            group=row.group or row.image_id,
            size=size,
            box=(row.x0, row.y0, row.x1, row.y1),
            area=row.area,
            category=row.category_id,
            sure=bool(row.sure),
        )
        yield one, not fits or row.area < 1 or len(row.head) < HEAD


def _columns() -> Select[tuple[object, ...]]:
    # As text: a mask that is no JSON any more must not stop the query.
    mask, proposal = cast(AnnotationRow.rle, Text), cast(AnnotationRow.proposed_rle, Text)
    sure = and_(
        AnnotationRow.proposed_by == STOCK_VERSION,
        AnnotationRow.predicted_iou >= SURE,
        func.coalesce(proposal, mask) == mask,
    )
    a = AnnotationRow
    return (
        select(a.id, a.image_id, a.x0, a.y0, a.x1, a.y1, a.area, a.category_id)
        .add_columns(ImageRow.filename, ImageRow.group, ImageRow.height, ImageRow.width)
        .add_columns(func.substr(mask, 1, HEAD).label("head"), func.coalesce(sure, False).label("sure"))
        .join(ImageRow, ImageRow.id == a.image_id)
        .where(a.status == AnnotationStatus.ACCEPTED)
        .order_by(a.id)
    )


def mask_texts(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """The masks of these objects as they are stored."""
    texts: dict[int, str] = {}
    for chunk in chunks(ids):
        query = select(AnnotationRow.id, cast(AnnotationRow.rle, Text)).where(AnnotationRow.id.in_(chunk))
        texts.update((key, stored) for key, stored in session.execute(query))
    return texts


def read_mask(text: str, size: Size) -> tuple[str, Runs | None]:
    """Why a stored mask cannot be used on an image of this size (one of `BROKEN`, or ""), else its runs."""
    try:
        found, starts, ends = foreground_runs(json.loads(text))
    except (InvalidInput, ValueError, RecursionError):
        return "damaged_mask", None
    if found != size:
        return "mask_size", None
    return ("", Runs(starts, ends)) if len(starts) else ("empty_mask", None)
