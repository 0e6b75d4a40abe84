"""Running actions on many images: in the background, a few hundred images a transaction."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from samstudio.authors import thread_as_now
from samstudio.db.engine import Database
from samstudio.db.image_facts import refresh
from samstudio.db.types import utc_now
from samstudio.domain import Conflict, InvalidInput, NotFound, StudioError, Unavailable
from samstudio.services.annotations.queries import chunks
from samstudio.services.bulk.action import BulkAction, Undo, Work
from samstudio.services.bulk.actions import BULK_ACTIONS
from samstudio.services.bulk.runs import BulkRun, Running
from samstudio.services.bulk.steps import change_some, finish, work_on
from samstudio.services.image_queries import ImageQuery, ImageQueryService

log = logging.getLogger(__name__)

KEPT = 20
"""How many runs are remembered, the newest: those can be undone until the app ends."""

KEPT_SMALL = 100
"""How many changes of a single step are remembered beside them."""

UNFORESEEN = "it failed in a way that was not foreseen; the log of the app says more"


class BulkService:
    """Actions on many images. What was done to one is whole; a run that is stopped keeps what it did."""

    def __init__(
        self,
        *,
        database: Database,
        queries: ImageQueryService,
        workers: Mapping[str, Work] | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        """Change images of ``database``.

        Args:
            database: Where the images are.
            queries: Finds them.
            workers: By the names of actions, how those are done that change no rows.
            clock: Returns the present time, timezone-aware.
        """
        self._database = database
        self._queries = queries
        self._workers = workers or {}
        self._clock = clock
        self._lock = threading.Lock()
        self._runs: OrderedDict[int, Running] = OrderedDict()
        self._last = 0

    def start(
        self,
        action: str,
        value: str = "",
        *,
        image_ids: Sequence[str] | None = None,
        query: ImageQuery | None = None,
        without: Collection[str] = (),
    ) -> BulkRun:
        """Begin an action in the background; look at it with `get`.

        Args:
            action: The name of a `BulkAction`.
            value: What it takes; empty where it takes nothing.
            image_ids: The images; ids of no image are passed over, and counted.
            query: Instead of ids: all images that it finds now.
            without: With a query: but not these.

        Raises:
            InvalidInput: There is no such action, the value is not for it, or neither or both of ids and
                query are given.
            Unavailable: It cannot be done here.
        """
        run = self._made(action, value, image_ids, query, frozenset(without))
        return self._begin(run, self._work)

    def start_own(self, action: BulkAction, value: str, image_ids: Sequence[str]) -> BulkRun:
        """Begin an action that is not among those that people are offered, as `start` does."""
        return self._begin(self._new_run(action, value, image_ids), self._work)

    def record(self, action: str, value: str, undo: Undo, *, label: str = "") -> BulkRun:
        """Remember a change that is made already, so that it can be undone as a run is.

        Args:
            action: Its name.
            value: What it took.
            undo: How it is taken back.
            label: What people call it; by default its name.
        """
        run = self._new_run(BulkAction(action, label or action, "", None), value, [], small=True)
        run.undos.append(((), undo))
        run.tell(state="done", can_undo=True)
        run.ended.set()
        return run.seen

    def apply(self, action: str, value: str = "", *, image_ids: Sequence[str]) -> BulkRun:
        """Do an action now, and return when it is done: for one image or a few.

        Raises:
            InvalidInput: There is no such action, or the value is not for it.
            Unavailable: It cannot be done here.
        """
        run = self._made(action, value, image_ids, None, frozenset())
        self._work(run)
        return run.seen

    def get(self, run_id: int) -> BulkRun:
        """Return a run.

        Raises:
            NotFound: There is none, or it is forgotten.
        """
        return self._run(run_id).seen

    def runs(self) -> list[BulkRun]:
        """List the runs that are remembered, the newest first."""
        with self._lock:
            return [run.seen for run in reversed(self._runs.values())]

    def cancel(self, run_id: int) -> BulkRun:
        """Stop a run, or its undoing, after the images that it is at.

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
        run = self._undoing(run_id)
        self._take_back(run)
        return run.seen

    def start_undo(self, run_id: int) -> BulkRun:
        """Begin to take back what a run did; look at it with `get`.

        Raises:
            NotFound: There is none, or it is forgotten.
            Conflict: It is running, or did nothing that could be taken back.
        """
        return self._begin(self._undoing(run_id), self._take_back)

    def _begin(self, run: Running, target: Callable[[Running], None]) -> BulkRun:
        thread_as_now(target, run, name="bulk").start()
        return run.seen

    def _made(
        self,
        action: str,
        value: str,
        image_ids: Sequence[str] | None,
        query: ImageQuery | None,
        without: frozenset[str],
    ) -> Running:
        """Return a new run.

        Args:
            action: The action's name.
            value: What it takes.
            image_ids: The images.
            query: Or what finds them.
            without: Those that are left out of what it finds.

        Raises:
            InvalidInput: As `start`.
            Unavailable: It cannot be done here.
        """
        chosen = BULK_ACTIONS.get(action)
        checked = chosen.check(value)
        if chosen.apply is None and chosen.name not in self._workers:
            raise Unavailable(f"the action {chosen.name} cannot be done here")
        if (image_ids is None) == (query is None):
            raise InvalidInput("an action is done to the images of a list of ids or of a query, one of both")
        ids = list(dict.fromkeys(image_ids or ())) if query is None else self._queries.ids(query)
        return self._new_run(chosen, checked, [one for one in ids if one not in without])

    def _new_run(self, action: BulkAction, value: str, ids: Sequence[str], *, small: bool = False) -> Running:
        """Return a new run, which is remembered.

        Args:
            action: What is done.
            value: What it takes.
            ids: The images.
            small: It is a single step.
        """
        with self._lock:
            self._last += 1
            seen = BulkRun(
                self._last,
                action.name,
                value,
                "running",
                0,
                len(ids),
                can_undo=False,
                started_at=self._clock(),
                counts=action.counts,
                label=action.label,
            )
            run = Running(seen, action, ids, small=small)
            self._runs[seen.id] = run
            self._forget()
        return run

    def _forget(self) -> None:
        for small, most in ((False, KEPT), (True, KEPT_SMALL)):
            alike = {number: run for number, run in self._runs.items() if run.small == small}
            ended = [number for number, run in alike.items() if run.ended.is_set()]
            for number in ended[: max(0, len(alike) - most)]:
                del self._runs[number]

    def _work(self, run: Running) -> None:
        problem = self._safely(run, lambda: self._do_all(run))
        ended = "done" if run.seen.done == run.seen.total else "cancelled"
        run.tell(state="failed" if problem else ended, can_undo=bool(run.undos), problem=problem)
        run.ids = ()
        run.ended.set()

    def _do_all(self, run: Running) -> None:
        apply = run.action.apply
        for chunk in chunks(run.ids) if apply else ([one] for one in run.ids):
            if run.cancel.is_set():
                return
            if apply is None:
                work_on(self._database, run, self._workers[run.action.name], chunk[0])
            else:
                change_some(self._database, run, apply, chunk, self._clock())
        finish(self._database, run, self._clock())

    def _undoing(self, run_id: int) -> Running:
        run = self._run(run_id)
        with self._lock:
            if not run.seen.can_undo:
                raise Conflict(f"the action {run.seen.action} has nothing to undo now")
            run.tell(can_undo=False, state="undoing")
            run.cancel.clear()
            run.ended.clear()
        return run

    def _take_back(self, run: Running) -> None:
        problem = self._safely(run, lambda: self._undo_all(run))
        left = bool(run.undos)  # it was stopped, or failed: what is left of it can still be undone
        run.tell(state="failed" if problem else "done" if left else "undone", can_undo=left, problem=problem)
        run.ended.set()

    def _undo_all(self, run: Running) -> None:
        while run.undos and not run.cancel.is_set():
            ids, undo = run.undos[-1]
            with self._database.write() as session:
                kept = undo(session, self._clock())
                refresh(session, ids)
            run.undos.pop()
            run.tell(undone=run.seen.undone + len(ids), kept=run.seen.kept + kept)

    def _safely(self, run: Running, work: Callable[[], None]) -> str:
        """Do some work; return why it failed, empty where it did not."""
        try:
            work()
        except StudioError as error:
            return str(error)
        except Exception:
            log.exception("the action %s on many images", run.action.name)
            return UNFORESEEN
        return ""

    def _run(self, run_id: int) -> Running:
        with self._lock:
            run = self._runs.get(run_id)
        if run is None:
            raise NotFound(f"there is no action {run_id}; the last {KEPT} are remembered while the app runs")
        return run
