"""``samstudio spaces``: what concerns Hugging Face Spaces on the command line."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from samstudio.cli.terminal import plain, report

spaces_commands = typer.Typer(help="Hugging Face Spaces.", no_args_is_help=True)

_MARKS = {"missing": "✗", "warning": "!", "unknown": "?", "ok": "✓"}


@spaces_commands.callback()
def _spaces() -> None:
    """Keep `check` a command of its own while it is the only one."""


@spaces_commands.command()
def check(
    context: typer.Context,
    root: Annotated[Path, typer.Option(help="Folder that is pushed to the Space.")] = Path(),
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON line.")] = False,
) -> None:
    """Say what a Space still lacks; exit code 1 when something is missing. Changes nothing."""
    from samstudio.spaces.check import Checker
    from samstudio.spaces.findings import Level
    from samstudio.spaces.place import space_of

    found = Checker(root=root, settings=context.obj, environment=os.environ).findings()
    passed = all(one.level is not Level.MISSING for one in found)
    space = space_of(os.environ)
    lines = [
        f"{_MARKS[one.level]} {one.text}" + (f"\n    {one.advice}" if one.advice else "") for one in found
    ]
    verdict = "Nothing is missing." if passed else "Something is missing: see the lines marked ✗."
    data = {"ok": passed, "space": space.id if space else None, "findings": plain(found)}
    report(data, as_json, "\n".join([*lines, "", verdict]))
    raise typer.Exit(code=0 if passed else 1)
