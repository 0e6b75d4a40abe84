"""`samstudio import` as scripts run it."""

import json
import zipfile

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from samstudio.cli.app import app
from samstudio.config import Settings
from samstudio.project import open_project
from tests.unit.services.pictures import colours, encoded

RUN = CliRunner()


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "set"
    (folder / "images").mkdir(parents=True)
    for n in range(2):
        (folder / "images" / f"{n}.png").write_bytes(encoded(colours(seed=n), "PNG"))
    listed = [{"id": 5, "image_id": 1, "category_id": 7, "segmentation": [[2, 2, 9, 2, 9, 9]]}]
    listed += [{"id": 6, "image_id": 9, "category_id": 7}, {"id": 7, "image_id": 9, "category_id": 7}]
    document = {
        "images": [{"id": n, "file_name": f"{n}.png"} for n in range(2)],
        "annotations": listed,
        "categories": [
            {"id": 3, "name": "unused", "description": "two\nlines\x00"},
            {"id": 7, "name": "cup", "supercategory": "dish", "description": 5},
        ],
    }
    (folder / "labels.json").write_text(json.dumps(document))
    return folder


@pytest.fixture
def storage(tmp_path):
    return tmp_path / "storage"


def run(storage, *arguments):
    return RUN.invoke(app, ["--storage", str(storage), "import", *map(str, arguments)])


def last_json(done):
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout.splitlines()[-1])


def test_a_source_is_recognised_planned_and_imported(source, storage):
    for options in (["--dry-run"], ["--dry-run"], []):
        found = last_json(run(storage, source, "--json", *options))
        assert (found["format"], found["images"], found["annotations"]) == ("coco", 2, 1)
        assert found["dry_run"] is bool(options)
        assert found["outcomes"] == {
            "file": {"taken": 1, "known": 0, "skipped": 0},
            "image": {"taken": 2, "known": 0, "skipped": 0},
            "object": {"taken": 1, "known": 0, "skipped": 2},
        }
        assert [group["count"] for group in found["groups"]] == [2]
    again = last_json(run(storage, source, "--json"))
    assert (again["images"], again["known_images"], again["known_annotations"]) == (0, 2, 1)


def test_reasons_are_told_a_sentence_each(source, storage):
    done = run(storage, source)
    assert done.stderr.splitlines() == [
        "skipped: 2 objects: belong to an image that is not listed: "
        "annotation 6 of labels.json, annotation 7 of labels.json"
    ]
    assert done.stdout.splitlines()[-1] == (
        "2 new images and 1 new masks imported (0 images and 0 masks were there already), 2 skipped"
    )


@pytest.mark.parametrize("how", ["zip", "file and folder", "json of images that are there"])
def test_sources_of_every_kind(source, storage, tmp_path, how):
    if how == "zip":
        with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive:
            for path in source.rglob("*.*"):
                archive.write(path, path.relative_to(source))
            archive.writestr("../outside.txt", "x")
        found = last_json(run(storage, tmp_path / "set.zip", "--json"))
        assert found["outcomes"]["file"] == {"taken": 1, "known": 0, "skipped": 1}
        assert not list(storage.glob("import-*"))
    elif how == "file and folder":
        found = last_json(run(storage, source / "images", source / "labels.json", "--json"))
    else:
        last_json(run(storage, source / "images", "--json"))
        found = last_json(run(storage, source / "labels.json", "--json"))
    assert (found["images"] + found["known_images"], found["annotations"]) == (2, 1)


def test_the_products_own_storage_is_no_source(source, storage):
    last_json(run(source / "storage", source, "--json"))
    found = last_json(run(source / "storage", source, "--json"))
    assert (found["images"], found["known_images"]) == (0, 2)
    assert found["outcomes"]["file"]["skipped"] == 0


def test_numbers_order_and_words_of_categories_come_in(source, storage, tmp_path):
    last_json(run(storage, source, "--json"))
    out = tmp_path / "out"
    done = RUN.invoke(app, ["--storage", str(storage), "export", "--format", "coco", "--out", str(out)])
    assert done.exit_code == 0, done.output
    written = json.loads((out / "annotations.json").read_text())["categories"]
    assert [(each["id"], each["name"], each["supercategory"]) for each in written] == [
        (3, "unused", ""),
        (7, "cup", "dish"),
    ]
    assert [each.get("description") for each in written] == ["two\nlines\N{REPLACEMENT CHARACTER}", None]


def test_what_a_person_made_of_categories_goes_out_and_comes_in(source, storage, tmp_path):
    last_json(run(storage, source, "--json"))
    with open_project(Settings(storage=storage)) as project:
        unused, cup = project.annotations.categories()
        project.categories.change(cup.id, name="mug", supercategory="crockery", description="with a handle")
        project.categories.add("jar", supercategory="crockery")
        project.categories.move(unused.id, before=None)
    documents = []
    for into in (storage, tmp_path / "other"):
        out = tmp_path / f"out{len(documents)}"
        done = RUN.invoke(app, ["--storage", str(into), "export", "--format", "coco", "--out", str(out)])
        assert done.exit_code == 0, done.output
        documents.append(json.loads((out / "annotations.json").read_text())["categories"])
        last_json(run(tmp_path / "other", out, "--json"))
    assert documents[0] == documents[1]
    assert [(one["name"], one["supercategory"]) for one in documents[0]] == [
        ("mug", "crockery"), ("jar", "crockery"), ("unused", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ([], "name a folder or a file to import"),
        (["nowhere"], "nowhere does not exist"),
        (["SET", "--images", "SET"], "give either SOURCE"),
        (["SET", "--coco", "SET/labels.json"], "name the folder of images with --images"),
        (["--images", "SET", "--coco", "SET/labels.json", "--format", "masks"], "name two formats"),
        (["SET", "--format", "nonsense"], "there is no format 'nonsense': choose one of images, masks, coco"),
        (["SET/labels.json"], "nothing could be imported"),
    ],
)
def test_mistakes_are_one_sentence(source, storage, arguments, why):
    done = run(storage, *(each.replace("SET", str(source)) for each in arguments))
    assert done.exit_code != 0
    assert why in str(done.exception) + done.output


def test_masks_beside_a_coco_file_are_held_back(source, storage):
    for n in range(2):
        labels = np.zeros((24, 36), np.uint8)
        labels[3:9, 3:9] = 1
        (source / "masks").mkdir(exist_ok=True)
        Image.fromarray(labels).save(source / "masks" / f"{n}.png")
    found = last_json(run(storage, source, "--json"))
    assert (found["format"], found["images"]) == ("coco", 2)
    assert {group["code"] for group in found["groups"]} >= {"mask_picture"}
