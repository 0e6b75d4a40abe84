from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from samstudio.db.backup import BackupThread, backing_up, live_file, restore
from samstudio.db.engine import open_database
from samstudio.domain import InvalidInput, Unavailable


@pytest.fixture
def live(tmp_path: Path) -> Path:
    return tmp_path / "disk" / "live.db"


@pytest.fixture
def url(live: Path) -> str:
    return f"sqlite:///{live}"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return tmp_path / "volume" / "deep" / "studio.db"


@pytest.fixture
def write(live: Path) -> Callable[[str], None]:
    """Write a row as another process would: through a connection of its own, in WAL mode."""

    def add(text: str) -> None:
        live.parent.mkdir(exist_ok=True)
        connection = sqlite3.connect(live)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE IF NOT EXISTS note (text)")
        connection.execute("INSERT INTO note VALUES (?)", (text,))
        connection.commit()
        connection.close()

    return add


def notes(file: Path) -> list[str]:
    connection = sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True)
    rows = connection.execute("SELECT text FROM note").fetchall()
    connection.close()
    return [text for (text,) in rows]


def test_each_change_is_copied_once(url: str, copy: Path, write: Callable[[str], None]) -> None:
    write("one")
    thread = BackupThread(url=url, copy=copy)
    assert thread.copy_if_changed()
    assert notes(copy) == ["one"]
    assert not thread.copy_if_changed()
    write("two")
    assert thread.copy_if_changed()
    assert notes(copy) == ["one", "two"]
    thread.close()
    assert [file.name for file in copy.parent.iterdir()] == ["studio.db"]


def test_a_change_is_copied_by_itself(url: str, copy: Path, write: Callable[[str], None]) -> None:
    write("one")
    thread = BackupThread(url=url, copy=copy, seconds=0.01)
    thread.start()
    deadline = time.monotonic() + 20
    while not copy.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    thread.close()
    assert notes(copy) == ["one"]


def test_the_last_change_is_copied_at_the_end(url: str, copy: Path, write: Callable[[str], None]) -> None:
    write("one")
    with backing_up(url, copy):
        write("two")
    assert notes(copy) == ["one", "two"]


def test_without_a_copy_nothing_is_kept(url: str) -> None:
    with backing_up(url, None):
        pass


def test_what_was_kept_comes_back_on_an_empty_disk(
    url: str, live: Path, copy: Path, write: Callable[[str], None]
) -> None:
    write("one")
    with backing_up(url, copy):
        pass
    for file in live.parent.iterdir():
        file.unlink()
    assert restore(url, copy)
    assert notes(live) == ["one"]
    assert [file.name for file in live.parent.iterdir()] == ["live.db"]


def test_a_database_that_is_there_stays(
    url: str, live: Path, copy: Path, write: Callable[[str], None]
) -> None:
    write("one")
    with backing_up(url, copy):
        pass
    write("two")
    assert not restore(url, copy)
    assert notes(live) == ["one", "two"]


def test_a_project_s_own_database_survives_the_way(url: str, live: Path, copy: Path) -> None:
    open_database(url).close()
    with backing_up(url, copy):
        pass
    for file in live.parent.iterdir():
        file.unlink()
    assert restore(url, copy)
    open_database(url).close()


def test_nothing_was_ever_kept(url: str, live: Path, copy: Path) -> None:
    assert not restore(url, copy)
    assert not live.exists()


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\0" + b"x" * 5000, b"anything"])
def test_a_damaged_copy_is_named_and_nothing_is_begun_anew(
    url: str, live: Path, copy: Path, content: bytes
) -> None:
    copy.parent.mkdir(parents=True)
    copy.write_bytes(content)
    with pytest.raises(Unavailable, match=r"studio\.db cannot be used.*Move it away"):
        restore(url, copy)
    assert not list(live.parent.iterdir())


def test_a_volume_that_cannot_be_written_is_no_silent_loss(
    url: str, tmp_path: Path, write: Callable[[str], None]
) -> None:
    write("one")
    (tmp_path / "file").touch()
    thread = BackupThread(url=url, copy=tmp_path / "file" / "studio.db")
    with pytest.raises(OSError, match="file"):
        thread.close()


@pytest.mark.parametrize("other", ["postgresql+psycopg://me@host/db", "sqlite://", "sqlite:///:memory:"])
def test_it_is_for_sqlite_files(other: str) -> None:
    with pytest.raises(InvalidInput, match="SAMSTUDIO_DATABASE_COPY"):
        live_file(other)
