"""Counts over the annotations, and what tuning takes from them: queries, nothing that changes.

Counting is the database's work: with 100,000 annotations none is loaded to be counted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from samstudio.db.tables import AnnotationRow, CategoryRow, ImageFactsRow, ImageRow
from samstudio.domain import AcceptedObject, AnnotationStatus, Example, Use
from samstudio.services.splits.use import image_use

T = TypeVar("T")

CHUNK = 500
"""Ids per query: SQLite limits how many values one statement may carry."""


@dataclass(frozen=True)
class AnnotationCounts:
    """Numbers of annotations by status, and of images with an accepted one."""

    proposed: int
    accepted: int
    rejected: int
    images_with_accepted: int


def counts(session: Session) -> AnnotationCounts:
    """Count the annotations of the whole dataset by status, the trash aside: one pass over the facts."""
    f = ImageFactsRow
    sums = (func.coalesce(func.sum(column), 0) for column in (f.proposed, f.accepted, f.rejected))
    query = select(*sums, func.count().filter(f.accepted > 0)).where(~f.trashed)
    return AnnotationCounts(*map(int, session.execute(query).one()))


def counts_by_image(session: Session, image_ids: Sequence[str], status: AnnotationStatus) -> dict[str, int]:
    """Count the annotations of a status on each of these images; 0 for none."""
    result = dict.fromkeys(image_ids, 0)
    for chunk in chunks(list(result)):
        query = (
            select(AnnotationRow.image_id, func.count())
            .where(AnnotationRow.image_id.in_(chunk), AnnotationRow.status == status)
            .group_by(AnnotationRow.image_id)
        )
        result.update(session.execute(query).all())
    return result


def counts_by_category(session: Session, status: AnnotationStatus) -> dict[int, int]:
    """Count the annotations of a status by category id."""
    of_category = (AnnotationRow.category_id == CategoryRow.id, AnnotationRow.status == status)
    counted = select(func.count()).where(*of_category).scalar_subquery()
    return dict(session.execute(select(CategoryRow.id, counted)).all())


def accepted_objects(session: Session) -> list[AcceptedObject]:
    """List every accepted object without its mask, in the order of the ids."""
    a = AnnotationRow
    query = (
        select(a.id, a.image_id, func.coalesce(ImageRow.group, a.image_id), image_use())
        .join(ImageRow, ImageRow.id == AnnotationRow.image_id)
        .join(ImageFactsRow, ImageFactsRow.seq == ImageRow.seq)
        .where(AnnotationRow.status == AnnotationStatus.ACCEPTED)
        .order_by(AnnotationRow.id)
    )
    return [
        AcceptedObject(number, image_id, group, Use(use))
        for number, image_id, group, use in session.execute(query)
    ]


def examples(session: Session, annotation_ids: Iterable[int]) -> list[Example]:
    """List those of these objects that are accepted, with their masks, in the order of the ids.

    Those of the test set are left out, whoever asks.
    """
    a = AnnotationRow
    found: list[Example] = []
    for chunk in chunks(sorted(set(annotation_ids))):
        query = (
            select(a.image_id, a.rle, a.id, ImageRow.group, a.prompts, ImageRow.height, ImageRow.width)
            .add_columns(image_use())
            .join(ImageRow, ImageRow.id == a.image_id)
            .join(ImageFactsRow, ImageFactsRow.seq == ImageRow.seq)
            .where(a.id.in_(chunk), a.status == AnnotationStatus.ACCEPTED)
            .order_by(a.id)
        )
        found += [
            Example(image_id, rle, number, group, tuple(prompts), (height, width), use == Use.JUDGE)
            for image_id, rle, number, group, prompts, height, width, use in session.execute(query)
            if use != Use.TEST
        ]
    return found


def updated_at(session: Session, annotation_ids: Iterable[int]) -> dict[int, datetime]:
    """Return when each of these annotations was last changed; unknown ids are left out."""
    found: dict[int, datetime] = {}
    for chunk in chunks(sorted(set(annotation_ids))):
        query = select(AnnotationRow.id, AnnotationRow.updated_at).where(AnnotationRow.id.in_(chunk))
        found.update(session.execute(query).all())
    return found


def digest(session: Session, annotation_ids: Iterable[int]) -> str:
    """Compute the SHA-256 over the sorted lines ``image_id category counts`` of these annotations."""
    lines: list[str] = []
    for chunk in chunks(sorted(set(annotation_ids))):
        query = (
            select(AnnotationRow.image_id, CategoryRow.name, AnnotationRow.rle)
            .join(CategoryRow, CategoryRow.id == AnnotationRow.category_id)
            .where(AnnotationRow.id.in_(chunk))
        )
        for image_id, name, rle in session.execute(query):
            lines.append(f"{image_id} {name} {rle['counts']}\n")
    return hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()


def chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """Split items into pieces of at most `CHUNK`, in order."""
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]
