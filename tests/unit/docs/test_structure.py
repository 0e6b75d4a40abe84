"""The pages about the code name what is there: every layer of the contract, no file that is gone."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
PACKAGE = ROOT / "samstudio"
BOTH = pytest.mark.parametrize("ending", [".md", ".ja.md"])

CODE = re.compile(r"`([^`\s]+)`")


def _page(name: str, ending: str) -> str:
    return (ROOT / "docs" / f"{name}{ending}").read_text(encoding="utf-8")


def _contracts() -> list[dict[str, Any]]:
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    return list(linter["contracts"])


@BOTH
def test_who_imports_whom_lists_every_layer(ending: str) -> None:
    layers = [
        layer for contract in _contracts() if contract["type"] == "layers" for layer in contract["layers"]
    ]
    names = {name.strip() for layer in layers for name in layer.split("|")}
    page = _page("design", ending)
    assert {name for name in names if not re.search(rf"\b{name}\b", page)} == set()


@BOTH
@pytest.mark.parametrize("name", ["design", "reading-the-code"])
def test_files_that_are_named_exist(name: str, ending: str) -> None:
    named = {code for code in CODE.findall(_page(name, ending)) if code.endswith((".py", ".js", ".ts", "/"))}
    assert len(named) > 10
    everything = [
        path.relative_to(ROOT).as_posix() for path in ROOT.glob("**/*") if ".venv" not in path.parts
    ]
    gone = {one for one in named if not any(_is(one, path) for path in everything)}
    assert gone == set()


def _is(named: str, path: str) -> bool:
    """Whether a path ends with the name that a page gives it; a star, or NAME, stands for one."""
    pattern = re.escape(named.rstrip("/")).replace(r"\*", "[^/]*").replace("NAME", "[^/]*")
    return re.search(rf"(^|/){pattern}$", path) is not None


def test_the_client_is_forbidden_every_module() -> None:
    """A contract cannot say "all but itself": a new module has to be added to its list."""
    (contract,) = [one for one in _contracts() if one.get("source_modules") == ["samstudio.client"]]
    modules = {
        path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    own = {"__init__", "__main__", "client"}
    assert {f"samstudio.{one}" for one in modules - own} <= set(contract["forbidden_modules"])
