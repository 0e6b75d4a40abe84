"""Reading what a list shows of its images."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from samstudio.db.image_facts.facts import NO_SCORE
from samstudio.db.image_facts.words import items_of
from samstudio.db.tables import ImageFactsRow, ImageRow
from samstudio.domain import Image, ImageState
from samstudio.services.image_queries.cursors import Cursor
from samstudio.services.image_queries.query import ImageQuery
from samstudio.services.image_queries.results import ListedImage
from samstudio.services.images.rows import IMAGE_COLUMNS

F = ImageFactsRow
FACTS = F.__table__


def listed(session: Session, query: ImageQuery, seqs: Sequence[int]) -> tuple[ListedImage, ...]:
    """Return these images, at most a few hundred, in the same order, with their places in the query's."""
    if not seqs:
        return ()
    # As rows of values: objects of the session would take most of the time.
    facts = {one.seq: one for one in session.execute(select(*FACTS.columns).where(F.seq.in_(seqs)))}
    columns = [getattr(ImageRow, name) for name in IMAGE_COLUMNS]
    about = select(ImageRow.seq, ImageRow.deleted_at, *columns).where(ImageRow.seq.in_(seqs))
    rows = {seq: (deleted_at, Image(*of_image)) for seq, deleted_at, *of_image in session.execute(about)}
    return tuple(_listed(query, facts[seq], *rows[seq]) for seq in seqs)


def _listed(query: ImageQuery, facts: Row[Any], deleted_at: datetime | None, image: Image) -> ListedImage:
    key = getattr(facts, query.sort_key.column_of(query.falls))
    return ListedImage(
        seq=facts.seq,
        image=image,
        state=ImageState(facts.state),
        accepted=facts.accepted,
        proposed=facts.proposed,
        corrected=facts.corrected,
        flagged=facts.flagged,
        tags=items_of(facts.tags),
        split=facts.split,
        score=_known(facts.score),
        held_out=_known(facts.held_out),
        changed_at=facts.changed_at,
        deleted_at=deleted_at,
        cursor=Cursor(key, facts.seq).written(query),
    )


def _known(score: float) -> float | None:
    return None if score == NO_SCORE else score
