"""Near-duplicates looked for in the background, and groups made of them where a person agrees."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from samstudio.db.changes import changes
from samstudio.db.engine import Database
from samstudio.domain import Conflict
from samstudio.services.bulk import BulkRun, BulkService
from samstudio.services.bulk.actions.several_groups import put_into_groups
from samstudio.services.comparison.background import Background
from samstudio.services.near_duplicates import rows
from samstudio.services.near_duplicates.finding import Embeddings, Found, Progress, compare, pool
from samstudio.services.near_duplicates.similarity import FEWEST
from samstudio.services.near_duplicates.suggestions import Suggestion, suggestions
from samstudio.text import plural

FRESH_SECONDS = 5.0
"""So long after a search has ended nobody looks whether there is more."""

SEVERAL = "near-duplicates"
"""What a change is said to have set where it made several groups."""

State = Literal["looking", "ready", "few", "failed"]


@dataclass(frozen=True)
class Looked:
    """How far the search is, and what it suggests.

    ``looking``: not all that is encoded was compared yet; ``few``: there are fewer than ``fewest`` encoded
    images. ``images``: of the dataset; ``compared`` of them were. ``progress``: 0 to 1. ``dismissed``: how
    often a person said that images are no near-duplicates. ``problem``: why it failed.
    """

    state: State
    images: int
    compared: int
    progress: float
    suggestions: tuple[Suggestion, ...]
    dismissed: int
    problem: str = ""
    fewest: int = FEWEST

    @property
    def total(self) -> int:
        """How many groups are suggested."""
        return len(self.suggestions)


class NearDuplicateService:
    """The near-duplicates of one dataset."""

    def __init__(
        self, *, database: Database, bulk: BulkService, embeddings: Callable[[], Embeddings]
    ) -> None:
        """Look in ``database``.

        Args:
            database: Where images, vectors and what people said are.
            bulk: Puts images into groups.
            embeddings: Returns the embeddings; called when the search begins, it may load the model.
        """
        self._database = database
        self._bulk = bulk
        self._embeddings = embeddings
        self._found: Found | None = None
        self._progress = Progress("reading", 0.0)
        self._problem = ""
        self._work: Iterator[None] | None = None
        self._ended = float("-inf")
        self._listed: tuple[Found, int, list[Suggestion]] | None = None
        self._listing = threading.Lock()
        self._background = Background(self.step, name="near-duplicates")

    def ask(self) -> Looked:
        """Return what is known, and have what is new looked at in the background."""
        if time.monotonic() - self._ended > FRESH_SECONDS:
            self._background.wake()
        return self.state()

    def state(self) -> Looked:
        """Return what is known; nothing is computed, and no model is loaded."""
        found = self._found
        with self._database.read() as session:
            images = rows.count_images(session)
            dismissed = len(rows.read_apart(session))
        return Looked(
            state=self._state(found),
            images=images,
            compared=found.stamp.vectors if found else 0,
            progress=self._progress.share,
            suggestions=tuple(self._suggestions()),
            dismissed=dismissed,
            problem=self._problem,
        )

    def known_sets(self) -> list[frozenset[str]]:
        """Return the ids of the images of each group that is suggested, as far as is known."""
        return [frozenset(one.id for one in each.images) for each in self._suggestions()]

    def looked_before(self) -> bool:
        """Tell whether anybody has looked for near-duplicates of this dataset."""
        with self._database.read() as session:
            return rows.any_vector(session)

    def step(self) -> bool:
        """Do a part of the search; return whether there is more to do."""
        if self._work is None:
            self._work = self._look()
        try:
            next(self._work)
        except StopIteration:
            self._work, self._problem, self._ended = None, "", time.monotonic()
            return False
        except Exception as error:
            self._work, self._problem, self._ended = None, str(error), time.monotonic()
            raise
        return True

    def finish(self, progress: Callable[[Progress], object] = lambda _progress: None) -> Looked:
        """Look at everything now, in the foreground."""
        while self.step():
            progress(self._progress)
        return self.state()

    def accept(self, ids: Sequence[str] | None = None) -> BulkRun:
        """Begin to put the images of suggestions, or of all, into their groups; `BulkService.undo` undoes it.

        Raises:
            Conflict: A suggestion is not there any more, as images or groups have changed, or there is none.
        """
        chosen = self._chosen(ids)
        joining = sorted({group for one in chosen for group in one.groups})
        with self._database.read() as session:
            whole = rows.members(session, joining)
        groups = {image.id: one.name for one in chosen for image in one.images}
        groups |= {image_id: one.name for one in chosen for group in one.groups for image_id in whole[group]}
        value = chosen[0].name if len(chosen) == 1 else SEVERAL
        return self._bulk.start_own(put_into_groups(groups), value, list(groups))

    def dismiss(self, ids: Sequence[str] | None = None) -> BulkRun:
        """Remember that the images of suggestions, or of all, are no near-duplicates, so that they stay away.

        Returns:
            A change that `BulkService.undo` takes back.

        Raises:
            Conflict: As of `accept`.
        """
        sets = [[image.seq for image in one.images] for one in self._chosen(ids)]
        with self._database.write() as session:
            numbers = rows.write_apart(session, sets)

        def undo(session: Session, _now: datetime) -> int:
            rows.remove_apart(session, numbers)
            return 0

        return self._bulk.record("dismiss", "", undo, label="Near-duplicates dismissed")

    def bring_back(self) -> int:
        """Forget all that was dismissed, so that it is suggested again; return how often it was."""
        self._ended = float("-inf")
        with self._database.write() as session:
            return rows.remove_apart(session, None)

    def _chosen(self, ids: Sequence[str] | None) -> list[Suggestion]:
        there = {one.id: one for one in self._suggestions()}
        if not there:
            raise Conflict("there are no near-duplicates to group")
        if ids is None:
            return list(there.values())
        missing = [one for one in ids if one not in there]
        if missing:
            gone = plural(len(missing), "suggestion")
            raise Conflict(f"{gone} changed meanwhile ({', '.join(missing[:3])}): look again")
        return [there[one] for one in dict.fromkeys(ids)]

    def _state(self, found: Found | None) -> State:
        if self._work is not None or (found is None and not self._problem):
            return "looking"
        if self._problem:
            return "failed"
        return "few" if found is not None and found.too_few else "ready"

    def _look(self) -> Iterator[None]:
        embeddings = self._embeddings()
        for progress in pool(self._database, embeddings):
            self._progress = progress
            yield
        with self._database.read() as session:
            stamp = rows.stamp(session, embeddings.encoder_id)
            said = frozenset(rows.read_apart(session))
        known = self._found
        if known is not None and known.stamp == stamp and known.apart <= said:
            return
        for one in compare(self._database, embeddings.encoder_id, stamp):
            if isinstance(one, Found):
                self._found = one
            else:
                self._progress = one
            yield

    def _suggestions(self) -> list[Suggestion]:
        """Return what is suggested, read again only when the dataset has changed."""
        found = self._found
        if found is None:
            return []
        with self._listing, self._database.read() as session:
            now = changes(session)
            if self._listed is None or self._listed[0] is not found or self._listed[1] != now:
                self._listed = (found, now, _listed(session, found))
            return self._listed[2]


def _listed(session: Session, found: Found) -> list[Suggestion]:
    pictures = rows.pictured(session, (seq for one in found.sets for seq in one.seqs))
    apart = rows.read_apart(session).values()
    return suggestions(found.sets, pictures, tuple(apart), rows.group_names(session))
