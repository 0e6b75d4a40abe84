"""What `spaces check` finds, on a copy of what this repository pushes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from samstudio.config import Settings
from samstudio.sam.specs import MODELS
from samstudio.spaces.check import Checker
from samstudio.spaces.findings import Level
from samstudio.spaces.start import still_missing
from tests.unit.spaces.conftest import SPACE, ZERO

ROOT = Path(__file__).parents[3]
README = ROOT / "README.md"


def documented_block() -> str:
    page = (ROOT / "docs" / "spaces.md").read_text()
    return page.partition("```yaml\n")[2].partition("```")[0]


@pytest.fixture
def pushed(tmp_path: Path) -> Path:
    """A folder to push, with the block that the docs give."""
    root = tmp_path / "pushed"
    root.mkdir()
    shutil.copy(ROOT / "app.py", root)
    shutil.copy(ROOT / "requirements.txt", root)
    (root / "README.md").write_text(f"{documented_block()}# SAM Studio\n")
    return root


@pytest.fixture
def codes(pushed: Path, volume: Path, is_mount: Callable[[Path], bool]) -> Callable[..., dict[str, Level]]:
    """Each finding's code with its level, for a Space that has everything but what is changed."""

    def found(
        environment: dict[str, str] = SPACE, reached: str = "", needed_bytes: int = 1, **changes: Any
    ) -> dict[str, Level]:
        chosen: dict[str, Any] = {"storage": volume / "samstudio", "password": "long enough"}
        chosen |= {"weights_dir": volume / "weights"}
        checker = Checker(
            root=pushed,
            settings=Settings(**(chosen | changes)),
            environment=environment,
            is_mount=is_mount,
            reach=lambda _url: reached,
            needed_bytes=needed_bytes,
        )
        findings = checker.findings()
        assert all(one.advice for one in findings if one.level is not Level.OK)
        return {one.code: one.level for one in findings}

    return found


Codes = Callable[..., dict[str, Level]]


def test_a_space_that_has_everything_passes(codes: Codes) -> None:
    assert set(codes().values()) == {Level.OK}


def test_this_repository_says_what_its_docs_say(codes: Codes, pushed: Path) -> None:
    readme = README.read_text()
    assert not readme.startswith("---") or readme.startswith(documented_block())


@pytest.mark.parametrize(
    ("line", "written", "code"),
    [
        ("sdk: gradio", "sdk: docker", "sdk"),
        ("sdk_version: 6.31.0", "sdk_version: 6.30.0", "sdk-version"),
        ('python_version: "3.12.12"', 'python_version: "3.10"', "python-version"),
        ("app_file: app.py", "app_file: main.py", "app-file"),
        ("title: SAM Studio", "", "front-matter"),
        ("---\n", "", "front-matter"),
        ("title: SAM Studio", "title: [", "front-matter"),
    ],
)
def test_what_the_readme_says_wrong_is_missing(
    codes: Codes, pushed: Path, line: str, written: str, code: str
) -> None:
    text = (pushed / "README.md").read_text()
    assert line in text
    (pushed / "README.md").write_text(text.replace(line, written))
    assert codes()[code] is Level.MISSING


@pytest.mark.parametrize(("version", "level"), [("3.11", Level.WARNING), ("3.13", Level.MISSING)])
def test_python_versions(codes: Codes, pushed: Path, version: str, level: Level) -> None:
    text = (pushed / "README.md").read_text()
    (pushed / "README.md").write_text(text.replace("3.12.12", version))
    assert codes()["python-version"] is level
    assert codes(ZERO)["python-version"] is Level.MISSING


@pytest.mark.parametrize("text", [None, "", "# nothing\n", "gradio==6.31.0\nnumpy>=2\n"])
def test_requirements_that_pin_too_little(codes: Codes, pushed: Path, text: str | None) -> None:
    (pushed / "requirements.txt").unlink()
    if text is not None:
        (pushed / "requirements.txt").write_text(text)
    assert codes()["requirements"] is Level.MISSING


def test_a_disk_that_is_emptied_is_no_storage(codes: Codes, tmp_path: Path) -> None:
    assert codes(storage=tmp_path / "storage")["storage"] is Level.MISSING


def test_little_room_is_said(codes: Codes) -> None:
    assert codes(needed_bytes=10**18)["disk"] is Level.MISSING


@pytest.mark.parametrize(
    ("environment", "changes", "level"),
    [
        (SPACE, {"password": None}, Level.MISSING),
        (SPACE, {"password": None, "token": "t" * 16}, Level.OK),
        ({**SPACE, "OAUTH_CLIENT_ID": "x"}, {"password": None}, Level.OK),
        (SPACE, {"password": None, "open": True}, Level.WARNING),
        ({}, {"password": None}, Level.UNKNOWN),
    ],
)
def test_the_login(codes: Codes, environment: dict[str, str], changes: dict[str, Any], level: Level) -> None:
    assert codes(environment, **changes)["login"] is level


def test_weights_are_cached_or_can_be_reached(codes: Codes, volume: Path, tmp_path: Path) -> None:
    assert codes(reached="offline")["weights"] is Level.MISSING
    (volume / "weights").mkdir()
    for source in MODELS.get("vit_t").sources:
        (volume / "weights" / source.filename).touch()
    assert codes(reached="offline")["weights"] is Level.OK
    assert codes(reached="offline", model="vit_b")["weights"] is Level.MISSING
    assert codes(checkpoint=tmp_path / "none.pth")["weights"] is Level.MISSING
    assert codes(checkpoint=volume)["weights"] is Level.OK


def test_zero_gpu_is_a_warning_and_elsewhere_much_cannot_be_seen(codes: Codes) -> None:
    assert codes(ZERO)["hardware"] is Level.WARNING
    elsewhere = codes({})
    assert (elsewhere["hardware"], elsewhere["storage"]) == (Level.UNKNOWN, Level.UNKNOWN)


def test_the_log_of_a_space_says_what_is_missing(pushed: Path, tmp_path: Path) -> None:
    settings = Settings(storage=tmp_path / "storage", password="long enough")
    (line,) = still_missing(settings, SPACE, root=pushed)
    assert line.startswith("missing: ")
    assert "Storage Bucket at /data" in line
