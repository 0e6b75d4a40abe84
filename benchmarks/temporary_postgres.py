"""A Postgres of our own for as long as a measurement lasts."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path


@contextmanager
def temporary_postgres(url: str | None, folder: Path) -> Iterator[str | None]:
    """Provide the URL of a database: the one given, or one begun now; None where that cannot be.

    ``folder``: where its files are; what an earlier measurement left there is used again.
    """
    programs = _programs()
    if url is not None or programs is None or find_spec("psycopg") is None:
        if url is None:
            print("Postgres is not measured: install Debian's postgresql, and psycopg")
        yield url
        return
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    owner = _owner(folder)
    data = folder / "data"
    if not data.exists():
        access = ("-U", "studio", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        _run(owner, programs / "initdb", "-D", data, *access)
    options = f"-k {folder} -c listen_addresses="
    _run(owner, programs / "pg_ctl", "-D", data, "-l", folder / "log", "-o", options, "-w", "start")
    try:
        yield f"postgresql+psycopg://studio@/postgres?host={folder}"
    finally:
        _run(owner, programs / "pg_ctl", "-D", data, "-m", "fast", "-w", "stop")


def _programs() -> Path | None:
    """Return the folder of initdb and pg_ctl: Debian keeps them out of the path."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return next((folder for folder in reversed(folders) if (folder / "pg_ctl").exists()), None)


def _owner(folder: Path) -> str | None:
    """Give the folder to the user ``postgres`` if we are root, as whom Postgres does not run."""
    if os.geteuid() != 0:
        return None
    folder.parent.chmod(0o755)
    shutil.chown(folder, "postgres", "postgres")
    return "postgres"


def _run(owner: str | None, *command: Path | str) -> None:
    subprocess.run(
        list(map(str, command)), check=True, user=owner, group=owner, stdout=subprocess.DEVNULL, cwd="/"
    )
