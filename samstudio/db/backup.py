"""A SQLite database kept on a volume that cannot hold a live one: no locks, or writes that come late.

The database lives on the local disk. Whenever it has changed, a whole copy of
it is written beside its place on the volume and renamed; at the next start on
an empty disk that copy is brought back. What a sudden end can cost is the
changes of the last seconds.
"""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url

from samstudio.domain import InvalidInput, Unavailable
from samstudio.files import beside, put_in_place, write_with

log = logging.getLogger(__name__)

SECONDS = 3.0
"""How long a change may wait for its copy."""

_SHARE = 4
"""Copying may take a fifth of the time: a big database is copied less often."""


def live_file(url: str) -> Path:
    """Return the SQLite file behind an SQLAlchemy URL.

    Raises:
        InvalidInput: The URL does not name a SQLite file.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise InvalidInput("SAMSTUDIO_DATABASE_COPY is for a SQLite file; unset it for another database")
    return Path(parsed.database)


def restore(url: str, copy: Path) -> bool:
    """Put the copy in the live database's place, unless there is one; return whether it did.

    Raises:
        Unavailable: The copy cannot be read or is damaged; no new database is begun beside it.
    """
    live = live_file(url)
    if live.exists() or not copy.exists():
        return False

    def fill(part: Path) -> None:
        shutil.copyfile(copy, part)
        _check(part)

    try:
        write_with(live, fill)
    except (OSError, sqlite3.Error) as error:
        raise Unavailable(
            f"the copy of the database at {copy} cannot be used: {error}. "
            "Move it away to begin anew, or put an older one in its place."
        ) from error
    return True


def _check(file: Path) -> None:
    if not file.stat().st_size:  # SQLite would take it for a new database
        raise sqlite3.DatabaseError("it is empty")
    connection = sqlite3.connect(file)
    try:
        # Out of the mode that needs a second file: this one file is all there is.
        connection.execute("PRAGMA journal_mode = DELETE")
        (answer,) = connection.execute("PRAGMA quick_check").fetchone()
    finally:
        connection.close()
    if answer != "ok":
        raise sqlite3.DatabaseError(f"it is damaged ({answer})")


class BackupThread:
    """Copies the database while it is used; `close` writes the last copy."""

    def __init__(self, *, url: str, copy: Path, seconds: float = SECONDS) -> None:
        self._live = live_file(url)
        self._copy = copy
        self._seconds = seconds
        self._connection: sqlite3.Connection | None = None
        self._seen: int | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="backup", daemon=True)

    def start(self) -> None:
        """Begin copying, in a thread."""
        self._thread.start()

    def close(self) -> None:
        """Copy what is still missing, and end.

        Raises:
            OSError: The copy could not be written.
            sqlite3.Error: The database could not be read.
        """
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        try:
            self.copy_if_changed()
        finally:
            if self._connection is not None:
                self._connection.close()

    def copy_if_changed(self) -> bool:
        """Copy the database if it changed since the last time; return whether it did."""
        if self._connection is None:
            self._connection = sqlite3.connect(self._live, check_same_thread=False)
        # Moves when any other connection, of whichever process, has committed.
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        if version == self._seen:
            return False
        local = self._live.with_name(f".{self._live.name}.copy")
        self._write(local)
        self._carry(local)
        self._seen = version
        return True

    def _write(self, local: Path) -> None:
        """Write a consistent copy on the local disk: only that has the locks which SQLite wants."""
        assert self._connection is not None
        local.unlink(missing_ok=True)
        target = sqlite3.connect(local)
        try:
            self._connection.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")
        finally:
            target.close()

    def _carry(self, local: Path) -> None:
        """Copy it to the volume from the first byte to the last, as buckets want it."""
        with beside(self._copy, only_writer=True) as part:
            with local.open("rb") as source, part.open("wb") as target:
                shutil.copyfileobj(source, target, 1 << 20)
                target.flush()
                os.fsync(target.fileno())  # here: a bucket lets nobody open what was written once more
            put_in_place(part, self._copy, durable=False)
        local.unlink()

    def _run(self) -> None:
        wait = self._seconds
        while not self._stop.wait(wait):
            began = time.monotonic()
            try:
                self.copy_if_changed()
            except Exception:
                log.exception("the database was not copied to %s; it is tried again", self._copy)
            wait = max(self._seconds, _SHARE * (time.monotonic() - began))


@contextmanager
def backing_up(url: str, copy: Path | None) -> Iterator[None]:
    """Copy the database to ``copy`` for as long as the context lasts; do nothing where that is None.

    Raises:
        InvalidInput: The URL does not name a SQLite file.
    """
    if copy is None:
        yield
        return
    thread = BackupThread(url=url, copy=copy)
    thread.start()
    try:
        yield
    finally:
        thread.close()
