"""The texts that people may read, as the sources write them: of Python, of HTML and of JavaScript.

A value put into a text is a `VALUE` here; where what is put in is itself
written there, as in ``"a" if x else "b"``, there is a text for each.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path

VALUE = "\ue000"
"""A sign that nobody writes."""

MOST = 12
"""Texts of one expression that are looked at."""

READ = ("title", "aria-label", "placeholder", "alt", "aria-valuetext")
UNREAD = ("kbd", "code", "pre", "svg", "script", "style")
KEYS = ("Enter", "Escape", "Esc", "Shift", "Backspace", "Tab", "Space", "Alt", "Control", "Meta")
"""What the browser calls them."""

MACHINES = ("log", "logger", "logging", "re", "os", "Template")


def is_prose(text: str) -> bool:
    """Two words or more of a sentence, or one that begins like one; no markup, no names of things."""
    if re.search(r"[<>{}=\[\]#_\\]|--|://|%[sd]|^[./:]|^\w+:\w+$|\w\.\w+\(|^((Ctrl|Alt|Shift)\+)+\S*$", text):
        return False
    words = re.findall(r"(?<![\w/.-])[A-Za-z][a-z]+(?![\w/-])", text)
    one = text.strip().rstrip("…:.")
    return len(words) >= 2 or (bool(re.fullmatch(r"[A-Z][a-z]+", one)) and one not in KEYS)


# ------------------------------------------------------------------ Python


def of_python(path: Path) -> Iterator[str]:
    """Every text of a module, that in its HTML too; not what it says to machines or to programmers."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for expression in _expressions(tree):
        for text in _variants(expression):
            yield from of_html(text) if "<" in text and ">" in text else [text]


def _expressions(node: ast.AST) -> Iterator[ast.expr]:
    """The outermost expressions that make a string."""
    if _is_docstring(node) or _for_machines(node) or _lists_names(node):
        return
    if isinstance(node, ast.expr) and _is_text(node):
        yield node
        return
    for child in ast.iter_child_nodes(node):
        yield from _expressions(child)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _lists_names(node: ast.AST) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else []
    return any(isinstance(one, ast.Name) and one.id == "__all__" for one in targets)


def _for_machines(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    called = node.func
    while isinstance(called, ast.Attribute):
        called = called.value
    return isinstance(called, ast.Name) and called.id in MACHINES


def _is_text(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _is_text(node.left) or _is_text(node.right)
    return isinstance(node, ast.JoinedStr)


def _variants(node: ast.expr) -> list[str]:
    """What an expression may come to."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        return _product(node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _product([node.left, node.right])
    if isinstance(node, ast.IfExp):
        return [*_variants(node.body), *_variants(node.orelse)]
    if isinstance(node, ast.FormattedValue):
        return _variants(node.value)
    return _counted(node)


def _product(nodes: Iterable[ast.expr]) -> list[str]:
    each = itertools.product(*(_variants(node) for node in nodes))
    return ["".join(parts) for parts in itertools.islice(each, MOST)]


def _counted(node: ast.expr) -> list[str]:
    """``plural(count, "image")`` is one image or several; ``esc(text)`` is that text; others a value."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        given = [one for one in node.args if isinstance(one, ast.Constant | ast.JoinedStr | ast.IfExp)]
        texts = [text for one in given for text in _variants(one)]
        if node.func.id in ("plural", "counted"):
            return [f"1 {text}" for text in texts] + [f"{VALUE} {text}s" for text in texts]
        if node.func.id == "esc" and texts:
            return texts
    return [VALUE]


# -------------------------------------------------------------------- HTML


class _Reader(HTMLParser):
    """Collects what a page shows and says; a text between two tags is one."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self._unread += tag in UNREAD
        if not self._unread and known.get("translate") != "no":
            self.texts += [value for name in READ if (value := known.get(name))]

    def handle_endtag(self, tag: str) -> None:
        self._unread -= tag in UNREAD and self._unread > 0

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.texts.append(data)


def of_html(html: str) -> list[str]:
    """What a piece of HTML shows and says."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.texts


# -------------------------------------------------------------- JavaScript

_SKIPPED = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_REGEX = re.compile(r"(?<=[(,=:\[!&|?{};\n])\s*/(?![*/])(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\\n])+/[a-z]*")


def of_javascript(path: Path) -> Iterator[str]:
    """Every string of a module."""
    source = path.read_text(encoding="utf-8")
    at = 0
    while at < len(source):
        skipped = _SKIPPED.match(source, at) or _REGEX.match(source, at)
        if skipped:
            at = skipped.end()
        elif source[at] in "'\"`":
            at, texts = _string(source, at)
            yield from texts
        else:
            at += 1


def _string(source: str, at: int) -> tuple[int, list[str]]:
    """Where the string that begins here ends, and what it may come to."""
    quote, at, texts = source[at], at + 1, [""]
    while source[at] != quote:
        if quote == "`" and source.startswith("${", at):
            at, values = _hole(source, at + 2)
            texts = [text + value for text, value in itertools.islice(itertools.product(texts, values), MOST)]
            continue
        step = 2 if source[at] == "\\" else 1
        texts = [text + source[at : at + step] for text in texts]
        at += step
    return at + 1, texts


def _hole(source: str, at: int) -> tuple[int, list[str]]:
    """Where a ``${…}`` ends, and what may stand there: the strings in it, or a value."""
    values: list[str] = []
    depth = 1
    while depth:
        if source[at] in "'\"`":
            at, texts = _string(source, at)
            values += texts
            continue
        depth += {"{": 1, "}": -1}.get(source[at], 0)
        at += 1
    return at, values or [VALUE]
