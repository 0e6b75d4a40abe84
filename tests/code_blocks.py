"""The blocks of code on a page of the documentation, so that tests can run what it shows."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.processes import ROOT

FENCE = re.compile(r"^( *)```(\w+)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)

LOCAL = "http://127.0.0.1:7860"
"""Where the pages say that the app is; a test's app is elsewhere."""


@dataclass(frozen=True)
class Block:
    """One block: its language, and its lines as a reader would copy them."""

    language: str
    source: str


def blocks(page: str) -> list[Block]:
    """The blocks of ``docs/<page>``, in order; those within tabs too."""
    text = (ROOT / "docs" / page).read_text()
    return [Block(language, _dedented(code, indent)) for indent, language, code in FENCE.findall(text)]


def run_python(source: str, names: dict[str, object], *, page: str, url: str = LOCAL) -> None:
    """Run a block in this process; ``names`` is what it finds and leaves, as in one long script."""
    exec(compile(source.replace(f"{LOCAL}/", url).replace(LOCAL, url), f"docs/{page}", "exec"), names)


def _dedented(code: str, indent: str) -> str:
    return "\n".join(line.removeprefix(indent) for line in code.splitlines())
