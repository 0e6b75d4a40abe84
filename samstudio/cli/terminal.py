"""What the command line shows: bars on standard error, one report on standard output.

No command and no service is known here.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import is_dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from rich.progress import Progress


@contextmanager
def bar(title: str, *, hidden: bool) -> Iterator[Callable[..., None]]:
    """A progress bar on standard error; the value is called with (done, total, phase)."""
    with _progress(hidden=hidden) as progress:
        task = progress.add_task(title, total=None)

        def tick(done: int, total: int, phase: str = "") -> None:
            progress.update(task, completed=done, total=total, description=f"{title} {phase}".strip())

        yield tick


@contextmanager
def bytes_bar(*, hidden: bool) -> Iterator[Callable[[str, int, int], None]]:
    """A download bar that appears with the first byte: (name, done, total) in bytes."""
    with _progress(hidden=hidden) as progress:
        tasks: dict[str, Any] = {}

        def tick(name: str, done: int, total: int) -> None:
            if name not in tasks:
                tasks[name] = progress.add_task(name)
            progress.update(tasks[name], completed=done, total=total or None)

        yield tick


def _progress(*, hidden: bool) -> Progress:
    from rich.console import Console
    from rich.progress import Progress

    return Progress(console=Console(stderr=True), disable=hidden or not sys.stderr.isatty(), transient=True)


def report(data: dict[str, Any], as_json: bool, text: str) -> None:
    """Print ``data`` as one JSON line, or ``text`` for a person."""
    print(json.dumps(plain(data)) if as_json else text, flush=True)


def plain(value: Any) -> Any:
    """Dataclasses, paths, enums and dates as what JSON knows."""
    if hasattr(value, "to_json") and not isinstance(value, type):
        return plain(value.to_json())
    if is_dataclass(value) and not isinstance(value, type):
        return plain({name: getattr(value, name) for name in value.__dataclass_fields__})
    if isinstance(value, dict) or hasattr(value, "items"):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Path) else value


def die(message: str, *, code: int = 1) -> NoReturn:
    """Print one line on standard error and exit."""
    print(f"error: {' '.join(message.split())}", file=sys.stderr)
    raise SystemExit(code)
