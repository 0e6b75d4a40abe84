"""COCO's panoptic masks: pictures of ids beside a file that lists them."""

import json

import numpy as np
import pytest
from PIL import Image

from samstudio.masks import decode_rle
from samstudio.services.dataset_io.imports.options import ImportOptions
from samstudio.services.dataset_io.imports.service import Importer
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from samstudio.services.proposals.boxes import PendingBoxes
from tests.unit.services.dataset_io.imports.accounts import planned
from tests.unit.services.dataset_io.imports.test_masks import SIZE, VALUES, photo

IDS = {1: 5, 2: 70_000}
"""The id of each value of the mask; the second one needs three colours."""


@pytest.fixture
def source(tmp_path):
    (tmp_path / "new").mkdir()
    return tmp_path / "new"


@pytest.fixture
def importer(database, images, annotations):
    return Importer(images=images, annotations=annotations, boxes=PendingBoxes(database=database))


def picture(path, values=VALUES) -> None:
    ids = np.zeros(values.shape, np.int64)
    for value, number in IDS.items():
        ids[values == value] = number
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.stack([ids % 256, ids // 256 % 256, ids // 65536], axis=-1).astype(np.uint8)).save(
        path
    )


def document(path, *, image="a.jpg", mask="a.png", segments=None, **annotation) -> None:
    listed = [{"id": number, "category_id": value, "bbox": [5, 5, 9, 9]} for value, number in IDS.items()]
    one = {"image_id": 7, "file_name": mask, "segments_info": listed if segments is None else segments}
    entry = {"id": 7, "file_name": image, "width": SIZE[1], "height": SIZE[0]}
    categories = [{"id": 1, "name": "cat", "isthing": 1}, {"id": 2, "name": "sky", "isthing": 0}]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        json.dumps({"images": [entry], "annotations": [{**one, **annotation}], "categories": categories})
    )


def bring(importer, folder, **options):
    plan = importer.plan(FileTree.of(folder), ImportOptions(**options)).report
    report = importer.apply(FileTree.of(folder), ImportOptions(**options))
    assert plan == planned(report)
    assert not any(group.code == "unaccounted" for group in report.groups)
    return report


LAYOUTS = {
    "as COCO has it": (
        "val2017/a.jpg",
        "annotations/panoptic_val2017.json",
        "annotations/panoptic_val2017/a.png",
    ),
    "all beside each other": ("a.jpg", "p.json", "a.png"),
    "one name for both": ("images/a.png", "panoptic.json", "panoptic/a.png"),
}


@pytest.mark.parametrize(("image", "listed", "mask"), LAYOUTS.values(), ids=LAYOUTS)
def test_segments_come_in_to_the_pixel(importer, images, annotations, source, image, listed, mask):
    photo(source / image)
    picture(source / mask)
    document(source / listed, image=image.rsplit("/", 1)[-1])
    done = bring(importer, source)
    assert (done.format, done.skipped, images.count()) == ("coco", [], 1)
    assert done.outcomes["file"] == {"taken": 2, "known": 0, "skipped": 0}
    found = {one.category.name: decode_rle(one.rle) for one in annotations.list()}
    assert np.array_equal(found["cat"], VALUES == 1)
    assert np.array_equal(found["sky"], VALUES == 2)


def test_pictures_and_masks_may_lie_apart(importer, annotations, source, tmp_path):
    photo(source / "a.jpg")
    picture(tmp_path / "p" / "a.png")
    document(tmp_path / "p.json")
    assert bring(importer, source, format="coco", source=tmp_path / "p.json").annotations == 2


def test_a_picture_that_is_missing_leaves_the_boxes(importer, source):
    photo(source / "a.jpg")
    document(source / "p.json")
    done = bring(importer, source)
    assert (done.annotations, done.waiting) == (0, 2)
    assert "their boxes were taken" in done.groups[-1].text


ODD_SEGMENTS = [
    ([{"id": 5, "category_id": 1}, None, 3], 1, 2),
    ([{"id": 6, "category_id": 1}, {"id": "x", "category_id": 1}, {"category_id": 1}], 0, 3),
    ([{"id": 5, "category_id": 9}, {"id": 70_000, "category_id": 2}], 1, 1),
    ([], 0, 0),
]


@pytest.mark.parametrize(("segments", "taken", "skipped"), ODD_SEGMENTS)
def test_each_segment_has_an_outcome(importer, source, segments, taken, skipped):
    photo(source / "a.jpg")
    picture(source / "a.png")
    document(source / "p.json", segments=segments)
    assert bring(importer, source).outcomes["object"] == {"taken": taken, "known": 0, "skipped": skipped}


def test_segments_of_an_image_that_is_not_listed_are_counted(importer, source):
    photo(source / "a.jpg")
    picture(source / "a.png")
    document(source / "p.json", image_id=9)
    assert bring(importer, source).outcomes["object"] == {"taken": 0, "known": 0, "skipped": 2}


def test_a_picture_of_another_size_costs_its_segments(importer, source):
    photo(source / "a.jpg")
    picture(source / "a.png", VALUES[:, :30])
    document(source / "p.json")
    done = bring(importer, source)
    assert done.outcomes["object"] == {"taken": 0, "known": 0, "skipped": 2}
    assert any("30x40 pixels but its image is 60x40" in why for _, why in done.skipped)


def test_ids_that_the_file_does_not_list_and_crowds_are_said(importer, source):
    photo(source / "a.jpg")
    picture(source / "a.png")
    document(source / "p.json", segments=[{"id": 5, "category_id": 1, "iscrowd": 1}])
    done = bring(importer, source)
    assert done.annotations == 1
    assert "a.png has 1 id that the file does not list (70000)" in done.groups[-1].text
