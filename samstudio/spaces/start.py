"""How app.py begins: settings that fit the place, the lent GPU announced, and what is missing said."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from pathlib import Path

from samstudio.config import Settings
from samstudio.spaces.check import Checker
from samstudio.spaces.findings import Level
from samstudio.spaces.place import space_of, with_space_defaults


def apply_space_defaults(environment: Mapping[str, str]) -> Settings:
    """Read the settings that the app starts with, and prepare the process for a Space.

    On a Space, what its owner still has to do is printed: it is then in the Space's log.

    Raises:
        ValidationError: A setting makes no sense.
    """
    # A host that stops the app sends SIGTERM; the last changes are to be stored before it ends.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    settings = with_space_defaults(Settings(), environment)
    if space_of(environment) is not None:
        for line in still_missing(settings, environment):
            print(line, flush=True)
    return settings


def still_missing(settings: Settings, environment: Mapping[str, str], root: Path = Path()) -> list[str]:
    """List what `spaces check` finds missing, without asking the network."""
    checker = Checker(root=root, settings=settings, environment=environment, reach=lambda _url: "")
    found = (one for one in checker.findings() if one.level is Level.MISSING)
    return [f"missing: {one.text} {one.advice}" for one in found]
