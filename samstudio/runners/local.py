"""Runs a tuning job as a process of its own on this machine.

The process gets its own session, so closing the app does not end the job; all
that it knows is in the database and the storage folder. Nothing here reads
the job's progress: the database tells that to whoever asks.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from samstudio.config import SECRETS

_SECRET_VARIABLES = {f"SAMSTUDIO_{name.upper()}" for name in SECRETS}


class LocalRunner:
    """A launcher of ``python -m samstudio.worker JOB`` with the app's own settings.

    ``on_exit`` is called, from a thread, with the job's id once its process has
    ended, however it ended: a killed worker is then noticed at once rather
    than when its heartbeat grows stale.
    """

    def __init__(
        self, *, environment: dict[str, str], log_folder: Path, on_exit: Callable[[int], None] | None = None
    ) -> None:
        self._environment = environment
        self._log_folder = log_folder
        self._on_exit = on_exit

    def launch(self, job_id: int) -> None:
        """Start the worker process and return.

        Raises:
            OSError: The process cannot be started.
        """
        self._log_folder.mkdir(parents=True, exist_ok=True)
        with (self._log_folder / f"job-{job_id}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "samstudio.worker", str(job_id)],
                env={**without_secrets(os.environ), **self._environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        # Someone must wait for a child, or a killed worker stays a zombie that looks alive.
        threading.Thread(target=self._reap, args=(process, job_id), daemon=True).start()

    def _reap(self, process: subprocess.Popen[bytes], job_id: int) -> None:
        process.wait()
        if self._on_exit is not None:
            self._on_exit(job_id)


def without_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment less the server's credentials: a job has no use for them."""
    return {name: value for name, value in environment.items() if name not in _SECRET_VARIABLES}
