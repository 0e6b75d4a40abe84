"""Output of the command line: progress bars on standard error, one report on standard output.

Depends on no command and no service.
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
    """Show a progress bar on standard error; yield the function to call with (done, total, phase)."""
    with _progress(hidden=hidden) as progress:
        task = progress.add_task(title, total=None)

        def tick(done: int, total: int, phase: str = "") -> None:
            progress.update(task, completed=done, total=total, description=f"{title} {phase}".strip())

        yield tick


@contextmanager
def bytes_bar(*, hidden: bool) -> Iterator[Callable[[str, int, int], None]]:
    """Show a download bar from the first byte on.

    The value is the function to call with (name, done, total), the latter two in bytes.
    """
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
    """Print ``data`` as one JSON line where ``as_json``, else ``text`` for a person."""
    print(json.dumps(plain(data)) if as_json else text, flush=True)


def plain(value: Any) -> Any:
    """Return dataclasses, paths, enums and dates as values that JSON has."""
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
    """Print ``message`` as one line on standard error and exit.

    Raises:
        SystemExit: always, with ``code``.
    """
    print(f"error: {' '.join(message.split())}", file=sys.stderr)
    raise SystemExit(code)
