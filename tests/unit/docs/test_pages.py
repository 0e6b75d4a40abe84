"""The documentation is under test: what is not documented, in English and in Japanese, fails."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from typer.main import get_command

from samstudio.cli.app import app
from samstudio.config import Settings
from samstudio.sam.specs import MODELS

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", *DOCS.glob("*.md")])
BOTH = pytest.mark.parametrize("ending", [".md", ".ja.md"])

FENCE = re.compile(r"^( *)```.*?^\1```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)|<img[^>]* src=\"([^\"]+)\"")
ELSEWHERE = ("http://", "https://", "mailto:", "#")


def commands() -> Iterator[tuple[str, Any]]:
    """Each command by its full name: ``tune``, ``plot object``."""
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        below = getattr(command, "commands", None)
        if below is None:
            yield name, command
        else:
            yield from ((f"{name} {each}", one) for each, one in below.items())


COMMANDS = list(commands())


def parameters(command: Any) -> list[Any]:
    """What the command takes now; some of its options come from a registry."""
    return command.get_params(typer.Context(command))  # type: ignore[no-any-return]


def titled(entries: list[dict[str, Any]]) -> Iterator[tuple[str, str | None]]:
    """Every title of a navigation with its page; a section's page is None."""
    for entry in entries:
        for title, what in entry.items():
            yield title, what if isinstance(what, str) else None
            if not isinstance(what, str):
                yield from titled(what)


@BOTH
@pytest.mark.parametrize("name", Settings.model_fields)
def test_each_setting_is_documented(name: str, ending: str) -> None:
    assert f"| `SAMSTUDIO_{name.upper()}` |" in (DOCS / f"settings{ending}").read_text()


@BOTH
@pytest.mark.parametrize("model", MODELS.names())
def test_each_model_is_documented(model: str, ending: str) -> None:
    (row,) = re.findall(r"^\| `SAMSTUDIO_MODEL` .*$", (DOCS / f"settings{ending}").read_text(), re.MULTILINE)
    assert f"`{model}`" in row


@BOTH
@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[name for name, _ in COMMANDS])
def test_each_command_is_documented_with_its_options(name: str, command: Any, ending: str) -> None:
    page = (DOCS / f"command-line{ending}").read_text()
    rows = [line for line in page.splitlines() if line.startswith("| `") and re.search(f"`{name}[ `]", line)]
    assert len(rows) == 1, f"one row for {name}, not {len(rows)}"
    options = {
        option for parameter in parameters(command) for option in parameter.opts if option.startswith("--")
    }
    missing = {option for option in options - {"--json", "--help"} if option not in rows[0]}
    assert not missing


@BOTH
def test_no_option_is_documented_that_is_not_there(ending: str) -> None:
    known = {option for _, command in COMMANDS for one in parameters(command) for option in one.opts}
    page = (DOCS / f"command-line{ending}").read_text()
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    assert set(re.findall(r"--[a-z-]+", "\n".join(rows))) <= known | {"--storage"}


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_each_relative_link_and_picture_is_there(page: Path) -> None:
    text = FENCE.sub("", page.read_text())
    targets = [target for pair in LINK.findall(text) for target in pair if target]
    near = [target.split("#")[0] for target in targets if not target.startswith(ELSEWHERE)]
    assert [target for target in near if not (page.parent / target).is_file()] == []


def test_no_picture_lies_about_unused() -> None:
    """Where a page names ``x.png``, its Japanese one shows ``x.ja.png`` if there is one."""
    shown = {
        Path(target).name for page in PAGES for pair in LINK.findall(page.read_text()) for target in pair
    }
    named = {path.name.replace(".ja.", ".") for path in (DOCS / "img").iterdir()}
    assert sorted(named - shown) == []


def test_each_page_is_in_the_navigation_once() -> None:
    nav = yaml.safe_load((ROOT / "mkdocs.yml").read_text())["nav"]
    pages = [page for _, page in titled(nav) if page]
    english = [path.name for path in DOCS.glob("*.md") if not path.name.endswith(".ja.md")]
    assert sorted(pages) == sorted(english)


def test_each_title_of_the_navigation_is_translated() -> None:
    settings = yaml.safe_load((ROOT / "mkdocs.yml").read_text())
    i18n = next(plugin["i18n"] for plugin in settings["plugins"] if "i18n" in plugin)
    japanese = next(language for language in i18n["languages"] if language["locale"] == "ja")
    assert list(japanese["nav_translations"]) == [title for title, _ in titled(settings["nav"])]
    assert japanese["site_name"] != settings["site_name"]
    assert japanese["site_description"] != settings["site_description"]
