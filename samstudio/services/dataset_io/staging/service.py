"""Import sessions: files are collected, a plan is made, and it is applied, in the background and repeatably.

A session is a folder; what its record says is true also after the server was restarted. Reading
and storing what was collected is the responsibility of an `Importer`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from samstudio.domain import Conflict, InvalidInput, NotFound
from samstudio.services.dataset_io.staging.files import StagedFile, StagedFiles
from samstudio.services.dataset_io.staging.interface import Importer, doubt_picture
from samstudio.services.dataset_io.staging.runner import ImportRunner
from samstudio.services.dataset_io.staging.sessions import Asked, Session, SessionStore, State

KEPT = timedelta(days=1)
"""How long a session is kept after its last change."""

INTERRUPTED = {
    State.PLANNING: "The server stopped while it looked at these files. Nothing was changed: "
    "make the plan again.",
    State.APPLYING: "The server stopped during this import. What had come in is in the dataset; "
    "importing again brings in the rest, and nothing twice.",
}


class ImportSessions:
    """The import sessions of a project; safe to share between threads."""

    def __init__(self, *, folder: Path, importer: Importer) -> None:
        self._store = SessionStore(folder)
        self._runner = ImportRunner(store=self._store, importer=importer)

    def create(self) -> Session:
        """Begin a session that collects files; those of yesterday are removed."""
        self.sweep()
        return self._store.create()

    def get(self, session_id: str) -> Session:
        """Return a session as it now is.

        Raises:
            NotFound: There is no such session.
        """
        with self._runner.lock:
            running = self._runner.running(session_id)
            if running is not None:
                return running
            session = self._store.load(session_id)
            if session.state.busy:  # no thread of ours: the process that was at work on it is gone
                session = self._interrupted(session)
            return session

    def files(self, session_id: str) -> list[StagedFile]:
        """List the files that have arrived whole, with their sizes: what need not be sent again.

        Raises:
            NotFound: There is no such session.
        """
        return self._files(session_id).list()

    @contextmanager
    def receiving(self, session_id: str, name: str, *, size: int | None = None) -> Iterator[Path]:
        """Provide a path for a file's bytes; at the end it is the session's. See `StagedFiles.receiving`.

        Raises:
            NotFound: There is no such session.
            Conflict: A plan is being made of its files, or applied.
            InvalidInput: The name cannot be one, or not all bytes arrived.
            Unavailable: The disk is full.
        """
        self._check_idle(session_id)
        with self._files(session_id).receiving(name, size=size) as path:
            yield path
        self._collecting_again(session_id)

    def remove_file(self, session_id: str, name: str) -> None:
        """Take a file out of a session; arguments and errors as for `receiving`."""
        self._check_idle(session_id)
        self._files(session_id).remove(name)
        self._collecting_again(session_id)

    def plan(self, session_id: str, asked: Asked) -> Session:
        """Begin to make a plan of the files that have arrived.

        Raises:
            NotFound: There is no such session.
            Conflict: One is being made, or applied.
            InvalidInput: No file has arrived.
        """
        if not self.files(session_id):
            raise InvalidInput("no file has arrived yet: send the files, then ask for the plan")
        return self._start(session_id, State.PLANNING, asked)

    def apply(self, session_id: str) -> Session:
        """Begin to bring in what was planned; again after it ended, nothing comes in twice.

        Raises:
            NotFound: There is no such session.
            Conflict: There is no plan, or one is being made or applied.
        """
        session = self.get(session_id)
        if session.plan is None or session.asked is None:
            raise Conflict("there is no plan of this import yet: make one first")
        return self._start(session_id, State.APPLYING, session.asked)

    def cancel(self, session_id: str) -> Session:
        """Stop making or applying a plan after its present image; nothing happens where neither is going on.

        Raises:
            NotFound: There is no such session.
        """
        with self._runner.lock:
            self._runner.stop(session_id)
            return self.get(session_id)

    def wait(self, session_id: str, seconds: float | None = None) -> Session:
        """Return the session once nothing is going on, or after ``seconds``.

        Raises:
            NotFound: There is no such session.
        """
        self._runner.wait(session_id, seconds)
        return self.get(session_id)

    def delete(self, session_id: str) -> None:
        """Stop and forget a session; what it brought in stays.

        Raises:
            NotFound: There is no such session.
        """
        self._store.folder(session_id)
        self.cancel(session_id)
        self.wait(session_id)
        self._store.delete(session_id)

    def sweep(self) -> None:
        """Remove sessions that nobody has touched for a day."""
        before = datetime.now(UTC) - KEPT
        with self._runner.lock:
            for session_id, changed_at in list(self._store.ids()):
                if changed_at < before and not self._runner.running(session_id):
                    self._store.delete(session_id)

    def close(self) -> None:
        """Stop what is going on, after its present image."""
        self._runner.close()

    def picture(self, session_id: str, index: int) -> Path:
        """Return the picture that the plan has of its doubt number ``index``.

        Raises:
            NotFound: There is no such session, or no such picture.
        """
        path = doubt_picture(self._store.folder(session_id), index)
        if not path.is_file():
            raise NotFound(f"the plan has no picture of a doubt {index}")
        return path

    def list(self) -> list[Session]:
        """List the sessions, the one that was changed last first."""
        found = [self.get(session_id) for session_id, _ in self._store.ids()]
        return sorted(found, key=lambda session: session.changed_at, reverse=True)

    def _files(self, session_id: str) -> StagedFiles:
        return StagedFiles(self._store.folder(session_id))

    def _check_idle(self, session_id: str) -> None:
        session = self.get(session_id)
        if session.state.busy:
            doing = "looking at its files" if session.state is State.PLANNING else "bringing its files in"
            raise Conflict(f"the server is {doing} now: wait until that has ended, or cancel it")

    def _collecting_again(self, session_id: str) -> None:
        with self._runner.lock:
            session = self.get(session_id)
            if session.state is State.COLLECTING and not session.problem:
                self._store.touch(session_id)
            elif not session.state.busy:
                self._store.save(
                    session.changed(state=State.COLLECTING, plan=None, progress=None, problem="")
                )

    def _interrupted(self, session: Session) -> Session:
        planning = session.state is State.PLANNING
        state = State.COLLECTING if planning else State.FAILED
        session = session.changed(state=state, problem=INTERRUPTED[session.state])
        self._store.save(session)
        return session

    def _start(self, session_id: str, doing: State, asked: Asked) -> Session:
        with self._runner.lock:
            self._check_idle(session_id)
            session = self.get(session_id).changed(state=doing, asked=asked, progress=None, problem="")
            session = session.changed(report=None) if doing is State.APPLYING else session.changed(plan=None)
            self._store.save(session)
            self._runner.start(session)
            return session
