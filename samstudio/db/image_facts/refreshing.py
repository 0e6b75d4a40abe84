"""Computing facts again: of the images that a transaction changed, of those without, or of all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from samstudio.db.image_facts.facts import ImageValues, ObjectTotals, facts_of
from samstudio.db.image_facts.object_totals import totals_query
from samstudio.db.tables import ImageFactsRow, ImageRow, ImageTagRow

CHUNK = 500
"""Images at a time: SQLite limits how many values one statement may carry."""

NO_OBJECTS = ObjectTotals()


def refresh(session: Session, image_ids: Iterable[str]) -> None:
    """Compute the facts of these images again; ids of no image are passed over.

    Call it last in the transaction that changed them.
    """
    session.flush()
    ids = sorted(set(image_ids))
    for start in range(0, len(ids), CHUNK):
        _refresh_chunk(session, ids[start : start + CHUNK])


def complete(session: Session) -> int:
    """Compute the facts of images that have none, as after a migration; return how many those were."""
    missing = select(ImageRow.id).where(
        ~select(ImageFactsRow.seq).where(ImageFactsRow.seq == ImageRow.seq).exists()
    )
    ids = list(session.scalars(missing.order_by(ImageRow.seq)))
    refresh(session, ids)
    return len(ids)


def rebuild(session: Session) -> None:
    """Forget all facts and compute them again."""
    session.execute(delete(ImageFactsRow))
    complete(session)


def _refresh_chunk(session: Session, ids: Sequence[str]) -> None:
    images = _images(session, ids)
    objects = _objects(session, ids)
    tags = _tags(session, [one.seq for one in images])
    rows = [facts_of(one, objects.get(one.id, NO_OBJECTS), tags[one.seq]) for one in images]
    if rows:
        # Not by the session, which would send rows with a group and rows without one by turns.
        session.connection().execute(_upsert(session.get_bind().dialect.name), rows)


def _images(session: Session, ids: Sequence[str]) -> list[ImageValues]:
    """Read the images, and let no other transaction compute their facts until this one has ended.

    (On SQLite there is no other.) The objects are read afterwards, so that whichever comes second sees
    what the first one changed.
    """
    return [ImageValues(*row) for row in session.execute(_IMAGES, {"ids": ids})]


def _objects(session: Session, ids: Sequence[str]) -> dict[str, ObjectTotals]:
    found = session.execute(_OBJECTS, {"ids": ids})
    return {image_id: ObjectTotals(*totals) for image_id, *totals in found}


def _tags(session: Session, seqs: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for seq, tag in session.execute(_TAGS, {"ids": seqs}):
        found[seq].append(tag)
    return found


@cache
def _upsert(dialect: str) -> Any:
    insert = (postgresql if dialect == "postgresql" else sqlite).insert(ImageFactsRow.__table__)
    names = [column.name for column in insert.table.columns if column.name != "seq"]
    return insert.on_conflict_do_update(
        index_elements=["seq"], set_={name: insert.excluded[name] for name in names}
    )


# Made once, as is `_upsert`: of one image, making them takes longer than running them.
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)

_IMAGES = (
    select(*(getattr(ImageRow, name) for name in ImageValues._fields))
    .where(ImageRow.id.in_(_IDS))
    .order_by(ImageRow.seq)
    .with_for_update(key_share=True)
)

_OBJECTS = totals_query(_IDS)

_TAGS = select(ImageTagRow.image_seq, ImageTagRow.tag).where(ImageTagRow.image_seq.in_(_IDS))
