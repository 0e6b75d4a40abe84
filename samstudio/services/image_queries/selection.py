"""Images that a person chose in a list: some by their numbers, or all that a query finds but some."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

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
        found: list[str] = []
        with self._database.read() as session:
            for chunk in chunks(sorted(seqs)):
                found += session.scalars(
                    select(ImageRow.id).where(ImageRow.seq.in_(chunk)).order_by(ImageRow.seq)
                )
        return found

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
    images = accepted = proposed = 0
    there: set[int] = set()
    for chunk in chunks(sorted(seqs)):
        rows = session.execute(select(F.seq, F.accepted, F.proposed).where(F.seq.in_(chunk), *wanted)).all()
        there.update(row[0] for row in rows)
        images += len(rows)
        accepted += sum(row[1] for row in rows)
        proposed += sum(row[2] for row in rows)
    return (images, accepted, proposed), frozenset(there)
