import subprocess
import sys
import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from samstudio.db.engine import open_database, open_engine
from samstudio.db.migrate import HEAD
from samstudio.db.tables import CategoryRow


@pytest.fixture
def database(tmp_path):
    opened = open_database(f"sqlite:///{tmp_path / 'a folder' / 'studio.db'}")
    yield opened
    opened.close()


def test_sqlites_manners(database):
    with database.read() as session:
        assert session.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
        assert session.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
        assert session.execute(text("PRAGMA busy_timeout")).scalar_one() == 20_000
        assert session.execute(text("PRAGMA synchronous")).scalar_one() == 2


def test_foreign_keys_are_enforced(database):
    insert = "INSERT INTO job_points (job_id, step, seconds) VALUES (99, 1, 1)"
    with pytest.raises(IntegrityError), database.write() as session:
        session.execute(text(insert))


def add_category(session, name):
    session.execute(text("INSERT INTO categories (name, color) VALUES (:n, '#000000')"), {"n": name})


def count(database):
    with database.read() as session:
        return session.execute(text("SELECT count(*) FROM categories")).scalar_one()


def test_writes_are_kept_and_failures_are_not(database):
    with database.write() as session:
        add_category(session, "a")
    with pytest.raises(IntegrityError), database.write() as session:
        session.add_all([CategoryRow(name="b", color="#000000"), CategoryRow(name="a", color="#000000")])
    with database.read() as session:
        add_category(session, "c")
    assert count(database) == 1


def test_writers_that_read_first_wait_for_each_other(database):
    """Without the write lock from the start, this loses updates or says that the database is locked."""

    def raise_by_one():
        for _ in range(20):
            with database.write() as session:
                value = session.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
                session.execute(
                    text("UPDATE alembic_version SET version_num = :v"), {"v": str(int(value) + 1)}
                )

    threads = [threading.Thread(target=raise_by_one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as session:
        reached = int(session.execute(text("SELECT version_num FROM alembic_version")).scalar_one())
        assert reached == int(HEAD) + 80


def test_reading_goes_on_while_another_writes(database):
    with database.write() as session:
        add_category(session, "a")
        assert count(database) == 0
    assert count(database) == 1


def test_two_processes_may_create_the_database_at_once(tmp_path):
    url = f"sqlite:///{tmp_path / 'new' / 'studio.db'}"
    code = f"from samstudio.db.engine import open_database; open_database({url!r}).close()"
    processes = [
        subprocess.Popen([sys.executable, "-W", "error", "-c", code], stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    for process in processes:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors


def test_other_databases_are_left_to_their_own_manners(monkeypatch):
    made = []
    monkeypatch.setattr(
        "samstudio.db.engine.create_engine", lambda url, **options: made.append((url, options))
    )
    open_engine("postgresql+psycopg://me@host/studio")
    assert made[0][1] == {"pool_pre_ping": True}
