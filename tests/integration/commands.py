"""Runs the real command line in a process of its own, as a script would."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any


def run(storage: Path, *arguments: object, timeout: float = 300) -> subprocess.CompletedProcess[str]:
    """``python -m samstudio --storage STORAGE ARGUMENTS…``, with its output captured."""
    command = [sys.executable, "-m", "samstudio", "--storage", str(storage), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)


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
