"""Runs the real command line in processes of their own, as a script would."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from tests.warm import Command


def run(storage: Path, *arguments: object, timeout: float = 300) -> subprocess.CompletedProcess[str]:
    """``python -m samstudio --storage STORAGE ARGUMENTS…``, with its output captured."""
    line = ["--storage", str(storage), *map(str, arguments)]
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        command = Command("samstudio", line, environment=os.environ, out=out, err=err)
        try:
            code = command.wait(timeout)
        finally:
            command.kill()
        return subprocess.CompletedProcess(line, code, out.read_text(), err.read_text())


def run_json(storage: Path, *arguments: object, timeout: float = 300) -> dict[str, Any]:
    """The same with ``--json``: the command must succeed and print one JSON line, which is returned."""
    done = run(storage, *arguments, "--json", timeout=timeout)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 1, done.stdout
    answer: dict[str, Any] = json.loads(lines[0])
    return answer


def fails(storage: Path, *arguments: object, timeout: float = 120) -> str:
    """The command must fail with exit code 1 and one line on standard error, which is returned."""
    done = run(storage, *arguments, timeout=timeout)
    assert done.returncode == 1, (done.returncode, done.stdout, done.stderr)
    lines = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    return lines[0].removeprefix("error: ")
