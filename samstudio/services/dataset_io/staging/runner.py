"""Planning and applying in the background, a thread for each, to the end that the session's record says."""

from __future__ import annotations

import logging
import threading

from samstudio.authors import thread_as_now
from samstudio.domain import StudioError
from samstudio.services.dataset_io.staging.interface import Importer, Watch
from samstudio.services.dataset_io.staging.sessions import Session, SessionStore, State

log = logging.getLogger(__name__)

BROKEN = "Something went wrong on the server; its log says what. What had come in is in the dataset."


class ImportRunner:
    """The sessions that a thread of this process is at work on."""

    def __init__(self, *, store: SessionStore, importer: Importer) -> None:
        self._store = store
        self._importer = importer
        self.lock = threading.RLock()
        """Held while a session's record or what is running is looked at to change it."""
        self._applying = threading.Lock()  # two at once would each miss what the other brings in
        self._running: dict[str, tuple[Session, Watch, threading.Thread]] = {}

    def running(self, session_id: str) -> Session | None:
        """Return a session with its progress; None where nothing is going on."""
        with self.lock:
            if session_id not in self._running:
                return None
            session, watch, _ = self._running[session_id]
            return session.changed(progress=watch.progress)

    def start(self, session: Session) -> None:
        """Begin what the session's state says is going on."""
        watch = Watch()
        thread = thread_as_now(self._run, session, watch, name=f"import {session.state}")
        with self.lock:
            self._running[session.id] = (session, watch, thread)
            thread.start()

    def stop(self, session_id: str) -> None:
        """Ask the work on a session to stop after its present image; nothing happens where there is none."""
        with self.lock:
            if session_id in self._running:
                self._running[session_id][1].stop()

    def wait(self, session_id: str, seconds: float | None = None) -> None:
        """Return once nothing is going on with a session, or after ``seconds``."""
        with self.lock:
            running = self._running.get(session_id)
        if running:
            running[2].join(seconds)

    def close(self) -> None:
        """Stop what is going on, after its present image."""
        with self.lock:
            running = list(self._running.values())
        for _, watch, _ in running:
            watch.stop()
        for _, _, thread in running:
            thread.join(timeout=5)

    def _run(self, session: Session, watch: Watch) -> None:
        ended = self._outcome(session, watch)
        with self.lock:
            try:
                self._store.save(ended.changed(progress=watch.progress))
            except OSError:
                log.exception("the record of import %s was not written", session.id)
            finally:
                del self._running[session.id]

    def _outcome(self, session: Session, watch: Watch) -> Session:
        # Planning goes back to collecting; an application that stopped has a report of what came in.
        planning = session.state is State.PLANNING
        other = State.COLLECTING if planning else State.FAILED
        try:
            return self._plan(session, watch) if planning else self._apply(session, watch)
        except StudioError as error:
            return session.changed(state=other, problem=str(error))
        except Exception:
            log.exception("import %s failed", session.id)
            return session.changed(state=other, problem=BROKEN)

    def _plan(self, session: Session, watch: Watch) -> Session:
        assert session.asked is not None
        plan = self._importer.plan(self._store.folder(session.id), session.asked, watch)
        if watch.stopped:
            return session.changed(state=State.COLLECTING)
        return session.changed(state=State.PLANNED, plan=plan)

    def _apply(self, session: Session, watch: Watch) -> Session:
        assert session.asked is not None
        while not self._applying.acquire(timeout=0.2):
            if watch.stopped:
                return session.changed(state=State.CANCELLED)
        try:
            report = self._importer.apply(self._store.folder(session.id), session.asked, watch)
        finally:
            self._applying.release()
        state = State.CANCELLED if report["stopped"] else State.DONE
        return session.changed(state=state, report=report)
