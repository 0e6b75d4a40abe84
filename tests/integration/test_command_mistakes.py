"""Mistakes on the command line: each is one sentence that names its input, and leaves nothing behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.commands import fails, run_json
from tests.synthetic import write_folder


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    write_folder(folder / "train", count=1)
    return folder


def test_tune_on_an_empty_dataset(tmp_path: Path) -> None:
    assert "nothing to learn from" in fails(tmp_path / "s", "tune")


def test_boxes(data: Path, tmp_path: Path) -> None:
    image = data / "train/images/picture_00.png"
    out = tmp_path / "mask.png"
    for box, word in {
        "300,300,400,400": "outside",
        "50,50,50,90": "no area",
        "1,2,3": "X0,Y0,X1,Y1",
        "nan,1,2,3": "four numbers",
    }.items():
        assert word in fails(tmp_path / "s", "predict", image, "--box", box, "--out", out)
    assert not out.exists()


def test_predict_without_a_prompt(data: Path, tmp_path: Path) -> None:
    image = data / "train/images/picture_00.png"
    assert "--box" in fails(tmp_path / "s", "predict", image, "--out", tmp_path / "m.png")


def test_files_that_are_not_images(tmp_path: Path) -> None:
    folder = tmp_path / "bad"
    folder.mkdir()
    (folder / "notes.png").write_text("not a picture at all")
    message = fails(tmp_path / "s", "import", "--images", folder)
    assert "notes.png" in message
    assert "notes.png" in fails(
        tmp_path / "s", "predict", folder / "notes.png", "--box", "1,1,5,5", "--out", tmp_path / "m.png"
    )
    assert run_json(tmp_path / "s", "versions")["live"] == 0


def test_unknown_versions(tmp_path: Path) -> None:
    assert "7" in fails(tmp_path / "s", "promote", 7)
    assert "stock" in fails(tmp_path / "s", "rollback").lower()


def test_missing_folders(tmp_path: Path) -> None:
    assert "nowhere" in fails(tmp_path / "s", "import", "--images", tmp_path / "nowhere")


def test_storage_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert "file" in fails(tmp_path / "file", "versions")
    (tmp_path / "studio.db").write_text("not a database at all, for sure")
    assert "studio.db" in fails(tmp_path, "versions")
