"""Annotations: objects' masks as people accept, correct and reject them.

Nothing a person did is ever lost: a deletion is the status ``rejected``, which
can be undone; a correction keeps the proposal that it corrected; a change made
on top of an outdated view is refused rather than written over someone's work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from samstudio.db.engine import Sessions
from samstudio.db.tables import AnnotationRow, CategoryRow
from samstudio.db.types import utc_now
from samstudio.domain import (
    Annotation,
    AnnotationStatus,
    Category,
    Conflict,
    Example,
    NewAnnotation,
    NotFound,
    Rle,
    Size,
)
from samstudio.services.annotation_queries import (
    AnnotationCounts,
    accepted_examples,
    counts,
    counts_by_category,
    counts_by_image,
    digest,
)
from samstudio.services.annotation_rows import checked_rle, found, image_sizes, mask_values, to_annotation
from samstudio.services.categories import category_row, to_category


class AnnotationService:
    """Stores annotations; boxes and areas are derived from the masks here, never taken on trust."""

    def __init__(self, *, sessions: Sessions, clock: Callable[[], datetime] = utc_now) -> None:
        self._sessions = sessions
        self._clock = clock

    def add(self, new: NewAnnotation) -> Annotation:
        """Store one annotation.

        Raises NotFound for an unknown image; InvalidInput when the mask is
        empty, damaged or not of the image's size, or the category has no name.
        """
        return self.add_many([new])[0]

    def add_many(self, new: Sequence[NewAnnotation]) -> list[Annotation]:
        """Store annotations, all of them or, when one is refused, none; raises as `add` does."""
        with self._sessions.write() as session:
            sizes = image_sizes(session, {item.image_id for item in new})
            categories = {
                name: category_row(session, name) for name in dict.fromkeys(i.category for i in new)
            }
            rows = [self._row(item, categories[item.category], sizes) for item in new]
            session.add_all(rows)
            session.flush()
            return [to_annotation(row) for row in rows]

    def get(self, annotation_id: int) -> Annotation:
        """The annotation with that id; raises NotFound."""
        with self._sessions.read() as session:
            return to_annotation(found(session, annotation_id))

    def update(
        self,
        annotation_id: int,
        *,
        revision: int,
        rle: Rle | None = None,
        category: str | None = None,
        status: AnnotationStatus | None = None,
        prompts: Sequence[Mapping[str, Any]] | None = None,
    ) -> Annotation:
        """Change an annotation; what is None stays.

        ``revision`` is the one the caller saw. A new mask on one that a
        decoder proposed keeps the proposal in ``proposed_rle``. Raises NotFound;
        Conflict when someone changed it meanwhile; InvalidInput as `add` does.
        """
        with self._sessions.write() as session:
            row = found(session, annotation_id)
            values: dict[str, Any] = {}
            if rle is not None:
                size = image_sizes(session, {row.image_id})[row.image_id]
                values |= mask_values(rle, size)
                if row.proposed_by is not None and row.proposed_rle is None:
                    values["proposed_rle"] = row.rle
            if category is not None:
                values["category_id"] = category_row(session, category).id
            if status is not None:
                values["status"] = AnnotationStatus(status)
            if prompts is not None:
                values["prompts"] = [dict(prompt) for prompt in prompts]
            return self._change(session, row, revision, values)

    def delete(self, annotation_id: int, *, revision: int | None = None) -> Annotation:
        """Reject an annotation: it leaves the dataset, and ``update(status=…)`` brings it back.

        Raises NotFound; Conflict when ``revision`` is given and outdated.
        """
        with self._sessions.write() as session:
            row = found(session, annotation_id)
            seen = row.revision if revision is None else revision
            return self._change(session, row, seen, {"status": AnnotationStatus.REJECTED})

    def categories(self) -> list[Category]:
        """All categories, in the order they were first used."""
        with self._sessions.read() as session:
            return [to_category(row) for row in session.scalars(select(CategoryRow).order_by(CategoryRow.id))]

    def ensure_category(self, name: str) -> Category:
        """The category of that name, made now if there is none; raises InvalidInput for no name."""
        with self._sessions.write() as session:
            return to_category(category_row(session, name))

    def counts(self) -> AnnotationCounts:
        """Counts over the whole dataset."""
        with self._sessions.read() as session:
            return counts(session)

    def counts_by_image(
        self, image_ids: Sequence[str], *, status: AnnotationStatus = AnnotationStatus.ACCEPTED
    ) -> dict[str, int]:
        """How many annotations of a status each of these images has."""
        with self._sessions.read() as session:
            return counts_by_image(session, image_ids, status)

    def counts_by_category(
        self, *, status: AnnotationStatus = AnnotationStatus.ACCEPTED
    ) -> list[tuple[Category, int]]:
        """Every category with how many annotations of a status it has."""
        with self._sessions.read() as session:
            by_id = counts_by_category(session, status)
        return [(known, by_id.get(known.id, 0)) for known in self.categories()]

    def accepted_examples(self) -> list[Example]:
        """Every accepted object, in the order of the annotations: what tuning learns from."""
        with self._sessions.read() as session:
            return accepted_examples(session)

    def digest(self, annotation_ids: Iterable[int]) -> str:
        """SHA-256, 64 hex digits, over the images, masks and categories of these annotations.

        Equal for equal masks whatever their ids and order, so two versions
        with one digest learned from the same data. Unknown ids are left out.
        """
        with self._sessions.read() as session:
            return digest(session, annotation_ids)

    def _row(self, new: NewAnnotation, category: CategoryRow, sizes: Mapping[str, Size]) -> AnnotationRow:
        if new.image_id not in sizes:
            raise NotFound(f"there is no image {new.image_id[:12]!r}; it may have been deleted")
        now = self._clock()
        return AnnotationRow(
            image_id=new.image_id,
            category=category,
            **mask_values(new.rle, sizes[new.image_id]),
            status=AnnotationStatus(new.status),
            prompts=[dict(prompt) for prompt in new.prompts],
            proposed_by=new.proposed_by,
            proposed_rle=new.proposed_rle and checked_rle(new.proposed_rle, sizes[new.image_id]),
            predicted_iou=new.predicted_iou,
            revision=1,
            created_at=now,
            updated_at=now,
        )

    def _change(
        self, session: Session, row: AnnotationRow, revision: int, values: Mapping[str, Any]
    ) -> Annotation:
        """One UPDATE that only happens on the revision that was seen."""
        changed = session.execute(
            update(AnnotationRow)
            .where(AnnotationRow.id == row.id, AnnotationRow.revision == revision)
            .values(**values, revision=revision + 1, updated_at=self._clock())
            .returning(AnnotationRow.id)
            .execution_options(synchronize_session=False)
        ).first()
        if changed is None:
            raise Conflict(
                f"someone else changed this object ({row.category.name}) meanwhile "
                f"(it is at revision {row.revision}, you saw {revision}): look at it again, then decide"
            )
        session.expire(row)
        return to_annotation(found(session, row.id))

    # Last, because within the class its name hides the builtin type of the annotations above.
    def list(
        self,
        image_id: str | None = None,
        status: AnnotationStatus | None = None,
        *,
        offset: int = 0,
        limit: int | None = None,
    ) -> list[Annotation]:
        """Annotations in the order they were added, of one image or all, of one status or all."""
        query = select(AnnotationRow)
        if image_id is not None:
            query = query.where(AnnotationRow.image_id == image_id)
        if status is not None:
            query = query.where(AnnotationRow.status == status)
        query = query.order_by(AnnotationRow.id).offset(offset).limit(limit)
        with self._sessions.read() as session:
            return [to_annotation(row) for row in session.scalars(query)]
