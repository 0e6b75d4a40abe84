"""What commands share: the open project, and arguments that several of them read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from samstudio.cli.terminal import bytes_bar
from samstudio.config import Settings
from samstudio.domain import NotFound
from samstudio.records import Drawn
from samstudio.text import drawn_words

if TYPE_CHECKING:
    from samstudio.project import Project

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON line.")]


@contextmanager
def opened(settings: Settings) -> Iterator[Project]:
    """Yield the open project of ``settings``; a progress bar shows weights that are downloaded first."""
    from samstudio.project import open_project

    with bytes_bar(hidden=False) as progress, open_project(settings, weights_progress=progress) as project:
        yield project


def learned_from(drawn: Drawn | None) -> str:
    """Return a sentence, after a blank, for a job that did not learn from every object; otherwise nothing."""
    words = drawn_words(drawn)
    return f" Learned from {words}." if words else ""


def version_number(text: str) -> int | None:
    """Return the number of a version, None for ``live``.

    Raises:
        NotFound: ``text`` is neither.
    """
    if text == "live":
        return None
    if not text.isdigit():
        raise NotFound(f"version {text!r} is neither 'live' nor a number; `versions` lists them")
    return int(text)
