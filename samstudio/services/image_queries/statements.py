"""The SELECTs of lists of images: by key, in either direction, from a place or from the end.

Without filters an index has the order, and as many rows are read as are given.
With filters there are two ways. *Walking* looks at the next thousand images
of the order: quick where much fits. *Scanning* passes once over all facts and
sorts what fits: 20 ms at 100,000 images, however little fits. Left to themselves,
SQLite and Postgres walk on to the end, and look each row up on the way: 200 ms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, literal, select, tuple_
from sqlalchemy.orm import Session

from samstudio.db.functions import unindexed
from samstudio.db.tables import ImageFactsRow
from samstudio.services.image_queries.conditions import Condition
from samstudio.services.image_queries.cursors import Cursor
from samstudio.services.image_queries.query import ImageQuery

WALKED = 1000
"""How many images are looked at before all of them are."""

F = ImageFactsRow


@dataclass(frozen=True)
class Order:
    """A query's order; ``backwards``: turned round, from the last image to the first.

    ``scans``: the columns are spelled so that the database passes over all rows instead of using an index.
    """

    query: ImageQuery
    backwards: bool = False
    scans: bool = False

    @property
    def present(self) -> Condition:
        """That an image is in the trash, or is not, as the query asks."""
        return _in_trash(self.query, scans=self.scans or self.by_arrival)

    @property
    def falls(self) -> bool:
        """Whether the greatest come first."""
        return self.query.falls != self.backwards

    @property
    def key(self) -> Any:
        """The column of the order."""
        return getattr(F, self.query.sort_key.column_of(self.query.falls))

    @property
    def by_arrival(self) -> bool:
        """Whether the order is that of ``seq`` alone."""
        return self.key is F.seq

    @property
    def _ordering(self) -> Any:
        return unindexed(self.key) if self.scans else self.key

    def clauses(self) -> list[Any]:
        """Return what to ORDER BY."""
        columns = [self._ordering] if self.by_arrival else [self._ordering, F.seq]
        return [column.desc() if self.falls else column.asc() for column in columns]

    def beyond(self, place: Cursor) -> Condition:
        """Return that an image comes after this place."""
        image, here = self._compared(place)
        found: Condition = image < here if self.falls else image > here
        return found

    def up_to(self, place: Cursor) -> Condition:
        """Return that an image comes before this place, or is at it."""
        image, here = self._compared(place)
        found: Condition = image >= here if self.falls else image <= here
        return found

    def _compared(self, place: Cursor) -> tuple[Any, Any]:
        """Return an image's place and this one: both columns at once, for an index to begin there."""
        if self.by_arrival:
            return self._ordering, place.seq
        return tuple_(self._ordering, F.seq), tuple_(literal(place.key, self.key.type), literal(place.seq))


def place_of(session: Session, order: Order, seq: int) -> Cursor | None:
    """Return the place of an image in the order; None where it has no facts."""
    found = session.execute(select(order.key, F.seq).where(F.seq == seq)).first()
    return None if found is None else Cursor(*found)


def next_seqs(
    session: Session, order: Order, wanted: Sequence[Condition], place: Cursor | None, limit: int
) -> list[int]:
    """Return the ``seq`` of the next images in the order for which all that is wanted holds.

    Args:
        session: A transaction.
        order: The order, perhaps turned round.
        wanted: What must hold, the trash aside.
        place: Where to begin, the place itself left out; None: at the first of the order.
        limit: How many to return at most.
    """
    found, complete = walked_seqs(session, order, wanted, place, limit)
    return found if complete else _listed(session, replace(order, scans=True), place, wanted, limit)


def seqs_from(session: Session, order: Order, at: int, limit: int) -> list[int]:
    """Return the ``seq`` of images in the order from a number on, without filters.

    Args:
        session: A transaction.
        order: The order, whose index is counted along.
        at: How many images to pass over.
        limit: How many to return at most.
    """
    query = select(F.seq).where(order.present).order_by(*order.clauses())
    return list(session.scalars(query.offset(at).limit(limit)))


def all_seqs(session: Session, order: Order, wanted: Sequence[Condition]) -> list[int]:
    """Return the ``seq`` of all images for which all that is wanted holds, in the order."""
    return _listed(session, replace(order, scans=True), None, wanted, None)


def walked_seqs(
    session: Session, order: Order, wanted: Sequence[Condition], place: Cursor | None, limit: int
) -> tuple[list[int], bool]:
    """Return what `next_seqs` does as far as `WALKED` images go, and whether that is the whole answer.

    Args:
        session: A transaction.
        order: The order, perhaps turned round.
        wanted: What must hold, the trash aside.
        place: Where to begin; None: at the first of the order.
        limit: How many to return at most.
    """
    edge = _edge(session, order, place) if wanted else None
    near = [] if edge is None else [order.up_to(edge)]
    found = _listed(session, order, place, [*near, *wanted], limit)
    return found, edge is None or len(found) == limit


def without(own: int, seqs: Sequence[int]) -> list[int]:
    """Return these images but for one."""
    return [seq for seq in seqs if seq != own]


def beside(
    session: Session, query: ImageQuery, wanted: Sequence[Condition], place: Cursor, own: int
) -> tuple[int | None, int | None]:
    """Return the ``seq`` of the images before and after a place; None at an end.

    Args:
        session: A transaction.
        query: The query, for the order and the trash.
        wanted: What must hold, the trash aside.
        place: The place, whether or not there is an image for which all that holds.
        own: The image that was found there and may now be elsewhere; it is not beside itself.
    """
    orders = (Order(query, backwards=True), Order(query))
    near = [walked_seqs(session, order, wanted, place, 2) for order in orders]
    found = [(without(own, seqs), complete) for seqs, complete in near]
    far = [order for order, (seqs, complete) in zip(orders, found, strict=True) if not (seqs or complete)]
    beyond = _nearest(session, far, [*wanted, F.seq != own], place) if far else {}
    before, after = (
        beyond[order] if order in beyond else next(iter(seqs), None)
        for order, (seqs, _) in zip(orders, found, strict=True)
    )
    return before, after


def _nearest(
    session: Session, orders: Sequence[Order], wanted: Sequence[Condition], place: Cursor
) -> dict[Order, int | None]:
    """Return the ``seq`` of the next image in each of these orders, by one pass for all of them.

    The pass finds the nearest value of the order's column, and its index then the image.

    Args:
        session: A transaction.
        orders: A query's order, in one direction or both.
        wanted: What must hold, the trash aside.
        place: Where to begin, the place itself left out.
    """
    nearest = [
        (func.max if order.falls else func.min)(order.key).filter(order.beyond(place)) for order in orders
    ]
    present = _in_trash(orders[0].query, scans=True)
    keys = session.execute(select(*nearest).where(*wanted, present)).one()
    return {
        order: _first_with(session, order, key, wanted, place)
        for order, key in zip(orders, keys, strict=True)
    }


def _first_with(
    session: Session, order: Order, key: Any, wanted: Sequence[Condition], place: Cursor
) -> int | None:
    """Return the ``seq`` of the next image with this value of the order's column; None where that is None."""
    if key is None or order.by_arrival:
        return None if key is None else int(key)
    return next(iter(_listed(session, order, place, [order.key == key, *wanted], 1)), None)


def counted(
    session: Session, query: ImageQuery, wanted: Sequence[Condition], *, most: int | None = None
) -> int:
    """Count the images of a query.

    Args:
        session: A transaction.
        query: The query, for the trash.
        wanted: What must hold, the trash aside.
        most: Stop counting after one more than that; None: count all.
    """
    every = [_in_trash(query, scans=bool(wanted)), *wanted]
    if most is None:
        return session.scalar(select(func.count()).select_from(F).where(*every)) or 0
    some = select(F.seq).where(*every).limit(most + 1).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def _in_trash(query: ImageQuery, *, scans: bool) -> Condition:
    found: Condition = (unindexed(F.trashed) if scans else F.trashed) == query.trashed
    return found


def _after(order: Order, place: Cursor | None) -> list[Condition]:
    return [order.present, *([] if place is None else [order.beyond(place)])]


def _listed(
    session: Session, order: Order, place: Cursor | None, wanted: Sequence[Condition], limit: int | None
) -> list[int]:
    # What is wanted comes first: it says no more cheaply than the comparison of two places does.
    query = select(F.seq).where(*wanted, *_after(order, place)).order_by(*order.clauses()).limit(limit)
    return list(session.scalars(query))


def _edge(session: Session, order: Order, place: Cursor | None) -> Cursor | None:
    """Return the place up to which is walked; None where that is the end."""
    query = select(order.key, F.seq).where(*_after(order, place)).order_by(*order.clauses())
    found = session.execute(query.offset(WALKED - 1).limit(1)).first()
    return None if found is None else Cursor(*found)
