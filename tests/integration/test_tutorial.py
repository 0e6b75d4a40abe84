"""The tutorial from its first block to its last, with the real app and real weights; the Python page too.

The first block (clone, make run) is what brought this test here; an app over an empty folder stands for it.
What the loop left, a tuned version and pictures that it never saw, is then looked at from the command line
and by another process: tuning takes a minute, so once is enough.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage.data import coffee

from samstudio.client import Client
from samstudio.config import Settings
from samstudio.domain import Prompt
from samstudio.project import open_project
from tests.code_blocks import Block, blocks, run_python
from tests.integration.commands import run_json
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


@dataclass(frozen=True)
class Followed:
    """What is left of it: the folder that the reader worked in, the app's storage, and what was printed."""

    folder: Path
    storage: Path
    printed: str


@pytest.fixture(scope="module")
def followed(app: App, storage: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Followed]:
    first, *others = blocks("tutorial.md")
    assert "git clone" in first.source
    assert "make run" in first.source
    assert TUNE in "".join(block.source for block in others)
    folder, reader, printed = tmp_path_factory.mktemp("reader"), Reader(storage, app.url), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(printed):
        patch.chdir(folder)
        for block in others:
            said = reader.follow(block)
            if TUNE in block.source and "is live" not in said:
                said = reader.follow(Block(block.language, block.source.replace(TUNE, PATIENT)))
                assert "is live" in said
    yield Followed(folder, storage, printed.getvalue())
    reader.close()


def test_each_block_of_the_tutorial_runs(followed: Followed) -> None:
    _check_what_was_printed(followed.printed)
    made = followed.folder / "tutorial"
    coco = json.loads((made / "dataset/annotations.json").read_text())
    assert (len(coco["images"]), len(coco["annotations"])) == (9, 18)
    assert (made / "tuned.onnx").stat().st_size > 10_000_000
    inside = Image.open(made / "mask.png")
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


def test_tune_promotes_what_is_better(followed: Followed) -> None:
    last = run_json(followed.storage, "jobs")["jobs"][0]
    result = last["result"]
    assert (result["promoted"], result["code"]) == (True, "promoted"), last["reason"]
    assert result["candidate_miou"] > result["base_miou"] + 0.05


def test_the_gain_holds_on_images_nobody_trained_on(followed: Followed) -> None:
    new = followed.folder / "tutorial/new"
    folders = ("--images", new / "images", "--masks", new / "masks")
    stock = run_json(followed.storage, "evaluate", *folders, "--version", 0)
    live = run_json(followed.storage, "evaluate", *folders, "--protocols", "all")
    assert (stock["version"], live["n_objects"]) == (0, 6)
    assert live["version"] > 0
    assert live["miou"] > stock["miou"] + 0.05
    assert live["protocols"]["box"] == live["miou"]
    assert list(stock["protocols"]) == ["box"], "the others take ten times as long"
    assert list(live["protocols"]) == ["box", "jitter", "click", "clicks3"]


def test_predict_writes_the_mask_of_the_version_asked_for(followed: Followed, tmp_path: Path) -> None:
    image = followed.folder / "tutorial/new/images/cell-100.png"
    answers = {}
    for version in ("live", "0"):
        out = tmp_path / f"{version}.png"
        answers[version] = run_json(
            followed.storage, "predict", image, "--box", "30,30,90,90", "--version", version, "--out", out
        )
        mask = np.asarray(Image.open(out))
        assert mask.shape == (256, 256)
        assert set(np.unique(mask)) <= {0, 255}
        assert np.count_nonzero(mask) == answers[version]["area"]
    assert answers["live"]["version"] > 0
    assert answers["0"]["version"] == 0


def test_another_process_serves_the_promoted_version_at_its_next_request(followed: Followed) -> None:
    with open_project(Settings(storage=followed.storage)) as project:
        tuned = project.versions.live().number
        picture = followed.folder / "tutorial/new/images/cell-101.png"
        image = project.images.add(picture.read_bytes(), filename="p.png").image
        prompt = Prompt(box=(30.0, 30.0, 90.0, 90.0))
        tuned_mask = project.predictions.predict(image.id, prompt)
        assert tuned_mask.version == tuned > 0
        assert run_json(followed.storage, "rollback")["live"] == 0
        assert project.predictions.predict(image.id, prompt).version == 0
        assert run_json(followed.storage, "promote", tuned)["live"] == tuned
        again = project.predictions.predict(image.id, prompt)
        assert again.version == tuned
        np.testing.assert_array_equal(again.low_res_logits, tuned_mask.low_res_logits)


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
