"""Classes keep their order and their ids from import to export, those without objects too."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
import yaml
from PIL import Image
from typer.testing import CliRunner

from samstudio.cli.app import app

OUTLINE = [30, 20, 50, 20, 50, 45, 30, 45]


@pytest.fixture
def run(tmp_path):
    def command(*words, storage="s"):
        done = CliRunner().invoke(app, ["--storage", str(tmp_path / storage), *map(str, words)])
        assert done.exit_code == 0, done.output
        return done.output

    return command


def write_coco(folder, categories, used):
    folder.mkdir()
    rng = np.random.default_rng(0)
    for number, _ in enumerate(used):
        Image.fromarray(rng.integers(0, 255, (80, 120, 3), np.uint8)).save(folder / f"{number}.png")
    document = {
        "images": [
            {"id": n, "file_name": f"{n}.png", "width": 120, "height": 80} for n, _ in enumerate(used)
        ],
        "annotations": [
            {"id": n, "image_id": n, "category_id": category, "segmentation": [OUTLINE], "iscrowd": 0}
            for n, category in enumerate(used)
        ],
        "categories": categories,
    }
    (folder / "annotations.json").write_text(json.dumps(document))


@pytest.mark.parametrize(
    ("categories", "used"),
    [
        ([(3, "unused"), (5, "first"), (7, "second")], [7, 5]),
        ([(7, "z"), (3, "unused"), (5, "a")], [5, 7]),
        ([(0, "zero"), (1, "one")], [1]),
        ([(90, "b"), (1, "a"), (2, "c"), (89, "d")], [1, 90]),
    ],
)
def test_from_coco(tmp_path, run, categories, used):
    listed = [{"id": number, "name": name, "supercategory": f"of {name}"} for number, name in categories]
    write_coco(tmp_path / "in", listed, used)
    run("import", tmp_path / "in")
    run("export", "--format", "coco", "--out", tmp_path / "coco")
    run("export", "--format", "yolo", "--out", tmp_path / "yolo")
    run("export", "--format", "voc", "--out", tmp_path / "voc")
    written = json.loads((tmp_path / "coco" / "annotations.json").read_text())
    assert written["categories"] == listed
    assert sorted(one["category_id"] for one in written["annotations"]) == sorted(used)
    names = [name for _, name in categories]
    assert list(yaml.safe_load((tmp_path / "yolo" / "data.yaml").read_text())["names"].values()) == names
    lines = (tmp_path / "voc" / "labelmap.txt").read_text().splitlines()
    assert [line.split(":")[0] for line in lines[2:]] == names


def test_from_yolo_and_back(tmp_path, run):
    listed = [{"id": n, "name": name} for n, name in enumerate(("c", "unused", "a", "b"), start=1)]
    write_coco(tmp_path / "in", listed, [4, 1])
    run("import", tmp_path / "in")
    run("export", "--format", "yolo", "--out", tmp_path / "yolo")
    first = (tmp_path / "yolo" / "data.yaml").read_text()
    run("import", tmp_path / "yolo", storage="other")
    run("export", "--format", "yolo", "--out", tmp_path / "again", storage="other")
    assert (tmp_path / "again" / "data.yaml").read_text() == first
    for path in (tmp_path / "yolo" / "labels").iterdir():
        assert (tmp_path / "again" / "labels" / path.name).read_text() == path.read_text()


def test_a_class_that_was_here_before_takes_its_place_in_the_file(tmp_path, run):
    write_coco(tmp_path / "in", [{"id": 1, "name": "second"}], [1])
    run("import", tmp_path / "in")
    shutil.rmtree(tmp_path / "in")
    write_coco(tmp_path / "in", [{"id": 5, "name": "new"}, {"id": 1, "name": "other"}], [5, 1])
    run("import", tmp_path / "in")
    run("export", "--format", "coco", "--out", tmp_path / "out")
    written = json.loads((tmp_path / "out" / "annotations.json").read_text())["categories"]
    assert [one["name"] for one in written] == ["second", "new", "other"]
    assert [one["id"] for one in written][:2] == [1, 5]
    assert len({one["id"] for one in written}) == 3
