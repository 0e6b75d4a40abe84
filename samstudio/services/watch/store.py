"""What the watch reads and writes: the objects that are new to a version, and their scores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from samstudio.db.tables import AnnotationRow, ImageFactsRow, ImageRow, WatchScoreRow
from samstudio.domain import AnnotationStatus, Use
from samstudio.services.annotations.queries import chunks
from samstudio.services.splits.use import image_use
from samstudio.services.watch.types import Candidate, Watched, WatchScore

MOST_OBJECTS = 300
"""Objects scored for one watch: what is not found by then is not worth looking for."""

MOST_AN_IMAGE = 10
"""Objects scored of one image; more of them would say little more."""

MOST_READ = 20_000
"""Objects looked at: an import may bring any number."""


def seen(session: Session, annotation_ids: Collection[int]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the ids and the groups of the images of these annotations."""
    images: set[str] = set()
    groups: set[str] = set()
    for chunk in chunks(sorted(annotation_ids)):
        query = (
            select(ImageRow.id, ImageRow.group)
            .join(AnnotationRow, AnnotationRow.image_id == ImageRow.id)
            .where(AnnotationRow.id.in_(chunk))
        )
        for image_id, group in session.execute(query):
            images.add(image_id)
            groups |= {group} if group is not None else set()
    return frozenset(images), frozenset(groups)


def new_objects(session: Session, watched: Watched) -> list[Candidate]:
    """List the accepted objects that are new to the live version, in the order of their ids.

    Accepted or changed since it became live, on an image that it did not learn from, and not proposed by
    another version, whom such a mask would flatter. Objects of the test set decide
    nothing.
    """
    query = (
        select(AnnotationRow.id, AnnotationRow.revision, AnnotationRow.image_id, ImageRow.group)
        .join(ImageRow, ImageRow.id == AnnotationRow.image_id)
        .join(ImageFactsRow, ImageFactsRow.seq == ImageRow.seq)
        .where(
            image_use() != Use.TEST.value,
            AnnotationRow.status == AnnotationStatus.ACCEPTED,
            AnnotationRow.updated_at >= watched.since,
            AnnotationRow.proposed_by.is_(None) | (AnnotationRow.proposed_by == watched.live.number),
        )
        .order_by(AnnotationRow.id)
        .limit(MOST_READ)
    )
    of_image: Counter[str] = Counter()
    found = []
    for one in session.execute(query):
        known = one.image_id in watched.seen_images or one.group in watched.seen_groups
        if known or of_image[one.image_id] == MOST_AN_IMAGE:
            continue
        of_image[one.image_id] += 1
        found.append(Candidate(one.id, one.revision, one.image_id))
        if len(found) == MOST_OBJECTS:
            break
    return found


def read_scores(session: Session, watched: Watched) -> dict[tuple[int, int], WatchScore]:
    """Return the scores of this pair of versions by (annotation id, revision)."""
    query = select(WatchScoreRow).where(
        WatchScoreRow.version == watched.live.number, WatchScoreRow.former == watched.former
    )
    return {
        (row.annotation_id, row.revision): WatchScore(
            row.live_iou, row.former_iou, row.stock_iou, row.untouched, row.problem
        )
        for row in session.scalars(query)
    }


def write_score(session: Session, watched: Watched, one: Candidate, score: WatchScore, now: datetime) -> None:
    """Store an object's scores, unless another process has stored them or the object is gone.

    Args:
        session: A writing transaction.
        watched: The versions that were scored.
        one: The object.
        score: Its scores.
        now: The present time, timezone-aware.
    """
    if session.get(AnnotationRow, one.annotation_id) is None or _stored(session, watched, one):
        return
    session.add(
        WatchScoreRow(
            annotation_id=one.annotation_id,
            revision=one.revision,
            version=watched.live.number,
            former=watched.former,
            untouched=score.untouched,
            live_iou=score.live,
            former_iou=score.former,
            stock_iou=score.stock,
            problem=score.problem,
            scored_at=now,
        )
    )


def _stored(session: Session, watched: Watched, one: Candidate) -> bool:
    query = select(WatchScoreRow.id).where(
        WatchScoreRow.annotation_id == one.annotation_id,
        WatchScoreRow.revision == one.revision,
        WatchScoreRow.version == watched.live.number,
        WatchScoreRow.former == watched.former,
    )
    return session.scalar(query) is not None
