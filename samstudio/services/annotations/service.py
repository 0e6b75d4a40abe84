"""Annotations: objects' masks as people accept, correct and reject them.

Nothing a person did is ever lost: a deletion is the status ``rejected``, which
can be undone; a correction keeps the proposal that it corrected; a change made
on top of an outdated view is refused rather than written over someone's work;
a request that arrives twice counts once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from samstudio.db.changes import changes
from samstudio.db.engine import Database
from samstudio.db.image_facts import refresh
from samstudio.db.tables import AnnotationRow
from samstudio.db.types import utc_now
from samstudio.domain import (
    AcceptedObject,
    Annotation,
    AnnotationChange,
    AnnotationStatus,
    Category,
    Example,
    HistoryEntry,
    NewAnnotation,
    Rle,
)
from samstudio.services.annotations.categories import category_row, in_order, numbered_row, to_category
from samstudio.services.annotations.changes import (
    add_rows,
    change_row,
    checked_rank,
    insert_rows,
    mask_changes,
    set_status,
)
from samstudio.services.annotations.held_out import HeldOut, write_held_out
from samstudio.services.annotations.history import history_of
from samstudio.services.annotations.marking import mark_row
from samstudio.services.annotations.queries import (
    AnnotationCounts,
    accepted_objects,
    counts,
    counts_by_category,
    counts_by_image,
    digest,
    examples,
    updated_at,
)
from samstudio.services.annotations.rows import get_or_raise, to_annotation
from samstudio.services.notes import checked_note
from samstudio.services.splits.use import Uses, count_uses, fixed_splits


class AnnotationService:
    """The store of annotations; boxes and areas are derived from the masks here, never taken from callers."""

    def __init__(self, *, database: Database, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._clock = clock

    def add(self, new: NewAnnotation) -> Annotation:
        """Store one annotation; one whose ``client_id`` is stored already is given back as it now is.

        Raises:
            NotFound: There is no such image.
            InvalidInput: The mask is empty, damaged or not of the image's size, the category's name is
                empty or too long, or the ``client_id`` is too long or belongs to another image.
        """
        return self.add_many([new])[0]

    def add_many(self, new: Sequence[NewAnnotation]) -> list[Annotation]:
        """Store annotations, all of them or, when one is refused, none.

        Raises:
            NotFound: There is no such image.
            InvalidInput: One of them cannot be stored, as in `add`.
        """
        with self._database.write() as session:
            rows = add_rows(session, new, now=self._clock())
            refresh(session, {row.image_id for row in rows})
            return [to_annotation(row) for row in rows]

    def insert_many(self, new: Sequence[NewAnnotation]) -> None:
        """Store annotations as `add_many` does and give nothing back: the quickest way for thousands.

        Raises:
            NotFound: There is no such image.
            InvalidInput: One of them cannot be stored, as in `add`; then none is.
        """
        with self._database.write() as session:
            insert_rows(session, new, now=self._clock())
            refresh(session, {one.image_id for one in new})

    def change_many(
        self,
        *,
        add: Sequence[NewAnnotation] = (),
        remove: Sequence[tuple[int, int]] = (),
        restore: Sequence[tuple[int, int]] = (),
        propose: Sequence[tuple[int, int]] = (),
    ) -> AnnotationChange:
        """Add, reject and restore in one transaction: all of it or, when one part is refused, nothing.

        The same request sent again, because its reply got lost, succeeds.

        Args:
            add: New annotations, as in `add`.
            remove: The (id, revision) of those to reject; the revision is the one that the caller saw.
            restore: The (id, revision) of those to accept.
            propose: The (id, revision) of those to make proposals again.

        Raises:
            NotFound: There is no such image or annotation.
            StaleAnnotation: Someone changed one of them meanwhile; it names the first.
            InvalidInput: A new annotation cannot be stored, as in `add`.
        """
        with self._database.write() as session:
            now = self._clock()
            removed = set_status(session, remove, AnnotationStatus.REJECTED, now=now)
            restored = set_status(session, restore, AnnotationStatus.ACCEPTED, now=now)
            restored += set_status(session, propose, AnnotationStatus.PROPOSED, now=now)
            added = add_rows(session, add, now=now)
            refresh(session, {row.image_id for row in (*added, *removed, *restored)})
            return AnnotationChange(
                *(tuple(to_annotation(row) for row in rows) for rows in (added, removed, restored))
            )

    def get(self, annotation_id: int) -> Annotation:
        """Return the annotation with that id.

        Raises:
            NotFound: There is none.
        """
        with self._database.read() as session:
            return to_annotation(get_or_raise(session, annotation_id))

    def history(self, annotation_id: int) -> tuple[HistoryEntry, ...]:
        """List what was done to an annotation, the oldest first: how it came, and the last changes.

        Raises:
            NotFound: There is none.
        """
        with self._database.read() as session:
            return history_of(get_or_raise(session, annotation_id))

    def update(
        self,
        annotation_id: int,
        *,
        revision: int,
        rle: Rle | None = None,
        category: str | None = None,
        status: AnnotationStatus | None = None,
        prompts: Sequence[Mapping[str, Any]] | None = None,
        proposed_by: int | None = None,
        proposed_rle: Rle | None = None,
        predicted_iou: float | None = None,
        rank: float | None = None,
        note: str | None = None,
        flagged: bool | None = None,
    ) -> Annotation:
        """Change an annotation; what is None stays.

        The same change sent again, because its reply got lost, succeeds.

        Args:
            annotation_id: The annotation.
            revision: The revision that the caller saw.
            rle: The new mask as COCO RLE, of the image's size. On an annotation that a decoder proposed,
                the first new mask keeps the proposal in ``proposed_rle``, unless the caller gives another.
            category: The new category's name; the category is made when it is new.
            status: The new status.
            prompts: The prompts that led to the mask, as JSON objects.
            proposed_by: The version that proposed the mask.
            proposed_rle: What that version proposed, as COCO RLE.
            predicted_iou: The IoU that the version predicted for it, 0 to 1.
            rank: The place in the order of the image's objects; the highest lies on top.
            note: What is to be known about it; an empty one takes it away.
            flagged: Whether it needs a second look.

        Raises:
            NotFound: There is no such annotation.
            StaleAnnotation: Someone changed it meanwhile.
            InvalidInput: The mask, the category's name, the rank or the note cannot be used.
        """
        with self._database.write() as session:
            row = get_or_raise(session, annotation_id)
            values: dict[str, Any] = {
                "category_id": None if category is None else category_row(session, category).id,
                "status": None if status is None else AnnotationStatus(status),
                "prompts": None if prompts is None else [dict(prompt) for prompt in prompts],
                "proposed_by": proposed_by,
                "predicted_iou": predicted_iou,
                "rank": checked_rank(rank),
                "note": None if note is None else checked_note(note),
                "flagged": flagged,
            }
            values = {column: value for column, value in values.items() if value is not None}
            values |= mask_changes(session, row, rle, proposed_rle)
            changed = change_row(session, row, revision, values, now=self._clock())
            refresh(session, [changed.image_id])
            return to_annotation(changed)

    def mark(
        self,
        annotation_id: int,
        *,
        note: str | None = None,
        flagged: bool | None = None,
        seen: Mapping[str, str | bool] | None = None,
    ) -> Annotation:
        """Change an annotation's note and flag, whatever else was changed meanwhile; what is None stays.

        Args:
            annotation_id: The annotation.
            note: What is to be known about it; an empty one takes it away.
            flagged: Whether it needs a second look.
            seen: ``note`` and ``flagged`` as the caller saw them; None: change them whatever they are.

        Raises:
            NotFound: There is no such annotation.
            StaleAnnotation: One of the two is neither as it was seen nor as it is to be; nothing is done.
            InvalidInput: The note cannot be used.
        """
        given = {"note": None if note is None else checked_note(note), "flagged": flagged}
        values = {name: value for name, value in given.items() if value is not None}
        with self._database.write() as session:
            row = mark_row(session, annotation_id, values, seen or {}, now=self._clock())
            refresh(session, [row.image_id])
            return to_annotation(row)

    def delete(self, annotation_id: int, *, revision: int | None = None) -> Annotation:
        """Reject an annotation: it leaves the dataset, and ``update(status=…)`` restores it.

        Raises:
            NotFound: There is no such annotation.
            StaleAnnotation: ``revision`` is given and outdated.
        """
        with self._database.write() as session:
            row = get_or_raise(session, annotation_id)
            seen = row.revision if revision is None else revision
            (gone,) = set_status(session, [(row.id, seen)], AnnotationStatus.REJECTED, now=self._clock())
            refresh(session, [gone.image_id])
            return to_annotation(gone)

    def categories(self) -> list[Category]:
        """List all categories, in the order they were first used or came in."""
        with self._database.read() as session:
            return [to_category(row) for row in session.scalars(in_order())]

    def ensure_category(
        self, name: str, *, number: int | None = None, supercategory: str = "", description: str = ""
    ) -> Category:
        """Return the category of that name, made now if there is none.

        An import calls it for every class of its source, in the source's order and
        before it adds objects: order and numbers of the classes are kept then.

        Args:
            name: The category's name.
            number: Its number where it comes from (COCO's id, YOLO's index), which exports keep. It is
                kept unless the category has one, or another category has this one.
            supercategory: COCO's; kept unless the category has one.
            description: What belongs to it; kept unless the category has one.

        Raises:
            InvalidInput: The name is empty or too long.
        """
        with self._database.write() as session:
            return to_category(numbered_row(session, name, number, supercategory, description))

    def counts(self) -> AnnotationCounts:
        """Count the annotations of the whole dataset by status."""
        with self._database.read() as session:
            return counts(session)

    def changes(self) -> int:
        """Return a number that rises with every change of the dataset."""
        with self._database.read() as session:
            return changes(session)

    def counts_by_image(
        self, image_ids: Sequence[str], *, status: AnnotationStatus = AnnotationStatus.ACCEPTED
    ) -> dict[str, int]:
        """Count the annotations of a status on each of these images; 0 for none."""
        with self._database.read() as session:
            return counts_by_image(session, image_ids, status)

    def counts_by_category(
        self, *, status: AnnotationStatus = AnnotationStatus.ACCEPTED
    ) -> list[tuple[Category, int]]:
        """Count the annotations of a status in every category, those without any included."""
        with self._database.read() as session:
            by_id = counts_by_category(session, status)
        return [(known, by_id.get(known.id, 0)) for known in self.categories()]

    def fixed_splits(self) -> dict[str, str]:
        """Return the splits that people fixed, by image id: ``train``, ``val`` or ``test``."""
        with self._database.read() as session:
            return fixed_splits(session)

    def uses(self) -> Uses:
        """Count what tuning may use for what, and what is kept aside as the test set."""
        with self._database.read() as session:
            return count_uses(session)

    def accepted_objects(self) -> list[AcceptedObject]:
        """List every accepted object without its mask, in the order of the annotation ids."""
        with self._database.read() as session:
            return accepted_objects(session)

    def examples(self, annotation_ids: Iterable[int]) -> list[Example]:
        """List what tuning uses: those of these objects that are accepted and not in the test set.

        In the order of the ids.
        """
        with self._database.read() as session:
            return examples(session, annotation_ids)

    def digest(self, annotation_ids: Iterable[int]) -> str:
        """Compute a SHA-256, 64 hex digits, over the images, masks and categories of these annotations.

        Equal for equal masks whatever their ids and order, so two versions
        with one digest learned from the same data. Unknown ids are left out.
        """
        with self._database.read() as session:
            return digest(session, annotation_ids)

    def updated_at(self, annotation_ids: Iterable[int]) -> dict[int, datetime]:
        """Return when each of these annotations was last changed; unknown ids are left out."""
        with self._database.read() as session:
            return updated_at(session, annotation_ids)

    def record_held_out(self, known: HeldOut) -> None:
        """Keep how well models that had not seen these objects drew them.

        ``known``: IoU and when the mask was read, by annotation id. Objects that were changed since are
        passed over; none counts as changed by it.
        """
        if known:
            with self._database.write() as session:
                write_held_out(session, known)

    # Last, because within the class its name hides the builtin type of the annotations above.
    def list(
        self,
        image_id: str | None = None,
        status: AnnotationStatus | None = None,
        *,
        without: AnnotationStatus | None = None,
        offset: int = 0,
        limit: int | None = None,
    ) -> list[Annotation]:
        """List annotations, the topmost last.

        That is the order in which they were added, but for those with a ``rank``.

        Args:
            image_id: Only those of this image.
            status: Only those of this status.
            without: Only those of any other status than this.
            offset: How many to pass over.
            limit: How many to return at most; None: all.
        """
        query = select(AnnotationRow).where(AnnotationRow.status.in_(list(AnnotationStatus)))
        if image_id is not None:
            query = query.where(AnnotationRow.image_id == image_id)
        if status is not None:
            query = query.where(AnnotationRow.status == status)
        if without is not None:
            query = query.where(AnnotationRow.status != without)
        query = query.order_by(func.coalesce(AnnotationRow.rank, AnnotationRow.id), AnnotationRow.id)
        query = query.offset(offset).limit(limit)
        with self._database.read() as session:
            return [to_annotation(row) for row in session.scalars(query)]
