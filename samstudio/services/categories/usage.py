"""How much there is of each category: objects by status, and images; answered by an index alone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from samstudio.db.tables import AnnotationRow, CategoryRow
from samstudio.domain import AnnotationStatus, Category
from samstudio.services.annotations.categories import in_order, to_category

PRESENT = (AnnotationStatus.ACCEPTED, AnnotationStatus.PROPOSED)
"""The statuses of objects that are there; in the trash, and rejected, are not counted."""


@dataclass(frozen=True)
class CategoryUse:
    """A category with the number of its objects, and of the images that have one."""

    category: Category
    revision: int
    accepted: int
    proposed: int
    images: int

    @property
    def objects(self) -> int:
        """How many objects are accepted or proposed."""
        return self.accepted + self.proposed


def usage(session: Session) -> list[CategoryUse]:
    """Count the objects of every category, in the order of the categories."""
    of = AnnotationRow.category_id
    fits = AnnotationRow.status.in_(PRESENT)
    counted = select(of, AnnotationRow.status, func.count()).where(fits).group_by(of, AnnotationRow.status)
    numbers: dict[int, dict[str, int]] = defaultdict(dict)
    for category_id, status, count in session.execute(counted):
        numbers[category_id][status] = count
    pairs = select(of, AnnotationRow.image_id).where(fits).distinct().subquery()
    images = select(pairs.c.category_id, func.count()).group_by(pairs.c.category_id)
    on: dict[int, int] = dict(session.execute(images).all())
    return [_use(row, numbers[row.id], on.get(row.id, 0)) for row in session.scalars(in_order())]


def _use(row: CategoryRow, numbers: dict[str, int], images: int) -> CategoryUse:
    accepted, proposed = (numbers.get(status, 0) for status in PRESENT)
    return CategoryUse(to_category(row), row.revision, accepted, proposed, images)
