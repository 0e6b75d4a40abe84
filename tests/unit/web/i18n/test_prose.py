"""The scanner that finds what people may read: what it sees, and what it leaves out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.web.i18n.prose import VALUE, is_prose, of_html, of_javascript, of_python

PYTHON = '''
"""A docstring is for programmers."""
__all__ = ["Names of things"]
log.warning("nobody reads this on the page")
raise InvalidInput(f"{name} is not there" + (": give it" if known else ""))
html = f'<p title="Read me">Two {plural(count, "image")}<code>not me</code></p>'
'''

JAVASCRIPT = r"""
// "not a string" in a comment
const quote = /["']/.test(text) ? "It has a quote" : 'None at all';
say(`${count} of ${total} were added${more ? ". The others were not" : ""}`);
"""


def test_python_is_read_with_its_html_and_its_alternatives(tmp_path: Path) -> None:
    path = tmp_path / "some.py"
    path.write_text(PYTHON)
    texts = list(of_python(path))
    assert f"{VALUE} is not there: give it" in texts
    assert f"{VALUE} is not there" in texts
    assert {"Read me", "Two 1 image", f"Two {VALUE} images"} <= set(texts)
    assert not any("programmers" in text or "nobody" in text or "things" in text for text in texts)
    assert "not me" not in texts


def test_javascript_is_read_with_its_templates(tmp_path: Path) -> None:
    path = tmp_path / "some.js"
    path.write_text(JAVASCRIPT)
    texts = list(of_javascript(path))
    assert {"It has a quote", "None at all"} <= set(texts)
    assert f"{VALUE} of {VALUE} were added. The others were not" in texts
    assert f"{VALUE} of {VALUE} were added" in texts
    assert "not a string" not in texts


def test_html_is_read_but_for_what_people_wrote() -> None:
    html = '<b title="Read">Shown</b><i translate="no" title="mine"></i><kbd>Ctrl</kbd>'
    assert of_html(html) == ["Read", "Shown"]


@pytest.mark.parametrize("text", ["Add images", "Delete…", "no image has this id", "Loading"])
def test_this_is_prose(text: str) -> None:
    assert is_prose(text)


@pytest.mark.parametrize(
    "text", ["ss-button ss-small", "[data-row]", "Enter", "image/png", "studio:open", "a"]
)
def test_this_is_none(text: str) -> None:
    assert not is_prose(text)
