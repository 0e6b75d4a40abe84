"""The fixed test set: how large it is, drawn by share, and emptied."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from samstudio.db.engine import Database
from samstudio.db.image_facts.words import items_of
from samstudio.db.tables import CategoryRow, ImageFactsRow, ImageRow
from samstudio.domain import InvalidInput, Use
from samstudio.services.bulk import BulkRun, BulkService
from samstudio.services.image_queries import ImageQuery
from samstudio.services.splits.drawing import DrawnImage, Unit, draw, units_of
from samstudio.services.splits.use import Uses, count_uses, image_use
from samstudio.text import plural

F = ImageFactsRow


@dataclass(frozen=True)
class CategoryShare:
    """How many images have accepted objects of a category: of the test set, and in all."""

    name: str
    test_images: int
    images: int


@dataclass(frozen=True)
class TestSetPlan:
    """What a draw would do: nothing is changed yet.

    ``images``: of the dataset. ``before``: of the test set as it is. ``added``: that would come to it, of
    which ``groups`` are whole groups of several images. ``categories``: with the added ones. ``parted``: how
    many sets of near-duplicates it would part, as far as is known.
    """

    __test__ = False  # not for pytest

    images: int
    before: int
    added: int
    groups: int
    categories: tuple[CategoryShare, ...]
    parted: int = 0

    @property
    def after(self) -> int:
        """How many images the test set would have."""
        return self.before + self.added


class SplitService:
    """The fixed test set."""

    def __init__(
        self,
        *,
        database: Database,
        bulk: BulkService,
        alike: Callable[[], Iterable[Set[str]]] = tuple,
    ) -> None:
        """Fix splits in ``database``.

        Args:
            database: Where the images are.
            bulk: Marks them.
            alike: Returns the ids of each set of near-duplicates that is no group yet.
        """
        self._database = database
        self._bulk = bulk
        self._alike = alike

    def uses(self) -> Uses:
        """Count what tuning may use for what."""
        with self._database.read() as session:
            return count_uses(session)

    def plan(self, *, share: float, seed: int = 0, by_category: bool = True) -> TestSetPlan:
        """Return what `draw` would do.

        Args:
            share: The part of the images that the test set is to have.
            seed: Seed of the draw.
            by_category: Take the share of the images of each category.

        Raises:
            InvalidInput: There is no such share, or nothing can be drawn.
        """
        with self._database.read() as session:
            images = _images(session)
            names = dict(session.execute(select(CategoryRow.id, CategoryRow.name)).all())
        units = _drawn(images, share=share, seed=seed, by_category=by_category)
        added = {one.id for unit in units for one in unit.images}
        test = added | {one.id for one in images if one.in_test}
        return TestSetPlan(
            images=len(images),
            before=sum(one.in_test for one in images),
            added=len(added),
            groups=sum(len(unit.images) > 1 for unit in units),
            categories=_shares(images, added, names),
            parted=sum(0 < len(one & test) < len(one) for one in self._alike()),
        )

    def draw(self, *, share: float, seed: int = 0, by_category: bool = True) -> BulkRun:
        """Begin to add images to the test set until it has a share of all; `BulkService.undo` undoes it.

        Whole groups are added. What is in the test set stays in it, and what is fixed for training or
        validation stays out of it.

        Args:
            share: The part of the images that the test set is to have.
            seed: Seed of the draw.
            by_category: Take the share of the images of each category.

        Raises:
            InvalidInput: There is no such share, or nothing can be drawn.
        """
        with self._database.read() as session:
            images = _images(session)
        units = _drawn(images, share=share, seed=seed, by_category=by_category)
        return self._bulk.start("split", "test", image_ids=[one.id for unit in units for one in unit.images])

    def clear(self) -> BulkRun:
        """Begin to take all images out of the test set; `BulkService.undo` undoes it."""
        return self._bulk.start("split", "", query=ImageQuery(split="test"))


def _images(session: Session) -> list[DrawnImage]:
    columns = select(ImageRow.id, F.group, F.accepted_categories, F.split, image_use())
    query = columns.join(F, F.seq == ImageRow.seq).where(~F.trashed).order_by(F.seq)
    return [
        DrawnImage(
            id=image_id,
            unit=group or image_id,
            categories=frozenset(map(int, items_of(categories))),
            in_test=use == Use.TEST,
            fixed=use == Use.JUDGE or split == "train",
        )
        for image_id, group, categories, split, use in session.execute(query)
    ]


def _drawn(images: list[DrawnImage], *, share: float, seed: int, by_category: bool) -> list[Unit]:
    """Draw; see `SplitService.plan`."""
    if not 0 < share < 1:
        raise InvalidInput(f"the share is {share:g}: give a part of the images between 0 and 1")
    units = draw(images, share=share, seed=seed, by_category=by_category)
    if not units:
        raise InvalidInput(_why_nothing(images, share))
    return units


def _why_nothing(images: list[DrawnImage], share: float) -> str:
    """Say why no image can be added."""
    units, every = units_of(images), plural(len(images), "image")
    in_test = sum(one.in_test for one in images)
    if not images:
        return "There are no images yet."
    if in_test and in_test >= share * len(images) - 0.5:
        return f"The test set has {in_test:,} of {every} already: that is {100 * share:g} % or more."
    if not any(unit.free for unit in units):
        return "Every image that is not in the test set is fixed for training or validation."
    if len(units) == 1:
        return f"There is nothing to draw: {every} in a single group, which is never split."
    return f"{100 * share:g} % of {every} is less than half of a group: ask for a larger share."


def _shares(images: list[DrawnImage], added: set[str], names: dict[int, str]) -> tuple[CategoryShare, ...]:
    every = dict.fromkeys(names, 0)
    test = dict.fromkeys(names, 0)
    for one in images:
        for category in one.categories & names.keys():
            every[category] += 1
            test[category] += one.in_test or one.id in added
    return tuple(CategoryShare(name, test[id_], every[id_]) for id_, name in names.items() if every[id_])
