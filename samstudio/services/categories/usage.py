"""How much there is of each category: objects by status, and images."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from samstudio.db.image_facts.words import items_of
from samstudio.db.tables import ImageFactsRow
from samstudio.domain import AnnotationStatus, Category
from samstudio.services.annotations.categories import in_order, to_category
from samstudio.services.annotations.queries import counts_by_category

PRESENT = (AnnotationStatus.ACCEPTED, AnnotationStatus.PROPOSED)
"""The statuses of objects that are there; in the trash, and rejected, are not counted."""

STREAM = 5_000


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
    accepted, proposed = (counts_by_category(session, status) for status in PRESENT)
    images = _images(session)
    return [
        CategoryUse(to_category(row), row.revision, accepted[row.id], proposed[row.id], images[str(row.id)])
        for row in session.scalars(in_order())
    ]


def _images(session: Session) -> Counter[str]:
    """Count the images with objects of each category, by its id: their facts name each category once.

    (To find the different pairs of category and image among all objects took SQLite ten seconds.)
    """
    f = ImageFactsRow
    sets = select(f.accepted_categories, f.proposed_categories).where(~f.trashed, f.objects > 0)
    found: Counter[str] = Counter()
    for accepted, proposed in session.execute(sets.execution_options(yield_per=STREAM)):
        found.update({*items_of(accepted), *items_of(proposed)})
    return found
