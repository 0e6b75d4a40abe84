"""``python -m MODULE`` as processes that begin with everything imported.

Importing torch and Gradio takes six seconds of a processor, more than most of what follows. One process
imports them and forks for each command: a process of its own, with its own environment, output and exit
code. That a bare ``python -m samstudio`` starts is tested where it matters: `test_package.py` and
`test_tutorial.py`.
"""

from __future__ import annotations

import atexit
import functools
import importlib
import json
import os
import runpy
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).parent.parent

IMPORTED = (
    "samstudio.cli.app",
    "samstudio.web.server",
    "samstudio.web.page.app",
    "samstudio.web.page.launch",
    "samstudio.project",
    "samstudio.sam.transfer",
    "torch",
    "onnxruntime",
    "matplotlib.figure",
)
"""What is imported before the first fork."""

PATIENCE = 180.0
"""Seconds that a busy machine may take to import."""


class Command:
    """``python -m MODULE ARGUMENTS``, running; as `subprocess.Popen`, but with files for what it prints.

    Args:
        module: The module that is run.
        arguments: What follows it.
        environment: All its environment variables.
        out: File for standard output; what it prints is added at the end.
        err: The same for standard error; None is the file of standard output.
    """

    def __init__(
        self,
        module: str,
        arguments: Sequence[str],
        *,
        environment: Mapping[str, str],
        out: Path,
        err: Path | None = None,
    ) -> None:
        self._server = _server()
        self.pid = self._server.start(
            module=module,
            arguments=list(arguments),
            environment=dict(environment),
            out=str(out),
            err=str(err or out),
        )

    def poll(self) -> int | None:
        """Return its exit code, None while it runs."""
        return self._server.code_of(self.pid, timeout=0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end and return the exit code; raise TimeoutExpired when it still runs."""
        code = self._server.code_of(self.pid, timeout=timeout)
        if code is None:
            raise subprocess.TimeoutExpired("python", timeout or 0)
        return code

    def terminate(self) -> None:
        """Send SIGTERM, unless it has ended."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """Send SIGKILL, unless it has ended."""
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)


class _Server:
    """The process that forks, and what it told: which process it started, and how each ended."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            cwd=ROOT,
            env={
                **os.environ,
                "GRADIO_ANALYTICS_ENABLED": "False",
            },  # as the app does before it imports Gradio
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._starting = threading.Lock()
        self._told = threading.Condition()
        self._started: int | None = None
        self._codes: dict[int, int] = {}
        threading.Thread(target=self._listen, daemon=True).start()
        atexit.register(self._process.communicate)

    def start(self, **request: Any) -> int:
        """Start a command and return its process id; raise RuntimeError when there is none in time."""
        assert self._process.stdin
        with self._starting, self._told:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            self._told.wait_for(lambda: self._started or self._process.poll() is not None, PATIENCE)
            if self._started is None:
                raise RuntimeError("the process that forks did not start a command")
            pid, self._started = self._started, None
            return pid

    def code_of(self, pid: int, *, timeout: float | None) -> int | None:
        """Return the exit code of a process it started, None when it still runs after ``timeout`` seconds."""
        with self._told:
            self._told.wait_for(lambda: pid in self._codes, timeout)
            return self._codes.get(pid)

    def _listen(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            what, *numbers = line.split()
            with self._told:
                if what == "started":
                    self._started = int(numbers[0])
                    self._codes.pop(self._started, None)
                else:
                    self._codes[int(numbers[0])] = int(numbers[1])
                self._told.notify_all()


@functools.cache
def _server() -> _Server:
    return _Server()


def _next_command() -> dict[str, Any]:
    """Fork for each line of standard input; return, in the new process, what it is to be.

    Between the two stands a process that waits for the command and tells its exit code.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        if os.fork():
            continue
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        pid = os.fork()
        if pid == 0:
            request: dict[str, Any] = json.loads(line)
            return request
        print(f"started {pid}", flush=True)
        _, status = os.waitpid(pid, 0)
        print(f"ended {pid} {os.waitstatus_to_exitcode(status)}", flush=True)
        os._exit(0)
    raise SystemExit(0)


def _become(request: dict[str, Any]) -> NoReturn:
    """Run the module, as ``python -m`` does, and end the process."""
    for number, path, mode in (
        (0, os.devnull, os.O_RDONLY),
        (1, request["out"], os.O_WRONLY | os.O_CREAT | os.O_APPEND),
        (2, request["err"], os.O_WRONLY | os.O_CREAT | os.O_APPEND),
    ):
        file = os.open(path, mode, 0o600)
        os.dup2(file, number)
        os.close(file)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv[1:] = request["arguments"]
    code = 0
    try:
        runpy.run_module(request["module"], run_name="__main__", alter_sys=True)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        code = 1
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # a library's thread pool would wait for its threads, which a fork leaves behind


if __name__ == "__main__":
    for name in IMPORTED:
        importlib.import_module(name)
    _become(_next_command())
