"""What becomes of the objects of categories that go: they move to another one, or are rejected."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from samstudio.db.image_facts import refresh
from samstudio.db.tables import AnnotationRow, ImageRow, PendingBoxRow
from samstudio.domain import AnnotationStatus
from samstudio.services.annotations.queries import chunks
from samstudio.services.bulk.action import Done, Undo
from samstudio.services.bulk.actions.annotations import change_column
from samstudio.services.categories.names import clear_name, present_row
from samstudio.services.categories.usage import PRESENT


@dataclass(frozen=True)
class GoingObjects:
    """The objects of some categories: moved ``into`` another one, or, where that is None, rejected.

    Those that are there, accepted or proposed, are counted. Rejected ones, and those in the trash, move with
    them; what is in the trash is not rejected, and brings its category back. ``unmake``: takes the
    other category back, where it was made for them.
    """

    category_ids: Sequence[int]
    into: int | None
    unmake: Undo | None = None

    def images(self, session: Session) -> list[str]:
        """List the images with such objects, but for those in the trash."""
        here = self._images().join(ImageRow, ImageRow.id == AnnotationRow.image_id)
        return list(session.scalars(here.where(ImageRow.deleted_at.is_(None))))

    def change(self, session: Session, image_ids: Sequence[str], _value: str, now: datetime) -> Done:
        """Change those of some images; an ``Apply`` of a bulk action.

        Args:
            session: A writing transaction.
            image_ids: The images, a few hundred.
            now: The time of the change.
        """
        row = AnnotationRow
        column = row.status if self.into is None else row.category_id
        found = select(row.id, row.image_id, row.status, column).where(
            *self._which(), row.image_id.in_(image_ids)
        )
        before: dict[Any, list[int]] = defaultdict(list)
        counted: list[str] = []
        for annotation_id, image_id, status, value in session.execute(found.order_by(row.id)):
            before[value].append(annotation_id)
            counted += [image_id] if status in PRESENT else []
        value = AnnotationStatus.REJECTED if self.into is None else self.into
        return Done(len(set(counted)), len(counted), change_column(session, column.key, before, value, now))

    def finish(self, session: Session, _ids: Sequence[str], _value: str, now: datetime) -> Done:
        """Change what is in the trash or came meanwhile, and delete the categories: the last part.

        Args:
            session: A writing transaction.
            now: The time of the change.
        """
        late = list(session.scalars(self._images()))
        parts: list[Done] = []
        for ids in chunks(late):
            parts.append(self.change(session, ids, "", now))
            refresh(session, ids)
        undos = [one.undo for one in parts if one.undo is not None]
        if self.into is not None:
            present_row(session, self.into)
            undos += [self.unmake] if self.unmake is not None else []
            undos.append(_move_boxes(session, self.category_ids, self.into))
        undos.extend(_delete(session, one, self.into) for one in self.category_ids)

        def undo(session: Session, now: datetime) -> int:
            kept = sum(one(session, now) for one in reversed(undos))
            for ids in chunks(late):
                refresh(session, ids)
            return kept

        return Done(sum(one.images for one in parts), sum(one.objects for one in parts), undo)

    def _which(self) -> list[ColumnElement[bool]]:
        of: ColumnElement[bool] = AnnotationRow.category_id.in_(self.category_ids)
        return [of] if self.into is not None else [of, AnnotationRow.status.in_(PRESENT)]

    def _images(self) -> Any:
        return select(AnnotationRow.image_id).where(*self._which()).distinct()


def _move_boxes(session: Session, category_ids: Sequence[int], into: int) -> Undo:
    """Move boxes that wait for a mask, too."""
    boxes = select(PendingBoxRow.id, PendingBoxRow.category_id)
    found = session.execute(boxes.where(PendingBoxRow.category_id.in_(category_ids))).all()
    _give([box_id for box_id, _ in found], into, session)

    def undo(session: Session, _now: datetime) -> int:
        for former in {category_id for _, category_id in found}:
            _give([box_id for box_id, one in found if one == former], former, session)
        return 0

    return undo


def _give(box_ids: Sequence[int], category_id: int, session: Session) -> None:
    for ids in chunks(box_ids):
        change = update(PendingBoxRow).where(PendingBoxRow.id.in_(ids))
        session.execute(change.values(category_id=category_id).execution_options(synchronize_session=False))


def _delete(session: Session, category_id: int, into: int | None) -> Undo:
    row = present_row(session, category_id, deleted=True)
    name = row.name
    row.deleted, row.merged_into = True, into
    session.flush()

    def undo(session: Session, _now: datetime) -> int:
        row = present_row(session, category_id, deleted=True)
        if row.name != name:  # somebody has needed the name meanwhile
            clear_name(session, row, name)
            row.name = name
        row.deleted, row.merged_into = False, None
        session.flush()
        return 0

    return undo


def unmaking(category_id: int, merged_into: int | None) -> Undo:
    """Return what deletes a category that was made; it stays listed while objects are of it.

    Args:
        category_id: The category.
        merged_into: Where its name led to before it was made.
    """

    def undo(session: Session, _now: datetime) -> int:
        row = present_row(session, category_id, deleted=True)
        row.deleted, row.merged_into = True, merged_into
        session.flush()
        return 0

    return undo
