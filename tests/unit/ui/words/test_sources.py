"""Whatever the sources say to people can be said in every language.

Fails with the texts that no catalogue has: add them to a file in
samstudio/ui/words/LANGUAGE. What only looks like prose goes into `KEPT`.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.processes import ROOT
from tests.unit.ui.words.lookup import has_words
from tests.unit.ui.words.prose import is_prose, of_html, of_javascript, of_python

PACKAGE = ROOT / "samstudio"

KEPT: dict[str, set[str]] = {}
"""By file: what looks like prose and is none, or is read by nobody on the page."""


def _files(folder: str, suffix: str) -> list[Path]:
    return sorted(path for path in (PACKAGE / folder).rglob(f"*{suffix}") if path.name != "__init__.py")


def _unsaid(path: Path, texts: Iterable[str]) -> list[str]:
    kept = KEPT.get(path.relative_to(PACKAGE).as_posix(), set())
    return sorted({text for text in texts if text not in kept and is_prose(text) and not has_words(text)})


@pytest.mark.parametrize("folder", ["ui", "services", "tuning"])
def test_what_python_says_has_words(folder: str) -> None:
    missing = {path.name: _unsaid(path, of_python(path)) for path in _files(folder, ".py")}
    assert {name: texts for name, texts in missing.items() if texts} == {}


@pytest.mark.parametrize("folder", ["ui/canvas", "ui/static"])
def test_what_scripts_say_has_words(folder: str) -> None:
    missing = {path.name: _unsaid(path, of_javascript(path)) for path in _files(folder, ".js")}
    assert {name: texts for name, texts in missing.items() if texts} == {}


def test_what_pages_say_has_words() -> None:
    pages = [*_files("ui/canvas", ".html"), *_files("ui/static", ".html")]
    assert len(pages) == 3
    missing = {path.name: _unsaid(path, of_html(path.read_text(encoding="utf-8"))) for path in pages}
    assert {name: texts for name, texts in missing.items() if texts} == {}
