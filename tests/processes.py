"""Apps that tests start as real processes, and stop for certain."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType

import psutil

from tests.warm import ROOT, Command

READY = "SAM Studio is ready at "


class App:
    """A running app; a context manager that ends it. ``log`` is what it printed."""

    def __init__(
        self, start: Callable[[Path], subprocess.Popen[bytes] | Command], *, timeout: float = 60.0
    ) -> None:
        """``start`` begins it, with a file for its output; it must be ready within ``timeout`` seconds."""
        self._out = tempfile.NamedTemporaryFile("r")  # noqa: SIM115 (closed in stop)
        self.process = start(Path(self._out.name))
        self._reading = threading.Lock()
        try:
            self.url = self._wait_ready(timeout)
        except BaseException:
            self.stop()
            raise

    @classmethod
    def of_command(cls, command: Sequence[str], *, cwd: Path = ROOT) -> App:
        """The app that a command line serves."""
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}

        def start(log: Path) -> subprocess.Popen[bytes]:
            with log.open("ab") as out:
                return subprocess.Popen(
                    command, cwd=cwd, env=environment, stdout=out, stderr=subprocess.STDOUT
                )

        return cls(start)

    @classmethod
    def of_module(cls, module: str, *arguments: str, env: Mapping[str, str] = {}) -> App:
        """The app that ``python -m module arguments`` serves; ``env`` is added to the environment."""
        environment = {**os.environ, **env}
        return cls(lambda log: Command(module, arguments, environment=environment, out=log))

    @classmethod
    def of_storage(cls, storage: Path, *, port: int = 0) -> App:
        """The real app over a storage folder, on a port; 0 is any free one."""
        return cls.of_module("samstudio", "--storage", str(storage), "serve", "--port", str(port))

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.url.rstrip("/").rpartition(":")[2])

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

    def kill(self) -> None:
        """End the process at once, as a power cut would (kill -9)."""
        for worker in self._children():
            worker.kill()
        self.process.kill()
        self.process.wait()

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


class RestartableApp:
    """The real app over one storage folder, killed and started again on one port; a context manager."""

    def __init__(self, storage: Path) -> None:
        self._storage = storage
        self._app = App.of_storage(storage)
        self._port = self._app.port
        self.url = self._app.url

    def kill(self) -> None:
        """kill -9."""
        self._app.kill()

    def start(self) -> None:
        """Start it again, after `kill`."""
        self._app.stop()
        self._app = App.of_storage(self._storage, port=self._port)

    def __enter__(self) -> RestartableApp:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._app.__exit__(kind, error, trace)
