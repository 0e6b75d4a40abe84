"""The tutorial from its first block to its last, with the real app and real weights; the Python page too.

The first block (clone, make run) is what brought this test here; an app over an empty folder stands for it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from skimage.data import coffee

from samstudio.client import Client
from tests.code_blocks import Block, blocks, run_python
from tests.processes import ROOT, App

pytestmark = pytest.mark.alone

TUNE = "tune --max-seconds 60"
PATIENT = "tune --max-seconds 180"
"""What the page tells those whose machine is busy to do: give the job more time."""


class Reader:
    """Someone who follows the page block by block, beside an app over ``storage`` at ``url``."""

    def __init__(self, storage: Path, url: str) -> None:
        self._url = url
        self._names: dict[str, object] = {}
        self._environment = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "SAMSTUDIO_STORAGE": str(storage),
        }

    def follow(self, block: Block) -> str:
        """Do what a block says; what its commands printed on standard output."""
        if block.language == "python":
            run_python(block.source, self._names, page="tutorial.md", url=self._url)
            return ""
        done = subprocess.run(
            ["bash", "-euc", block.source], env=self._environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{block.source}\n{done.stderr}"
        return done.stdout

    def close(self) -> None:
        """Close what the blocks left open."""
        for left in self._names.values():
            if isinstance(left, Client):
                left.close()


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tutorial") / "storage"


@pytest.fixture(scope="module")
def app(storage: Path) -> Iterator[App]:
    with App.of_storage(storage) as app:
        yield app


@pytest.fixture
def reader(app: App, storage: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    monkeypatch.chdir(tmp_path)
    reader = Reader(storage, app.url)
    yield reader
    reader.close()


def test_each_block_of_the_tutorial_runs(
    reader: Reader, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, *others = blocks("tutorial.md")
    assert "git clone" in first.source
    assert "make run" in first.source
    assert TUNE in "".join(block.source for block in others)
    for block in others:
        said = reader.follow(block)
        if TUNE in block.source and "is live" not in said:
            said = reader.follow(Block(block.language, block.source.replace(TUNE, PATIENT)))
            assert "is live" in said
    _check_what_was_printed(capsys.readouterr().out)
    coco = json.loads((tmp_path / "tutorial/dataset/annotations.json").read_text())
    assert (len(coco["images"]), len(coco["annotations"])) == (9, 18)
    assert (tmp_path / "tutorial/tuned.onnx").stat().st_size > 10_000_000
    inside = Image.open(tmp_path / "tutorial/mask.png")
    assert inside.size == (256, 256)
    assert inside.getextrema() == (0, 255)


def _check_what_was_printed(text: str) -> None:
    """Each new picture's boxes are answered better than by stock, and version 0 answered in between."""
    lines = text.splitlines()
    scores = [[float(part.split()[-1]) for part in line.split(",")] for line in lines if "stock" in line]
    assert len(scores) == 3
    assert all(tuned > stock for stock, tuned in scores), lines
    assert lines[3] == "0"
    assert [line.split()[0] for line in lines[-2:]] == ["accepted", "accepted"]


def test_the_python_of_the_reference_runs(app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Image.fromarray(coffee()).save("photo.jpg", quality=95)
    client, project, dataset = (block.source for block in blocks("python.md") if block.language == "python")
    run_python(client, {}, page="python.md", url=app.url)
    names: dict[str, object] = {}
    run_python(project, names, page="python.md")
    assert names["cup"].area > 40_000  # type: ignore[attr-defined]
    with zipfile.ZipFile("dataset.zip", "w") as archive:
        archive.write("photo.jpg")
    run_python(dataset, names, page="python.md")
    assert (names["report"].format, names["report"].known_images) == ("images", 1)  # type: ignore[attr-defined]
