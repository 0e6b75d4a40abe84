"""Changes of categories: their words, colours and order; several made one; and deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from samstudio.db.changes import changes
from samstudio.db.engine import Database
from samstudio.db.tables import AnnotationRow, CategoryRow, PendingBoxRow
from samstudio.domain import Category, Conflict, InvalidInput
from samstudio.services.annotations.categories import PLAIN_NAME, category_row, to_category
from samstudio.services.bulk import BulkRun, BulkService
from samstudio.services.bulk.action import BulkAction
from samstudio.services.categories.names import former_names, is_listed, present_name, present_row, rename
from samstudio.services.categories.objects import GoingObjects, unmaking
from samstudio.services.categories.order import check_order, follower, moved, ordered_ids, put_in_order
from samstudio.services.categories.usage import CategoryUse, usage
from samstudio.services.categories.values import checked_values


@dataclass(frozen=True)
class CategoryChange:
    """A change that can be undone by the number of its run; ``category`` as it is now, where it is one's."""

    run: BulkRun
    category: Category | None = None


class CategoryService:
    """Changes of categories, each of which `BulkService.undo` takes back by the number of its run."""

    def __init__(self, *, database: Database, bulk: BulkService) -> None:
        self._database = database
        self._bulk = bulk
        self._counted: tuple[int | None, list[CategoryUse]] = (None, [])

    def usage(self) -> list[CategoryUse]:
        """List all categories in their order, each with how much there is of it.

        Counted again only when the dataset has changed: a million objects take a while.
        """
        with self._database.read() as session:
            now = changes(session)
            counted_at, found = self._counted
            if counted_at != now:
                found = usage(session)
                self._counted = (now, found)
            return found

    def present_name(self, name: str) -> str:
        """Return the present name of the category that had a name, or the name itself."""
        with self._database.read() as session:
            return present_name(session, name)

    def former_names(self) -> dict[int, list[str]]:
        """Return the names that led to each category before it was renamed or others merged into it."""
        with self._database.read() as session:
            return former_names(session)

    def add(
        self, name: str, *, color: str | None = None, supercategory: str = "", description: str = ""
    ) -> CategoryChange:
        """Add a category, the last in the order.

        Args:
            name: Its name.
            color: Its colour, ``#rrggbb``; None: one that no other has.
            supercategory: COCO's; empty for none.
            description: What belongs to it.

        Raises:
            Conflict: There is a category of that name.
            InvalidInput: A value cannot be used.
        """
        values = checked_values(name, color, supercategory, description)
        with self._database.write() as session:
            known = session.scalar(select(CategoryRow).where(CategoryRow.name == values["name"]))
            if known is not None and is_listed(session, known):
                raise Conflict(f"there is a category {known.name} already")
            row = category_row(session, values["name"])
            _set(session, row, values)
            session.flush()
            put_in_order(session, moved(ordered_ids(session), row.id, None))
            added = to_category(row)

        def undo(session: Session, _now: datetime) -> int:
            row = present_row(session, added.id)
            if _has_objects(session, row):
                raise Conflict(f"the category {row.name} has objects by now: delete it instead")
            row.deleted = True
            return 0

        return CategoryChange(
            self._bulk.record("add_category", added.name, undo, label="Category added"), added
        )

    def change(
        self,
        category_id: int,
        *,
        revision: int | None = None,
        name: str | None = None,
        color: str | None = None,
        description: str | None = None,
        supercategory: str | None = None,
    ) -> CategoryChange:
        """Change a category; what is None stays.

        Args:
            category_id: The category.
            revision: The revision that the caller saw; None: whatever it is now.
            name: Its new name; the former one leads to it until a category is made of that name.
            color: Its new colour, ``#rrggbb``.
            description: What belongs to it.
            supercategory: COCO's; empty for none.

        Raises:
            NotFound: There is no such category.
            Conflict: Another category has that name: they can be merged; or someone changed it since
                that revision.
            InvalidInput: A value cannot be used.
        """
        after = checked_values(name, color, supercategory, description)
        with self._database.write() as session:
            row = present_row(session, category_id)
            before = {column: getattr(row, column) for column in after}
            if before != after:
                _check_revision(row, revision)
                _set(session, row, after)
            session.flush()
            changed = to_category(row)

        def undo(session: Session, _now: datetime) -> int:
            row = present_row(session, category_id)
            if any(getattr(row, column) != value for column, value in after.items()):
                raise Conflict(f"someone has changed the category {row.name} since: change it again by hand")
            _set(session, row, before)
            return 0

        return CategoryChange(
            self._bulk.record("change_category", changed.name, undo, label="Category changed"), changed
        )

    def reorder(self, category_ids: Sequence[int]) -> CategoryChange:
        """Put categories into this order, which exports keep; those that are not named follow.

        Raises:
            NotFound: There is no such category.
            InvalidInput: One is named twice.
        """
        with self._database.write() as session:
            check_order(session, category_ids)
            before = ordered_ids(session)
            put_in_order(session, category_ids)

        def undo(session: Session, _now: datetime) -> int:
            put_in_order(session, before)
            return 0

        return CategoryChange(
            self._bulk.record("order_categories", "", undo, label="Categories put in order")
        )

    def move(self, category_id: int, *, before: int | None) -> CategoryChange:
        """Move a category in the order: before another one, or, where that is None, to the end.

        Raises:
            NotFound: There is no such category.
        """
        with self._database.write() as session:
            row = present_row(session, category_id)
            if before is not None:
                present_row(session, before)
            ids = ordered_ids(session)
            place = follower(ids, row)
            put_in_order(session, moved(ids, category_id, before))
            category = to_category(row)

        def undo(session: Session, _now: datetime) -> int:
            put_in_order(session, moved(ordered_ids(session), category_id, place))
            return 0

        return CategoryChange(
            self._bulk.record("move_category", category.name, undo, label="Category moved"), category
        )

    def merge(self, category_ids: Sequence[int], into: int, *, background: bool = False) -> CategoryChange:
        """Give all objects of some categories to another one, and delete those.

        Args:
            category_ids: The categories that go.
            into: The one that takes their objects.
            background: Return at once; the run says how far it is.

        Raises:
            NotFound: There is no such category.
            InvalidInput: None is named, or the other one is among them.
            Conflict: It could not be done to the end.
        """
        if not category_ids or into in category_ids:
            raise InvalidInput(
                "a category cannot be merged into itself" if category_ids else "name a category"
            )
        going = GoingObjects(list(dict.fromkeys(category_ids)), into)
        return self._let_go("merge_categories", "Categories merged", going, background)

    def delete(
        self,
        category_id: int,
        *,
        reject_objects: bool = False,
        leave_objects: bool = False,
        background: bool = False,
    ) -> CategoryChange:
        """Delete a category; by default one that has no objects. To move them elsewhere is to `merge` it.

        Args:
            category_id: The category.
            reject_objects: Reject its objects.
            leave_objects: Keep its objects, without a category of their own: they become an `object`.
            background: Return at once; the run says how far it is.

        Raises:
            NotFound: There is no such category.
            InvalidInput: Both are asked for, or the category is the one of what has none.
            Conflict: It has objects that nobody rejected, and neither is asked for; or it could
                not be done to the end.
        """
        if reject_objects and leave_objects:
            raise InvalidInput("its objects are either rejected or kept, not both")
        with self._database.read() as session:
            row = present_row(session, category_id)
            going = GoingObjects([category_id], None)
            if not (reject_objects or leave_objects) and going.images(session):
                raise Conflict(
                    f"the category {row.name} has objects: merge it into another one, or delete them with it"
                )
        going = self._leaving(row.id) if leave_objects else going
        return self._let_go("delete_category", "Category deleted", going, background)

    def _leaving(self, category_id: int) -> GoingObjects:
        """Return the objects of a category as they go to that of what has none, which is made if need be.

        Raises:
            InvalidInput: The category is that one.
        """
        with self._database.write() as session:
            there = set(ordered_ids(session))
            former = session.scalar(select(CategoryRow.merged_into).where(CategoryRow.name == PLAIN_NAME))
            row = category_row(session, PLAIN_NAME)
            if row.id == category_id:
                raise InvalidInput(f"{row.name} is the category of what has none: move its objects elsewhere")
            session.flush()
            unmake = None if row.id in there else unmaking(row.id, former)
            return GoingObjects([category_id], row.id, unmake)

    def _let_go(self, name: str, label: str, going: GoingObjects, background: bool) -> CategoryChange:
        """Begin an action on the objects of categories that go, and wait for it where that is asked.

        Args:
            name: The action's name.
            label: What people read.
            going: The objects.
            background: Return at once.

        Raises:
            NotFound: There is no such category.
            Conflict: It could not be done to the end.
        """
        with self._database.read() as session:
            said = ", ".join(present_row(session, one).name for one in going.category_ids)
            if going.into is not None:
                present_row(session, going.into)
            images = going.images(session)
        action = BulkAction(name, label, "", going.change, counts="objects", finish=going.finish)
        run = self._bulk.start_own(action, said, images)
        if not background:
            run = self._bulk.wait(run.id)
            if run.problem:
                raise Conflict(run.problem)
        return CategoryChange(run, None if going.into is None else self._get(going.into))

    def _get(self, category_id: int) -> Category:
        with self._database.read() as session:
            return to_category(present_row(session, category_id))


def _set(session: Session, row: CategoryRow, values: dict[str, str]) -> None:
    """Give a category other words or another colour.

    Raises:
        Conflict: Another category has that name.
    """
    if "name" in values:
        rename(session, row, values["name"])
    for column, value in values.items():
        setattr(row, column, value)
    row.revision += 1


def _check_revision(row: CategoryRow, revision: int | None) -> None:
    """Check that a category is as the caller saw it.

    Raises:
        Conflict: Someone changed it since.
    """
    if revision is not None and revision != row.revision:
        raise Conflict(
            f"someone else changed this category ({row.name}) meanwhile: look at it again, then decide"
        )


def _has_objects(session: Session, row: CategoryRow) -> bool:
    """Tell whether anything is of a category, rejected objects and boxes without a mask included."""
    kinds = (AnnotationRow, PendingBoxRow)
    return any(session.scalar(select(one.id).where(one.category_id == row.id).limit(1)) for one in kinds)
