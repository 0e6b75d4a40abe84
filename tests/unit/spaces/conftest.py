"""Places to be in: a Space, and folders that count as mounted."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

SPACE = {"SPACE_ID": "ada/studio", "SYSTEM": "spaces"}
ZERO = {**SPACE, "SPACES_ZERO_GPU": "true", "ACCELERATOR": "zero-a10g"}


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("SAMSTUDIO_", "SPACE")):
            monkeypatch.delenv(name)


@pytest.fixture
def volume(tmp_path: Path) -> Path:
    """A folder that is taken for a mounted volume."""
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


@pytest.fixture
def is_mount(volume: Path) -> Callable[[Path], bool]:
    return lambda path: path == volume
