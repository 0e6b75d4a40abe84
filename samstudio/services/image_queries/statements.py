"""The SELECTs of lists of images: by key, in either direction, from a place or from the end.

Without filters an index has the order, and as many rows are read as are given.
With filters there are two ways. *Walking* looks at the next few thousand images
of the order: quick where much fits. *Scanning* passes once over all facts and
sorts what fits: 20 ms at 100,000 images, however little fits. Left to itself,
SQLite walks on to the end, and looks each row up on the way: 200 ms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, literal, select, tuple_
from sqlalchemy.orm import Session

from samstudio.db.tables import ImageFactsRow
from samstudio.services.image_queries.conditions import Condition
from samstudio.services.image_queries.cursors import Cursor
from samstudio.services.image_queries.query import ImageQuery

WALKED = 2000
"""How many images are looked at before all of them are."""

F = ImageFactsRow


@dataclass(frozen=True)
class Order:
    """A query's order; ``backwards``: turned round, from the last image to the first."""

    query: ImageQuery
    backwards: bool = False

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

    def clauses(self) -> list[Any]:
        """Return what to ORDER BY."""
        columns = [F.seq] if self.by_arrival else [self.key, F.seq]
        return [column.desc() if self.falls else column.asc() for column in columns]

    def beyond(self, place: Cursor) -> Condition:
        """Return that an image comes after this place."""
        here = tuple_(literal(place.key, self.key.type), literal(place.seq))
        image = tuple_(self.key, F.seq)
        if self.by_arrival:
            return F.seq < place.seq if self.falls else F.seq > place.seq
        return image < here if self.falls else image > here

    def up_to(self, place: Cursor) -> Condition:
        """Return that an image comes before this place, or is at it."""
        turned = Order(self.query, not self.backwards)
        return turned.beyond(place) | (F.seq == place.seq)


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
    after = [F.trashed == order.query.trashed, *([] if place is None else [order.beyond(place)])]
    if not wanted and not order.by_arrival:
        return _listed(session, order, after, limit)
    if not order.by_arrival:
        edge = _edge(session, order, after)
        near = [] if edge is None else [order.up_to(edge)]
        found = _listed(session, order, [*after, *near, *wanted], limit)
        if edge is None or len(found) == limit:
            return found
    return _listed(session, order, [*after, *wanted], limit, scan=True)


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
    every = [F.trashed == query.trashed, *wanted]
    if most is None:
        return session.scalar(_scanned(select(func.count()).select_from(F).where(*every), bool(wanted))) or 0
    some = _scanned(select(F.seq).where(*every), bool(wanted)).limit(most + 1).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def _listed(
    session: Session, order: Order, where: Sequence[Condition], limit: int, *, scan: bool = False
) -> list[int]:
    query = select(F.seq).where(*where).order_by(*order.clauses()).limit(limit)
    return list(session.scalars(_scanned(query, scan)))


def _edge(session: Session, order: Order, after: Sequence[Condition]) -> Cursor | None:
    """Return the place up to which is walked; None where that is the end."""
    query = select(order.key, F.seq).where(*after).order_by(*order.clauses())
    found = session.execute(query.offset(WALKED - 1).limit(1)).first()
    return None if found is None else Cursor(*found)


def _scanned(query: Select[Any], scan: bool) -> Select[Any]:
    """Keep SQLite from using an index where all rows are to be looked at; Postgres decides by statistics."""
    return query.with_hint(F, "NOT INDEXED", "sqlite") if scan else query
