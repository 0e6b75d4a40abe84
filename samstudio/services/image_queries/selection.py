"""Images that a person chose in a list: some by their numbers, or all that a query finds but some."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from samstudio.db.engine import Database
from samstudio.db.tables import ImageFactsRow, ImageRow
from samstudio.services.annotations.queries import chunks
from samstudio.services.image_queries.conditions import Condition, conditions
from samstudio.services.image_queries.query import ImageQuery
from samstudio.services.image_queries.service import ImageQueryService, place_of_image
from samstudio.services.image_queries.statements import Order

F = ImageFactsRow

MANY = 2000
"""How many images are looked up by their numbers; beyond that, one pass looks at all."""


@dataclass(frozen=True)
class Selection:
    """Images by their ``seq``; with ``others``, all that the query finds but those.

    The query also says whether they are in the trash.
    """

    seqs: frozenset[int]
    query: ImageQuery
    others: bool = False


@dataclass(frozen=True)
class SelectionTotals:
    """How many images are selected, and objects on them; ``gone``: numbers that the query does not find."""

    images: int
    accepted: int
    proposed: int
    gone: tuple[int, ...] = ()


class SelectionService:
    """What a selection holds now; nothing of a selection is kept here."""

    def __init__(self, *, database: Database, queries: ImageQueryService) -> None:
        self._database = database
        self._queries = queries

    def ids(self, selection: Selection) -> list[str]:
        """Return the ids of the images, in the query's order or that of their arrival.

        Raises:
            InvalidInput: The category does not exist.
        """
        named = self.ids_of(selection.seqs)
        if not selection.others:
            return named
        without = set(named)
        return [one for one in self._queries.ids(selection.query) if one not in without]

    def ids_of(self, seqs: Iterable[int]) -> list[str]:
        """Return the ids of images by their numbers; numbers of none are passed over."""
        with self._database.read() as session:
            rows = _rows(session, ImageRow.seq, [ImageRow.id], [], frozenset(seqs))
            return [image_id for _, image_id in rows]

    def totals(self, selection: Selection) -> SelectionTotals:
        """Count the images and their objects.

        Raises:
            InvalidInput: The category does not exist.
        """
        with self._database.read() as session:
            wanted = [F.trashed == selection.query.trashed, *conditions(session, selection.query)]
            some, there = _sums_of(session, wanted, selection.seqs)
            every = _sums(session, wanted) if selection.others else None
        gone = tuple(sorted(selection.seqs - there))
        if every is None:
            return SelectionTotals(*some, gone=gone)
        return SelectionTotals(every[0] - some[0], every[1] - some[1], every[2] - some[2], gone=gone)

    def between(self, query: ImageQuery, one: str, other: str) -> list[int]:
        """Return the numbers of the images from one to another in the query's order, both included.

        Raises:
            NotFound: There is no such image.
            InvalidInput: The category does not exist.
        """
        with self._database.read() as session:
            order = Order(query, scans=True)
            places = [place_of_image(session, query, image_id) for image_id in (one, other)]
            first, last = sorted(places, key=lambda place: (place.key, place.seq), reverse=order.falls)
            wanted = [*conditions(session, query), order.present, order.up_to(last)]
            after = select(F.seq).where(*wanted, order.beyond(first)).order_by(*order.clauses())
            return list(dict.fromkeys([first.seq, *session.scalars(after)]))


Sums = tuple[int, int, int]


def _sums(session: Session, wanted: Sequence[Condition]) -> Sums:
    """Count images and their accepted and proposed objects."""
    columns = (func.count(), func.coalesce(func.sum(F.accepted), 0), func.coalesce(func.sum(F.proposed), 0))
    images, accepted, proposed = session.execute(select(*columns).where(*wanted)).one()
    return int(images), int(accepted), int(proposed)


def _sums_of(
    session: Session, wanted: Sequence[Condition], seqs: Iterable[int]
) -> tuple[Sums, frozenset[int]]:
    """Count those of some images for which all that is wanted holds; return their numbers, too."""
    accepted = proposed = 0
    there: set[int] = set()
    for seq, some, others in _rows(session, F.seq, [F.accepted, F.proposed], wanted, frozenset(seqs)):
        there.add(seq)
        accepted += some
        proposed += others
    return (len(there), accepted, proposed), frozenset(there)


def _rows(
    session: Session, number: Any, columns: Sequence[Any], wanted: Sequence[Condition], seqs: frozenset[int]
) -> Iterator[Any]:
    """Give a row of each of some images for which all that is wanted holds, in the order of their numbers.

    Many are found by one pass over all of them: naming 100,000 numbers to the database takes a second.

    Args:
        session: A transaction.
        number: The column of the numbers, which comes first in the rows.
        columns: The others.
        wanted: What must hold.
        seqs: The numbers.
    """
    query = select(number, *columns).where(*wanted).order_by(number)
    if len(seqs) > MANY:
        within = query.where(number.between(min(seqs), max(seqs)))
        yield from (row for row in session.execute(within) if row[0] in seqs)
        return
    for chunk in chunks(sorted(seqs)):
        yield from session.execute(query.where(number.in_(chunk)))
