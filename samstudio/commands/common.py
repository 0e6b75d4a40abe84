"""What every command begins with: an open studio, and arguments read in one way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from samstudio.config import Settings
from samstudio.domain import NotFound
from samstudio.terminal import bytes_bar

if TYPE_CHECKING:
    from samstudio.bootstrap import Studio

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON line.")]


@contextmanager
def opened(settings: Settings) -> Iterator[Studio]:
    """The studio over ``settings``; a bar shows weights that must be fetched first."""
    from samstudio.bootstrap import open_studio

    with bytes_bar(hidden=False) as progress:
        yield open_studio(settings, weights_progress=progress)


def version_number(text: str) -> int | None:
    """The number of a version, None for ``live``. Raises NotFound for anything else."""
    if text == "live":
        return None
    if not text.isdigit():
        raise NotFound(f"version {text!r} is neither 'live' nor a number; `versions` lists them")
    return int(text)
