from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

import samstudio.db
from samstudio.db import migrate
from samstudio.db.engine import open_database, open_engine
from samstudio.db.tables import Base
from samstudio.domain import Unavailable


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'studio.db'}"


def test_the_migrations_make_the_tables_of_the_code(url):
    open_database(url).close()
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_head_is_the_newest_migration():
    folder = Path(samstudio.db.__file__).parent / "migrations"
    config = Config()
    config.set_main_option("script_location", str(folder))
    assert ScriptDirectory.from_config(config).get_current_head() == migrate.HEAD


def test_stock_is_version_0_from_the_start(url):
    sessions = open_database(url)
    with sessions.read() as session:
        rows = session.execute(text("SELECT number, reason FROM decoder_versions")).all()
    assert rows == [(0, "the stock decoder")]
    sessions.close()


def test_opening_again_changes_nothing(url):
    open_database(url).close()
    sessions = open_database(url)
    with sessions.read() as session:
        assert session.execute(text("SELECT count(*) FROM decoder_versions")).scalar_one() == 1
    sessions.close()


def test_a_newer_database_is_refused_with_a_way_out(url):
    sessions = open_database(url)
    with sessions.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    sessions.close()
    with pytest.raises(Unavailable, match=r"written by a newer SAM Studio \(schema 9999"):
        open_database(url)


def test_a_failed_migration_leaves_nothing_half_done(url):
    engine = open_engine(url)
    with engine.connect().execution_options(samstudio_writes=True) as connection:
        transaction = connection.begin()
        migrate.upgrade_to_head(connection)
        transaction.rollback()
        assert migrate.revision_of(connection) is None
        assert inspect(connection).get_table_names() == []
    engine.dispose()
    open_database(url).close()


def test_downgrading_empties_the_database(url):
    open_database(url).close()
    engine = open_engine(url)
    config = Config()
    config.set_main_option("script_location", str(Path(samstudio.db.__file__).parent / "migrations"))
    with engine.connect().execution_options(samstudio_writes=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    with engine.connect() as connection:
        left = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
    assert set(left) <= {"alembic_version", "sqlite_sequence"}
    engine.dispose()
