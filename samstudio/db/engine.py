"""Connections and transactions: one SQLite file (or a Postgres), opened by many processes at once.

Opening brings the schema to its head. `Database` hands out transactions of two
kinds, reading and writing; it knows nothing of what is stored.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from samstudio.db.changes import TOUCHED, count_change, follow_changes
from samstudio.db.migrate import upgrade_to_head
from samstudio.domain import Unavailable

BUSY_SECONDS = 20.0
"""How long a writer waits for another one before "database is locked"."""

WRITES = "samstudio_writes"
"""Execution option of a connection whose transaction will write."""


class Database:
    """Transactions on one database; give this to the services, which alone use it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open one consistent view; what is changed in it is thrown away."""
        with Session(self._engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open one transaction, committed at the end, rolled back if anything is raised.

        On SQLite it takes the write lock at once. A transaction that reads
        first and writes later could else fail with "database is locked" without
        waiting, because what it read may be out of date by then.
        """
        touched: set[str] = set()
        with Session(self._engine, expire_on_commit=False) as session, session.begin():
            session.connection(execution_options={WRITES: True, TOUCHED: touched})
            yield session
            session.flush()
            count_change(session, touched)

    def close(self) -> None:
        """Close every pooled connection."""
        self._engine.dispose()


def open_database(url: str) -> Database:
    """Open the database at an SQLAlchemy URL, creating folder, file and tables where they are missing.

    Safe when two processes open it at the same moment.

    Raises:
        Unavailable: A newer SAM Studio wrote it, or it cannot be opened at all.
    """
    try:
        engine = open_engine(url)
        with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
            upgrade_to_head(connection)
    except (SQLAlchemyError, sqlite3.Error, ImportError) as error:
        # The URL may hold a password: only its address is said again.
        where = _address(url)
        raise Unavailable(
            f"the database {where} cannot be opened: {getattr(error, 'orig', error)}"
        ) from error
    follow_changes(engine)
    return Database(engine)


def _address(url: str) -> str:
    try:
        return make_url(url).render_as_string(hide_password=True)
    except SQLAlchemyError:
        return "named by SAMSTUDIO_DATABASE_URL"


def open_engine(url: str) -> Engine:
    """Create an engine with our pragmas for SQLite; the schema is left as it is."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_pre_ping=True)
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, connect_args={"timeout": BUSY_SECONDS}, pool_size=20, max_overflow=40)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    _use_wal(engine)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # Python's sqlite3 would begin transactions by itself, and not before DDL; we begin them.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
    # A mask is on the disk before a person is told that it is saved, even if power fails then.
    connection.execute("PRAGMA synchronous = FULL")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _use_wal(engine: Engine) -> None:
    """Let readers and one writer at a time not wait for each other; the file remembers the mode.

    Changing the mode needs the file for oneself and does not wait for it, so
    two processes that create the file at once would collide without the retry.
    """
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        raw = engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA journal_mode = WAL")
            return
        except Exception as error:
            locked = "locked" in str(error)
            if not locked or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        finally:
            raw.close()
