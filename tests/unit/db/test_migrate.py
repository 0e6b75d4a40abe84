import io
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import IntegrityError

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
    database = open_database(url)
    with database.read() as session:
        rows = session.execute(text("SELECT number, reason FROM decoder_versions")).all()
    assert rows == [(0, "the stock decoder")]
    database.close()


def test_opening_again_changes_nothing(url):
    open_database(url).close()
    database = open_database(url)
    with database.read() as session:
        assert session.execute(text("SELECT count(*) FROM decoder_versions")).scalar_one() == 1
    database.close()


def test_a_newer_database_is_refused_with_a_way_out(url):
    database = open_database(url)
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
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


def migrated(engine, move, to):
    """Run Alembic's ``upgrade`` or ``downgrade`` in a transaction of ours."""
    config = Config()
    config.set_main_option("script_location", str(Path(samstudio.db.__file__).parent / "migrations"))
    with engine.connect().execution_options(samstudio_writes=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        move(config, to)


def test_downgrading_empties_the_database(url):
    open_database(url).close()
    engine = open_engine(url)
    migrated(engine, command.downgrade, "base")
    with engine.connect() as connection:
        left = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
    assert set(left) <= {"alembic_version", "sqlite_sequence"}
    engine.dispose()


FILLED = (
    "INSERT INTO categories (id, name, color) VALUES (1, 'cup', '#000000')",
    "INSERT INTO images (seq, id, filename, width, height, source_format, file, n_bytes, created_at) "
    "VALUES (1, 'a', 'a.png', 8, 8, 'PNG', 'a.png', 9, '2026-01-01 00:00:00.000000')",
    *(
        "INSERT INTO annotations (id, image_id, category_id, rle, x0, y0, x1, y1, area, status, prompts, "
        "revision, created_at, updated_at) VALUES "
        f"({number}, 'a', 1, '{{}}', 0, 0, 1, 1, 4, 'accepted', '[]', 3, "
        "'2026-01-01 00:00:00.000000', '2026-01-01 00:00:00.000000')"
        for number in (1, 2, 7)
    ),
)


def test_a_filled_first_schema_is_brought_up_and_down_again(url):
    engine = open_engine(url)
    migrated(engine, command.upgrade, "0001")
    with engine.connect().execution_options(samstudio_writes=True) as connection, connection.begin():
        for statement in FILLED:
            connection.execute(text(statement))
        before = connection.execute(text("SELECT * FROM annotations ORDER BY id")).all()
    engine.dispose()
    database = open_database(url)
    with database.read() as session:
        ranked = session.execute(text("SELECT id, client_id, rank FROM annotations ORDER BY id")).all()
        assert ranked == [(1, None, None), (2, None, None), (7, None, None)]
    with database.write() as session:
        session.execute(text("UPDATE annotations SET client_id = 'c' WHERE id = 1"))
    with pytest.raises(IntegrityError), database.write() as session:
        session.execute(text("UPDATE annotations SET client_id = 'c' WHERE id = 2"))
    database.close()
    migrated(engine, command.downgrade, "0001")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT * FROM annotations ORDER BY id")).all() == before
    engine.dispose()


@pytest.mark.parametrize("dialect", ["postgresql", "sqlite"])
def test_the_second_migration_is_spelled_in_both_databases(dialect):
    config = Config()
    config.set_main_option("script_location", str(Path(samstudio.db.__file__).parent / "migrations"))
    module = ScriptDirectory.from_config(config).get_revision("0002").module
    spelled = io.StringIO()
    context = MigrationContext.configure(
        dialect_name=dialect, opts={"as_sql": True, "output_buffer": spelled}
    )
    with Operations.context(context):
        module.upgrade()
        module.downgrade()
    sql = spelled.getvalue()
    assert "CREATE UNIQUE INDEX ix_annotations_client_id ON annotations (client_id)" in sql
    assert "ALTER TABLE annotations DROP COLUMN rank" in sql


@pytest.mark.parametrize("dialect", ["postgresql", "sqlite"])
def test_the_third_migration_is_spelled_in_both_databases(dialect):
    config = Config()
    config.set_main_option("script_location", str(Path(samstudio.db.__file__).parent / "migrations"))
    module = ScriptDirectory.from_config(config).get_revision("0003").module
    spelled = io.StringIO()
    context = MigrationContext.configure(
        dialect_name=dialect, opts={"as_sql": True, "output_buffer": spelled}
    )
    with Operations.context(context):
        module.upgrade()
        module.downgrade()
    sql = spelled.getvalue()
    assert "CREATE UNIQUE INDEX uq_watch_scores_object" in sql
    assert "ON DELETE CASCADE" in sql
    assert "ALTER TABLE alias_moves DROP COLUMN code" in sql


@pytest.mark.parametrize("dialect", ["postgresql", "sqlite"])
def test_the_fourth_migration_is_spelled_in_both_databases(dialect):
    config = Config()
    config.set_main_option("script_location", str(Path(samstudio.db.__file__).parent / "migrations"))
    module = ScriptDirectory.from_config(config).get_revision("0004").module
    spelled = io.StringIO()
    context = MigrationContext.configure(
        dialect_name=dialect, opts={"as_sql": True, "output_buffer": spelled}
    )
    with Operations.context(context):
        module.upgrade()
        module.downgrade()
    sql = spelled.getvalue()
    assert "ALTER TABLE images ADD COLUMN reading JSON" in sql
    assert "CREATE INDEX ix_images_original_file ON images (original_file)" in sql
    assert "ALTER TABLE images DROP COLUMN original_file" in sql


@pytest.mark.parametrize("dialect", ["postgresql", "sqlite"])
def test_the_fifth_migration_is_spelled_in_both_databases(dialect):
    config = Config()
    config.set_main_option("script_location", str(Path(samstudio.db.__file__).parent / "migrations"))
    module = ScriptDirectory.from_config(config).get_revision("0005").module
    spelled = io.StringIO()
    context = MigrationContext.configure(
        dialect_name=dialect, opts={"as_sql": True, "output_buffer": spelled}
    )
    with Operations.context(context):
        module.upgrade()
        module.downgrade()
    sql = spelled.getvalue()
    assert "CREATE UNIQUE INDEX ix_categories_number ON categories (number)" in sql
    assert "ALTER TABLE categories DROP COLUMN supercategory" in sql
