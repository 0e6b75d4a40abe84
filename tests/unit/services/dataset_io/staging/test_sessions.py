"""Import sessions: their states, what a restart leaves of them, and when they go."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from samstudio.domain import Conflict, InvalidInput, NotFound
from samstudio.records import Json
from samstudio.services.dataset_io.staging import Asked, ImportSessions, State
from samstudio.services.dataset_io.staging.interface import Watch

DAY = 86_400


class FakeImporter:
    """Plans and applies when it is let; counts the files that it sees."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.go.set()
        self.error: Exception | None = None
        self.applied = 0

    def plan(self, folder: Path, asked: Asked, watch: Watch) -> Json:
        return self._work(folder, asked, watch)

    def apply(self, folder: Path, asked: Asked, watch: Watch) -> Json:
        found = self._work(folder, asked, watch)
        self.applied += 1
        return found

    def _work(self, folder: Path, asked: Asked, watch: Watch) -> Json:
        watch(1, 3, "a.png")
        while not self.go.wait(0.01) and not watch.stopped:
            pass
        if self.error:
            raise self.error
        files = len([path for path in (folder / "uploads").rglob("*") if path.is_file()])
        return {"files": files, "category": asked.category, "stopped": watch.stopped}


@pytest.fixture
def importer() -> FakeImporter:
    return FakeImporter()


@pytest.fixture
def reopen(tmp_path: Path, importer: FakeImporter) -> Iterator[Callable[[], ImportSessions]]:
    """Open the sessions of one folder, as another process would."""
    opened: list[ImportSessions] = []

    def open_sessions() -> ImportSessions:
        opened.append(ImportSessions(folder=tmp_path / "imports", importer=importer))
        return opened[-1]

    yield open_sessions
    importer.go.set()
    for one in opened:
        one.close()


@pytest.fixture
def sessions(reopen: Callable[[], ImportSessions]) -> ImportSessions:
    return reopen()


@pytest.fixture
def put(sessions: ImportSessions) -> Callable[..., None]:
    def put(session_id: str, name: str = "a.png", data: bytes = b"x") -> None:
        with sessions.receiving(session_id, name, size=len(data)) as path:
            path.write_bytes(data)

    return put


def test_files_are_collected_planned_and_applied(sessions: ImportSessions, put: Callable[..., None]) -> None:
    session = sessions.create()
    put(session.id, "a.png")
    put(session.id, "b/c.png")
    assert [one.path for one in sessions.files(session.id)] == ["a.png", "b/c.png"]
    sessions.plan(session.id, Asked(category="crack"))
    planned = sessions.wait(session.id)
    assert (planned.state, planned.plan) == (
        State.PLANNED,
        {"files": 2, "category": "crack", "stopped": False},
    )
    sessions.apply(session.id)
    done = sessions.wait(session.id)
    assert (done.state, done.report) == (State.DONE, planned.plan)
    assert done.progress
    assert (done.progress.done, done.progress.total) == (1, 3)


def test_it_can_be_applied_again(
    sessions: ImportSessions, put: Callable[..., None], importer: FakeImporter
) -> None:
    session = sessions.create()
    put(session.id)
    sessions.plan(session.id, Asked())
    sessions.wait(session.id)
    for count in (1, 2):
        sessions.apply(session.id)
        assert sessions.wait(session.id).state is State.DONE
        assert importer.applied == count


def test_a_file_that_comes_later_asks_for_another_plan(
    sessions: ImportSessions, put: Callable[..., None]
) -> None:
    session = sessions.create()
    put(session.id)
    sessions.plan(session.id, Asked())
    sessions.wait(session.id)
    put(session.id, "b.png")
    assert sessions.get(session.id).state is State.COLLECTING
    with pytest.raises(Conflict, match="there is no plan"):
        sessions.apply(session.id)


def test_nothing_is_changed_while_the_server_is_at_work(
    sessions: ImportSessions, put: Callable[..., None], importer: FakeImporter
) -> None:
    session = sessions.create()
    put(session.id)
    importer.go.clear()
    sessions.plan(session.id, Asked())
    assert sessions.get(session.id).state is State.PLANNING
    for change in (
        lambda: put(session.id, "b.png"),
        lambda: sessions.remove_file(session.id, "a.png"),
        lambda: sessions.plan(session.id, Asked()),
    ):
        with pytest.raises(Conflict, match="looking at its files now"):
            change()


@pytest.mark.parametrize("applying", [False, True])
def test_work_can_be_cancelled(
    sessions: ImportSessions, put: Callable[..., None], importer: FakeImporter, applying: bool
) -> None:
    session = sessions.create()
    put(session.id)
    sessions.plan(session.id, Asked())
    sessions.wait(session.id)
    importer.go.clear()
    if applying:
        sessions.apply(session.id)
    else:
        sessions.plan(session.id, Asked())
    sessions.cancel(session.id)
    ended = sessions.wait(session.id)
    assert ended.state is (State.CANCELLED if applying else State.COLLECTING)
    assert (ended.report is None) is not applying


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (InvalidInput("x.json is not JSON"), "x.json is not JSON"),
        (RuntimeError("secret"), "its log says what"),
    ],
)
@pytest.mark.parametrize("applying", [False, True])
def test_a_failure_is_said_and_leaves_the_session_usable(
    sessions: ImportSessions,
    put: Callable[..., None],
    importer: FakeImporter,
    error: Exception,
    said: str,
    applying: bool,
) -> None:
    session = sessions.create()
    put(session.id)
    if applying:
        sessions.plan(session.id, Asked())
        sessions.wait(session.id)
    importer.error = error
    if applying:
        sessions.apply(session.id)
    else:
        sessions.plan(session.id, Asked())
    failed = sessions.wait(session.id)
    assert failed.state is (State.FAILED if applying else State.COLLECTING)
    assert said in failed.problem
    assert "secret" not in failed.problem
    importer.error = None
    sessions.plan(session.id, Asked())
    assert sessions.wait(session.id).state is State.PLANNED


@pytest.mark.parametrize("applying", [False, True])
def test_a_restart_says_what_is_so(
    reopen: Callable[[], ImportSessions],
    sessions: ImportSessions,
    put: Callable[..., None],
    importer: FakeImporter,
    applying: bool,
) -> None:
    session = sessions.create()
    put(session.id)
    sessions.plan(session.id, Asked())
    sessions.wait(session.id)
    importer.go.clear()
    if applying:
        sessions.apply(session.id)
    else:
        sessions.plan(session.id, Asked())
    after = reopen()  # as if the process were gone
    found = after.get(session.id)
    assert found.state is (State.FAILED if applying else State.COLLECTING)
    assert "The server stopped" in found.problem
    assert [one.path for one in after.files(session.id)] == ["a.png"]
    importer.go.set()
    sessions.wait(session.id)
    if applying:
        after.apply(session.id)
        assert after.wait(session.id).state is State.DONE


def test_only_one_import_is_applied_at_a_time(
    sessions: ImportSessions, put: Callable[..., None], importer: FakeImporter
) -> None:
    first, second = sessions.create(), sessions.create()
    for session in (first, second):
        put(session.id)
        sessions.plan(session.id, Asked())
        sessions.wait(session.id)
    importer.go.clear()
    sessions.apply(first.id)
    sessions.apply(second.id)
    assert sessions.get(second.id).progress is not None
    sessions.cancel(second.id)  # it need not wait for the other
    assert sessions.wait(second.id, 5).state is State.CANCELLED
    assert importer.applied == 0
    importer.go.set()
    assert sessions.wait(first.id).state is State.DONE


@pytest.mark.parametrize("unknown", ["", "..", "../imports", "0" * 16, "nothex" * 3, "0" * 15 + "/"])
def test_an_unknown_session_is_said_to_be(sessions: ImportSessions, unknown: str) -> None:
    sessions.create()
    with pytest.raises(NotFound, match="there is no import"):
        sessions.get(unknown)
    with pytest.raises(NotFound):
        sessions.delete(unknown)


def test_a_deleted_session_stops_and_leaves_nothing(
    sessions: ImportSessions, put: Callable[..., None], importer: FakeImporter, tmp_path: Path
) -> None:
    session = sessions.create()
    put(session.id)
    importer.go.clear()
    sessions.plan(session.id, Asked())
    sessions.delete(session.id)
    assert not list((tmp_path / "imports").iterdir())


def test_sessions_go_a_day_after_their_last_use(
    reopen: Callable[[], ImportSessions], sessions: ImportSessions, put: Callable[..., None], tmp_path: Path
) -> None:
    old, used, fresh = sessions.create(), sessions.create(), sessions.create()
    (tmp_path / "imports" / ("f" * 16)).mkdir()  # one whose record was never written
    yesterday = time.time() - DAY - 60
    for folder in (tmp_path / "imports").iterdir():
        for path in (folder, folder / "session.json"):
            if path.exists() and fresh.id not in str(path):
                os.utime(path, (yesterday, yesterday))
    put(used.id)
    reopen().sweep()
    assert {path.name for path in (tmp_path / "imports").iterdir()} == {used.id, fresh.id}
    with pytest.raises(NotFound):
        sessions.get(old.id)


def test_a_plan_needs_a_file(sessions: ImportSessions) -> None:
    session: Any = sessions.create()
    with pytest.raises(InvalidInput, match="no file has arrived yet"):
        sessions.plan(session.id, Asked())
    assert [one.id for one in sessions.list()] == [session.id]
