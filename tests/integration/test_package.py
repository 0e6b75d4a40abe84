"""The wheel: built from a copy of the sources, installed outside the checkout, and started.

The dependencies are those of the environment that runs the tests (torch alone is hundreds of megabytes); that
the wheel asks for each of them, in the pinned version, is read from its metadata.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest
import requests
import yaml

import samstudio
from tests.processes import ROOT, App

SOURCES = ("pyproject.toml", "requirements.txt", "README.md", "LICENSE", "samstudio")
NOT_PACKED = ("*.pyi", "*.d.ts", "package.json", "tsconfig.json")
"""What tools write or read; the app needs none of it."""


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy, so that building leaves nothing in the checkout and finds no earlier build."""
    folder = tmp_path_factory.mktemp("sources")
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, folder)
    return folder


@pytest.fixture(scope="module")
def wheel(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-deps", "--wheel-dir", out, sources)
    (built,) = out.iterdir()
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ``samstudio`` command of a fresh environment that has the wheel and nothing of the checkout."""
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = folder / "bin" / "python"
    pip("--python", python, "install", "--no-deps", "--no-index", wheel)
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return folder / "bin" / "samstudio"


def pip(*arguments: object) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *map(str, arguments)]
    subprocess.run(command, check=True, cwd="/")


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory that is not the checkout, and no path that leads to it."""
    monkeypatch.delenv("PYTHONPATH", raising=False)
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return folder


def test_everything_of_the_package_is_in_the_wheel(sources: Path, wheel: Path) -> None:
    files = {path for path in (sources / "samstudio").rglob("*") if path.is_file()}
    wanted = {path for path in files if not any(path.match(pattern) for pattern in NOT_PACKED)}
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert packed == {str(path.relative_to(sources)) for path in wanted}


def test_the_wheel_asks_for_the_pinned_requirements(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        (name,) = (name for name in packed.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = Parser().parsestr(packed.read(name).decode())
        licenses = [name for name in packed.namelist() if name.endswith("/LICENSE")]
    lines = (line.partition("#")[0].strip() for line in (ROOT / "requirements.txt").read_text().splitlines())
    pinned = [line for line in lines if line]
    asked = metadata.get_all("Requires-Dist") or []
    assert [line for line in asked if "extra ==" not in line] == pinned
    assert all("==" in line for line in asked)
    assert metadata.get_all("Provides-Extra") == ["medical"]
    assert metadata["Version"] == samstudio.__version__
    assert metadata["License-Expression"] == "Apache-2.0"
    assert len(licenses) == 1


def test_the_installed_command_serves_the_page(installed: Path, elsewhere: Path) -> None:
    command = [str(installed), "--storage", str(elsewhere / "storage"), "serve", "--port", "0"]
    with App.of_command(command, cwd=elsewhere) as app:
        assert requests.get(f"{app.url}healthz", timeout=30).status_code == 200
        assert "SAM Studio" in requests.get(app.url, timeout=30).text
        for script, words in {
            "studio/canvas/main.js": "import",
            "studio/static/i18n/i18n.js": "import",
            "studio/i18n/ja.js": "アノテーション",
        }.items():
            answer = requests.get(f"{app.url}{script}", timeout=30)
            assert answer.headers["content-type"].startswith("text/javascript"), script
            assert words in answer.text
    assert (elsewhere / "storage" / "studio.db").is_file()


def test_only_the_installed_package_is_found(installed: Path, elsewhere: Path) -> None:
    command = [installed.with_name("python"), "-c", "import samstudio; print(samstudio.__file__)"]
    found = subprocess.run(command, cwd=elsewhere, capture_output=True, text=True, check=True).stdout
    assert Path(found.strip()).is_relative_to(installed.parents[1])


def test_the_command_and_the_module_are_the_same(installed: Path, elsewhere: Path) -> None:
    module = [str(installed.with_name("python")), "-m", "samstudio"]
    helps = [
        subprocess.run(
            [*command, "--help"],
            cwd=elsewhere,
            env={**os.environ, "COLUMNS": "200"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for command in ([str(installed)], module)
    ]
    commands = [re.findall(r"^│ ([a-z-]+)  ", text, re.MULTILINE) for text in helps]
    assert commands[0] == commands[1]
    assert {"serve", "import", "tune", "predict"} <= set(commands[0])


def test_the_citation_names_this_version() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["version"] == samstudio.__version__
    assert citation["license"] == "Apache-2.0"
    assert citation["references"][0]["title"] == "Segment Anything"
