"""A folder for a file that is made for one reply and removed after it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from starlette.background import BackgroundTask

PREFIX = "samstudio-api-"


@contextmanager
def temporary_folder() -> Iterator[tuple[Path, BackgroundTask]]:
    """Yield a new folder, and the task that removes it after the reply; a failure removes it at once."""
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    try:
        yield folder, BackgroundTask(shutil.rmtree, folder, ignore_errors=True)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
