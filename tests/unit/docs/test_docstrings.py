"""Docstrings say what a caller has to know: arguments where there are many, and what is raised."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[3] / "samstudio"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)

FEW = 3
"""A function with more parameters than this lists them."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def _functions(tree: ast.AST) -> Iterator[Function]:
    """Public functions and methods; what is nested, or shown to users by its decorator, is left out."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef):
            yield from _functions(node)
        elif isinstance(node, Function) and not node.name.startswith("_") and not _is_shown(node):
            yield node


def _is_shown(function: Function) -> bool:
    """Whether FastAPI or Typer shows the docstring to users: it then describes no parameters."""
    return any(isinstance(one, ast.Call) for one in function.decorator_list)


def _parameters(function: Function) -> int:
    every = (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
    return sum(one.arg not in ("self", "cls") for one in every)


def _raises(node: ast.AST) -> bool:
    """Whether a body raises by itself; a bare ``raise`` only passes on."""
    return any(
        (isinstance(child, ast.Raise) and child.exc is not None)
        or (not isinstance(child, Function | ast.Lambda) and _raises(child))
        for child in ast.iter_child_nodes(node)
    )


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_sections_are_there(path: Path) -> None:
    missing = []
    for function in _functions(ast.parse(path.read_text(encoding="utf-8"))):
        text = ast.get_docstring(function) or ""
        if _parameters(function) > FEW and "Args:" not in text:
            missing.append(f"{function.name}: Args")
        if _raises(function) and "Raises:" not in text:
            missing.append(f"{function.name}: Raises")
        if "aises " in text:
            missing.append(f"{function.name}: says in prose what it raises")
    assert missing == []
