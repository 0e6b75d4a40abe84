"""Apps that tests start as real processes, and stop for certain."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType

import psutil

ROOT = Path(__file__).parent.parent
READY = "SAM Studio is ready at "


class App:
    """A running app; a context manager that ends it. ``log`` is what it printed."""

    def __init__(
        self, command: list[str], *, timeout: float = 60.0, env: dict[str, str] | None = None
    ) -> None:
        self._out = tempfile.TemporaryFile("w+")  # noqa: SIM115 (closed in stop)
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=self._out,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **(env or {})},
        )
        self._reading = threading.Lock()
        try:
            self.url = self._wait_ready(timeout)
        except BaseException:
            self.stop()
            raise

    @classmethod
    def of_module(cls, module: str, *arguments: str) -> App:
        """The app that ``python -m module arguments`` serves."""
        return cls([sys.executable, "-m", module, *arguments])

    @classmethod
    def of_storage(cls, storage: Path) -> App:
        """The real app over a storage folder, on a free port."""
        return cls.of_module("samstudio", "--storage", str(storage), "serve", "--port", "0")

    @property
    def log(self) -> str:
        """Everything the process printed so far."""
        with self._reading:
            self._out.seek(0)
            return self._out.read()

    def _wait_ready(self, timeout: float) -> str:
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            lines = [line for line in self.log.splitlines() if line.startswith(READY)]
            if lines:
                return lines[0].removeprefix(READY).strip()
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise RuntimeError(f"the app did not start:\n{self.log}")

    def stop(self) -> None:
        """End the process, kindly first, and the workers it started, which would live on."""
        for worker in self._children():
            worker.kill()
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._out.close()

    def _children(self) -> list[psutil.Process]:
        try:
            return psutil.Process(self.process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []

    def __enter__(self) -> App:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            print(f"--- the app's log ---\n{self.log}")
        self.stop()
