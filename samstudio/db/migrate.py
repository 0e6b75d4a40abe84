"""Bringing a database to the schema that this code expects."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.orm import Session

from samstudio.domain import Unavailable

HEAD = "0016"
"""The newest migration. Known here so that an up-to-date database opens without loading Alembic."""

LOCK_KEY = 5_341_002
"""Postgres advisory lock that lets one process migrate at a time (SQLite's write lock does it there)."""


def upgrade_to_head(connection: Connection) -> None:
    """Run the missing migrations inside the connection's open transaction.

    Raises:
        Unavailable: The database is newer than this code.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})
    present = revision_of(connection)
    if present == HEAD:
        return
    if present is not None and present > HEAD:
        raise Unavailable(
            f"the database was written by a newer SAM Studio (schema {present}, this one knows {HEAD}): "
            "update SAM Studio, or point SAMSTUDIO_STORAGE at another folder"
        )
    _run_alembic(connection)
    _complete_facts(connection)


def _complete_facts(connection: Connection) -> None:
    """Compute what a migration cannot: it would need the code of its own day."""
    from samstudio.db.image_facts import complete

    with Session(connection) as session:
        complete(session)
        session.flush()


def revision_of(connection: Connection) -> str | None:
    """Return the migration that the database is at, or None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _run_alembic(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
