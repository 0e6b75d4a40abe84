"""A Postgres of our own for as long as a measurement lasts."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path


@contextmanager
def temporary_postgres(url: str | None = None) -> Iterator[str | None]:
    """Provide the URL of an empty database: the one given, or one begun now; None where that cannot be."""
    programs = _programs()
    if url is not None or programs is None or find_spec("psycopg") is None:
        if url is None:
            print("Postgres is not measured: install Debian's postgresql, and psycopg")
        yield url
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        owner = _owner(folder)
        data, log = folder / "data", folder / "log"
        _run(
            owner,
            programs / "initdb",
            "-D",
            data,
            "-U",
            "studio",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        )
        options = f"-k {folder} -c listen_addresses="
        _run(owner, programs / "pg_ctl", "-D", data, "-l", log, "-o", options, "-w", "start")
        try:
            yield f"postgresql+psycopg://studio@/postgres?host={folder}"
        finally:
            _run(owner, programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")


def _programs() -> Path | None:
    """Return the folder of initdb and pg_ctl: Debian keeps them out of the path."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return next((folder for folder in reversed(folders) if (folder / "pg_ctl").exists()), None)


def _owner(folder: Path) -> str | None:
    """Give the folder to the user ``postgres`` if we are root, as whom Postgres does not run."""
    if os.geteuid() != 0:
        return None
    shutil.chown(folder, "postgres", "postgres")
    return "postgres"


def _run(owner: str | None, *command: Path | str) -> None:
    subprocess.run(
        list(map(str, command)), check=True, user=owner, group=owner, stdout=subprocess.DEVNULL, cwd="/"
    )
