"""What there is to choose of in filters: the groups, people and versions that images of the dataset have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from samstudio.db.functions import unindexed
from samstudio.db.image_facts import name_key
from samstudio.db.image_facts.words import items_of
from samstudio.db.tables import ImageFactsRow

MOST = 300
"""More are not listed: who looks for one of them types it."""

MOST_SETS = 5000
"""Different sets of people, or of versions, that are looked at."""

F = ImageFactsRow


@dataclass(frozen=True)
class Choices:
    """Values of a filter that images have, in the order of names; ``more``: there are others."""

    items: tuple[str, ...]
    more: bool = False

    @classmethod
    def of(cls, values: Iterable[str]) -> Choices:
        """Return the first `MOST` of these values, each once."""
        every = sorted(set(values), key=lambda value: (name_key(value), value))
        return cls(tuple(every[:MOST]), len(every) > MOST)


def choices(session: Session) -> dict[str, Choices]:
    """Return the choices of filters whose values no table lists: a pass over short rows for each."""
    sets = {
        name: Choices.of(item for text in _different(session, column, MOST_SETS) for item in items_of(text))
        for name, column in (("author", F.authors), ("version", F.versions))
    }
    return {"group": Choices.of(_different(session, F.group, MOST + 1)), **sets}


def _different(session: Session, column: Any, most: int) -> list[str]:
    """Return the values of a column, no more than so many, of images that are not in the trash."""
    present = unindexed(F.trashed) == False  # noqa: E712
    return list(session.scalars(select(column).where(present, column != "").distinct().limit(most)))
