"""Running actions on many images: in the background, a few hundred images a transaction."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from samstudio.db.engine import Database
from samstudio.db.image_facts import refresh
from samstudio.db.types import utc_now
from samstudio.domain import Conflict, InvalidInput, NotFound, StudioError
from samstudio.services.annotations.queries import chunks
from samstudio.services.bulk.action import BulkAction, Undo
from samstudio.services.bulk.actions import BULK_ACTIONS
from samstudio.services.image_queries import ImageQuery, ImageQueryService

log = logging.getLogger(__name__)

KEPT = 20
"""How many runs are remembered, the newest: those can be undone until the app ends."""

RunState = Literal["running", "done", "cancelled", "failed", "undone"]


@dataclass(frozen=True)
class BulkRun:
    """An action on many images: ``done`` of ``total`` were looked at. ``problem``: why it failed."""

    id: int
    action: str
    value: str
    state: RunState
    done: int
    total: int
    can_undo: bool
    problem: str = ""


@dataclass
class _Run:
    seen: BulkRun
    ids: list[str]
    undos: list[tuple[Sequence[str], Undo]] = field(default_factory=list)
    cancel: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)


class BulkService:
    """Actions on many images. What was done to one is whole; a run that is stopped keeps what it did."""

    def __init__(
        self, *, database: Database, queries: ImageQueryService, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._database = database
        self._queries = queries
        self._clock = clock
        self._lock = threading.Lock()
        self._runs: OrderedDict[int, _Run] = OrderedDict()
        self._last = 0

    def start(
        self,
        action: str,
        value: str = "",
        *,
        image_ids: Sequence[str] | None = None,
        query: ImageQuery | None = None,
    ) -> BulkRun:
        """Begin an action in the background; look at it with `get`.

        Args:
            action: The name of a `BulkAction`.
            value: What it takes; empty where it takes nothing.
            image_ids: The images; ids of no image are passed over.
            query: Instead of ids: all images that it finds now.

        Raises:
            InvalidInput: There is no such action, the value is not for it, or neither or both of ids and
                query are given.
        """
        run, chosen = self._made(action, value, image_ids, query)
        threading.Thread(target=self._work, args=(run, chosen), name="bulk", daemon=True).start()
        return run.seen

    def apply(self, action: str, value: str = "", *, image_ids: Sequence[str]) -> BulkRun:
        """Do an action now, and return when it is done: for one image or a few.

        Raises:
            InvalidInput: There is no such action, or the value is not for it.
        """
        run, chosen = self._made(action, value, image_ids, None)
        self._work(run, chosen)
        return run.seen

    def check(self, action: str, value: str = "") -> None:
        """Tell whether an action can be done with this value; nothing is done.

        Raises:
            InvalidInput: There is no such action, or the value is not for it.
        """
        BULK_ACTIONS.get(action).check(value)

    def get(self, run_id: int) -> BulkRun:
        """Return a run.

        Raises:
            NotFound: There is none, or it is forgotten.
        """
        return self._run(run_id).seen

    def cancel(self, run_id: int) -> BulkRun:
        """Stop a run after the images that it is at.

        Raises:
            NotFound: There is none, or it is forgotten.
        """
        run = self._run(run_id)
        run.cancel.set()
        return run.seen

    def wait(self, run_id: int, seconds: float | None = None) -> BulkRun:
        """Wait until a run has ended, or for some seconds.

        Raises:
            NotFound: There is none, or it is forgotten.
        """
        run = self._run(run_id)
        run.ended.wait(seconds)
        return run.seen

    def undo(self, run_id: int) -> BulkRun:
        """Take back what a run did, the last first, where nobody has changed it since.

        Raises:
            NotFound: There is none, or it is forgotten.
            Conflict: It is running, or did nothing that could be taken back.
        """
        run = self._run(run_id)
        with self._lock:
            if not run.seen.can_undo:
                raise Conflict(f"the action {run.seen.action} has nothing to undo now")
            undos, run.undos = run.undos, []
            run.seen = replace(run.seen, can_undo=False, state="undone")
        for ids, undo in reversed(undos):
            with self._database.write() as session:
                undo(session, self._clock())
                refresh(session, ids)
        return run.seen

    def _made(
        self, action: str, value: str, image_ids: Sequence[str] | None, query: ImageQuery | None
    ) -> tuple[_Run, BulkAction]:
        """Return a new run and its action.

        Args:
            action: The action's name.
            value: What it takes.
            image_ids: The images.
            query: Or what finds them.

        Raises:
            InvalidInput: As `start`.
        """
        chosen = BULK_ACTIONS.get(action)
        checked = chosen.check(value)
        if (image_ids is None) == (query is None):
            raise InvalidInput("an action is done to the images of a list of ids or of a query, one of both")
        ids = list(dict.fromkeys(image_ids or ())) if query is None else self._queries.ids(query)
        with self._lock:
            self._last += 1
            run = _Run(BulkRun(self._last, action, checked, "running", 0, len(ids), can_undo=False), ids)
            self._runs[run.seen.id] = run
            self._forget()
        return run, chosen

    def _forget(self) -> None:
        ended = [number for number, run in self._runs.items() if run.ended.is_set()]
        for number in ended[: max(0, len(self._runs) - KEPT)]:
            del self._runs[number]

    def _work(self, run: _Run, action: BulkAction) -> None:
        try:
            for chunk in chunks(run.ids):
                if run.cancel.is_set():
                    break
                self._do(run, action, chunk)
            state: RunState = "done" if run.seen.done == run.seen.total else "cancelled"
            run.seen = replace(run.seen, state=state, can_undo=bool(run.undos))
        except StudioError as error:
            run.seen = replace(run.seen, state="failed", can_undo=bool(run.undos), problem=str(error))
        except Exception:
            log.exception("the action %s on many images", action.name)
            sentence = "it failed in a way that was not foreseen; the log of the app says more"
            run.seen = replace(run.seen, state="failed", can_undo=bool(run.undos), problem=sentence)
        finally:
            run.ids = []
            run.ended.set()

    def _do(self, run: _Run, action: BulkAction, ids: Sequence[str]) -> None:
        with self._database.write() as session:
            undo = action.apply(session, ids, run.seen.value, self._clock())
            if undo is not None:
                refresh(session, ids)
        if undo is not None:
            run.undos.append((ids, undo))
        run.seen = replace(run.seen, done=run.seen.done + len(ids))

    def _run(self, run_id: int) -> _Run:
        with self._lock:
            run = self._runs.get(run_id)
        if run is None:
            raise NotFound(f"there is no action {run_id}; the last {KEPT} are remembered while the app runs")
        return run
