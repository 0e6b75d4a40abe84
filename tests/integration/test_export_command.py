"""The export command: its choices, its notes on standard error and in JSON, and its refusals."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from samstudio.cli.app import app
from samstudio.domain import InvalidInput


@pytest.fixture
def run(tmp_path):
    """Two images, one of them with a mask, and the command on them."""
    for folder in ("images", "masks"):
        (tmp_path / folder).mkdir()
    rng = np.random.default_rng(0)
    for name in "ab":
        Image.fromarray(rng.integers(0, 255, (40, 50, 3), np.uint8)).save(tmp_path / "images" / f"{name}.png")
    mask = np.zeros((40, 50), np.uint8)
    mask[5:20, 5:20] = 1
    Image.fromarray(mask).save(tmp_path / "masks" / "a.png")

    def command(*words):
        return CliRunner().invoke(app, ["--storage", str(tmp_path / "s"), *map(str, words)])

    done = command("import", "--images", tmp_path / "images", "--masks", tmp_path / "masks")
    assert done.exit_code == 0, done.output
    return command


LEFT_OUT = "1 image has no accepted object and was left out: b.png"


def test_what_is_left_out_is_said(run, tmp_path):
    done = run("export", "--format", "coco", "--out", tmp_path / "out", "--json")
    assert json.loads(done.stdout) == {
        "format": "coco",
        "out": str(tmp_path / "out"),
        "images": 1,
        "annotations": 1,
        "files": 2,
        "notes": [LEFT_OUT],
    }
    assert done.stderr == f"note: {LEFT_OUT}\n"


def test_what_is_chosen_is_written(run, tmp_path):
    out = tmp_path / "out"
    done = run("export", "--format", "masks", "--out", out, "--with-empty", "--no-images")
    assert (done.exit_code, done.stderr) == (0, "")
    assert sorted(path.name for path in out.rglob("*.png")) == ["a.png", "b.png"]
    measured = ["--format", "measurements", "--pixel-size", "0.5mm", "--category", "object"]
    assert run("export", *measured, "--out", out).exit_code == 0
    assert ",0.5,mm,56.25," in (out / "measurements.csv").read_text().replace('"', "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--category", "cup"], "there is no category 'cup': there are object"),
        (["--group", "g"], "there is no group 'g': there is none"),
        (["--status", "rejected"], "no image has a usable rejected object"),
        (["--pixel-size", "2 furlongs"], "the pixel size '2 furlongs' is no length with a unit"),
    ],
)
def test_a_choice_of_nothing_is_one_line(run, tmp_path, words, said):
    done = run("export", "--format", "coco", "--out", tmp_path / "out", *words)
    assert (done.exit_code, done.stdout) == (1, "")
    assert isinstance(done.exception, InvalidInput)  # which `main` prints as one line
    assert said in str(done.exception)


def test_a_file_in_the_way_is_named_and_kept(run, tmp_path):
    before = (tmp_path / "masks" / "a.png").read_bytes()
    done = run("export", "--format", "masks", "--out", tmp_path)
    assert (done.exit_code, (tmp_path / "masks" / "a.png").read_bytes()) == (1, before)
    assert "not written by an export from here: masks/a.png" in str(done.exception)


def test_pixel_sizes_are_set_once_for_every_export(run, tmp_path):
    told = json.loads(run("pixel-size", "0.5mm", "a.png=1x2mm", "--json").stdout)
    assert told == {
        "pixel_size": {"width": 0.5, "height": 0.5, "unit": "mm"},
        "images": 2,
        "images_with_pixel_size": 1,
    }
    out = tmp_path / "out"
    done = run("export", "--format", "measurements", "--out", out)
    assert done.exit_code == 0
    assert ",1,2,mm,450," in (out / "measurements.csv").read_text().replace('"', "")
    assert (
        run("pixel-size", "none", "a.png=none").stdout.strip()
        == "none for all images; 0 of 2 images have their own"
    )
    assert run("export", "--format", "measurements", "--out", out).exit_code == 0
    assert ",,,,," in (out / "measurements.csv").read_text()
    for wrong in ("c.png=1um", "1", "1 inch"):
        assert run("pixel-size", wrong).exit_code != 0
