"""What an importer is: it plans and applies what a session has collected, under a watch."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Protocol

from samstudio.records import Json
from samstudio.services.dataset_io.staging.sessions import Asked, Progress


class Watch:
    """What planning and applying report to: their progress, and whether they are to stop."""

    def __init__(self) -> None:
        self.progress = Progress(0, 0)
        self._stop = threading.Event()

    def __call__(self, done: int, total: int, name: str = "") -> None:
        """Note that ``done`` of ``total`` images are through, and the name of the next one."""
        self.progress = Progress(done, total, name)

    def stop(self) -> None:
        """Ask the work to stop after its present image."""
        self._stop.set()

    @property
    def stopped(self) -> bool:
        """Whether the work is to stop."""
        return self._stop.is_set()


class Importer(Protocol):
    """What makes a plan of a session's folder, and applies it; both read the files afresh."""

    def plan(self, folder: Path, asked: Asked, watch: Watch) -> Json:
        """Say what applying would do, and write nothing to the dataset.

        Raises:
            InvalidInput: Nothing can be made of the files.
        """
        ...

    def apply(self, folder: Path, asked: Asked, watch: Watch) -> Json:
        """Bring the files in; return what became of them, under ``stopped`` whether the watch ended it."""
        ...


def doubt_picture(folder: Path, index: int) -> Path:
    """Return where an importer leaves the picture of the plan's doubt number ``index``."""
    return folder / "doubts" / f"{index}.jpg"
