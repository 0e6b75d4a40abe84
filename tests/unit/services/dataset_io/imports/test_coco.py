"""COCO files: every entry is taken, or left out by itself with a true reason."""

import json
from typing import Any

import numpy as np
import pytest

from samstudio.domain import AnnotationStatus, InvalidInput
from samstudio.masks import decode_rle, encode_rle
from samstudio.services.dataset_io.imports.formats import ImportRequest, recognise
from samstudio.services.dataset_io.imports.formats.coco import read_coco
from samstudio.services.dataset_io.imports.reading import EntryKind
from samstudio.services.dataset_io.imports.source.file_tree import FileTree

SIZE = (20, 30)
MASK = np.zeros(SIZE, bool)
MASK[5:9, 4:14] = True
POLYGON = [4, 5, 14, 5, 14, 9, 4, 9]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "sub").mkdir(parents=True)
    for name in ("a.png", "b.png", "sub/c.png"):
        (tmp_path / name).write_bytes(b"not read here")
    return tmp_path


def write(folder, annotations, *, images: Any = None, categories: Any = None, name="coco.json"):
    listed = images or [
        {"id": 7, "file_name": "a.png", "width": 30, "height": 20},
        {"id": 8, "file_name": "sub/c.png", "width": 30, "height": 20},
    ]
    document = {
        "images": listed,
        "annotations": [
            {"id": i, "image_id": 7, "category_id": 3, "segmentation": [POLYGON], **a}
            if isinstance(a, dict)
            else a
            for i, a in enumerate(annotations)
        ],
        "categories": categories or [{"id": 3, "name": "crack"}],
    }
    (folder / name).write_text(json.dumps(document))


def read(folder, annotations=(), **rest):
    write(folder, annotations, **rest)
    return read_coco(FileTree.of(folder), ImportRequest())


def of_image(reading, name="a.png"):
    (image,) = [image for image in reading.images if image.name == name]
    found = image.objects(SIZE)
    assert image.entries == len(found.objects) + sum(each.count for each in found.skipped)
    return found.objects, [f"{each.name}: {each.why}" for each in found.skipped]


RUNS = {"size": [20, 30], "counts": [4 * 20 + 5, *([4, 16] * 9), 4, 11 + 16 * 20]}


@pytest.mark.parametrize(
    "segmentation",
    [
        encode_rle(MASK),
        RUNS,
        [POLYGON],
        POLYGON,
        [[POLYGON[i : i + 2] for i in range(0, 8, 2)]],
        [[str(number) for number in POLYGON]],
        [RUNS],
        {**RUNS, "counts": [float(run) for run in RUNS["counts"]]},
        [[4, 5, 9, 5, 9, 9, 4, 9], [9, 5, 14, 5, 14, 9, 9, 9]],
        [encode_rle(MASK), POLYGON],
    ],
)
def test_every_notation_of_a_mask_is_the_mask(folder, segmentation):
    found, problems = of_image(read(folder, [{"segmentation": segmentation}]))
    assert problems == []
    assert [each.category for each in found] == ["crack"]
    assert np.array_equal(decode_rle(found[0].rle), MASK)


@pytest.mark.parametrize(
    ("annotation", "why"),
    [
        ({"category_id": 9}, "no category 9"),
        ({"category_id": None}, "no id"),
        ({"category_id": [3]}, "no id"),
        ({"segmentation": encode_rle(np.zeros(SIZE, bool))}, "the mask is empty"),
        ({"segmentation": encode_rle(MASK.T)}, "the mask is 20x30 pixels but its image is 30x20"),
        ({"segmentation": {"size": ["30", "20"], "counts": RUNS["counts"]}}, "the mask is 20x30"),
        ({"segmentation": {"size": [20, 30], "counts": "xx"}}, "not a COCO run-length mask"),
        ({"segmentation": [[1, 2, 3, 4]]}, "fewer than 3 points"),
        ({"segmentation": [[1, 2, 3, 4, 5]]}, "fewer than 3 points"),
        ({"segmentation": [[1, 2, 3, 4, 5, 1e9]]}, "far outside"),
        ({"segmentation": [[1, 2, 3, 4, 5, float("nan")]]}, "not finite"),
        ({"segmentation": [[1, 2, 3, 4, 5, 6, 7]]}, "odd number of coordinates"),
        ({"segmentation": [[0.1, 0.1, 0.9, 0.1, 0.9, 0.8]]}, "from 0 to 1, which are no pixels"),
        ({"segmentation": [], "bbox": [0.1, 0.1, 0.5, 1]}, "from 0 to 1, which are no pixels"),
        ({"segmentation": "7,8,9"}, "no list and no run-lengths"),
        ({"segmentation": {"counts": [3]}}, "its size is not two numbers"),
        ({"segmentation": {"size": [20, 30], "counts": [0.5, 599.5]}}, "counts are no run lengths"),
        ({"segmentation": {"size": [20, 30], "counts": [5, 9]}}, "20x30 pixels: they have 14"),
        ({"segmentation": [["a", 2, 3, 4, 5, 6]]}, "not a list of numbers"),
        ({"segmentation": [[True, 2, 3, 4, 5, 6]]}, "not a list of numbers"),
        ({"segmentation": [7]}, "fewer than 3 points"),
        ({"segmentation": "mask.png"}, "no list and no run-lengths"),
        ({"segmentation": []}, "has no mask"),
        ({"segmentation": [], "bbox": [1, 2, 0, 4]}, "holds no pixel"),
        ({"segmentation": [], "bbox": [100, 2, 3, 4]}, "holds no pixel"),
        ({"segmentation": None, "bbox": [1, 2, "x", 4]}, "not four numbers"),
        ({"segmentation": None, "bbox": {"x": 1}}, "not four numbers"),
    ],
)
def test_a_bad_annotation_costs_itself(folder, annotation, why):
    found, problems = of_image(read(folder, [annotation, {}]))
    assert len(found) == 1
    assert len(problems) == 1
    assert problems[0].startswith("annotation 0 of a.png: ")
    assert why in problems[0]


@pytest.mark.parametrize("given", [7, "7", 7.0, " 7 ", "0007", "a.png", "a"])
@pytest.mark.parametrize("written", [7, "7", 7.0, "007"])
def test_ids_match_across_types(folder, given, written):
    listed = [{"id": written, "file_name": "a.png"}]
    reading = read(folder, [{"image_id": given}], images=listed)
    assert len(of_image(reading)[0]) == 1
    assert reading.skipped == []


@pytest.mark.parametrize(
    ("annotation", "why"),
    [
        ({"image_id": 99}, "the file has no image 99"),
        ({"image_id": None}, "its image_id None is no id"),
        ({"image_id": True}, "its image_id True is no id"),
        ({"image_id": [7]}, "its image_id [7] is no id"),
        ({"image_id": 7.5}, "its image_id 7.5 is no id"),
    ],
)
def test_an_object_without_its_image_is_counted(folder, annotation, why):
    reading = read(folder, [annotation, {}])
    assert [(e.kind, e.name, e.why) for e in reading.skipped] == [
        (EntryKind.OBJECT, "annotation 0 of coco.json", why)
    ]
    assert len(of_image(reading)[0]) == 1


def test_a_missing_image_id_is_said(folder):
    write(folder, [])
    document = json.loads((folder / "coco.json").read_text())
    document["annotations"] = [{"item_id": 1}, 7]
    (folder / "coco.json").write_text(json.dumps(document))
    reading = read_coco(FileTree.of(folder), ImportRequest())
    assert [e.why for e in reading.skipped] == ["it is no JSON object", "it has no image_id"]


def test_an_id_of_two_images_or_two_categories_is_not_guessed(folder):
    twice = [
        {"id": 7, "file_name": "a.png"},
        {"id": 7, "file_name": "b.png"},
        {"id": 8, "file_name": "sub/c.png"},
    ]
    reading = read(folder, [{}], images=twice)
    assert [e.why for e in reading.skipped] == ["the file has 2 entries with the image id 7"]
    reading = read(folder, [{}], categories=[{"id": 3, "name": "one"}, {"id": "3", "name": "two"}])
    assert [each.category for each in of_image(reading)[0]] == ["one"]
    reading = read(folder, [{}], categories=[{"id": 3, "name": "one"}, {"id": 3, "name": "two"}])
    assert of_image(reading)[1] == ["annotation 0 of a.png: the file has 2 entries with the category id 3"]


def test_the_same_image_entry_twice_is_one_image(folder):
    reading = read(folder, [{}], images=[{"id": 7, "file_name": "a.png"}] * 2)
    assert len(of_image(reading)[0]) == 1
    assert [image.name for image in reading.images] == ["a.png", "b.png", "sub/c.png"]


@pytest.mark.parametrize("crowd", [1, "1", True, 1.0])
def test_crowd_regions_are_proposals_to_look_at(folder, crowd):
    found, problems = of_image(read(folder, [{"iscrowd": crowd}, {"iscrowd": "0"}, {"iscrowd": None}]))
    assert problems == []
    assert [each.status for each in found] == [AnnotationStatus.PROPOSED, None, None]
    assert "crowd region" in found[0].doubt


def test_a_box_without_a_mask_waits_for_one(folder):
    found, problems = of_image(read(folder, [{"segmentation": [], "bbox": [2, 3, 100, 4]}]))
    assert problems == []
    assert (found[0].rle, found[0].box) == (None, (2, 3, 29, 6))


@pytest.mark.parametrize(
    "segmentation", [[[]], {}, [[1, 2, 3, 4]], "mask.png", {"size": [20, 30], "counts": "xx"}]
)
def test_a_box_is_taken_where_the_outline_cannot_be(folder, segmentation):
    found, problems = of_image(read(folder, [{"segmentation": segmentation, "bbox": [2, 3, 5, 4]}]))
    assert problems == []
    assert (found[0].rle, found[0].box) == (None, (2, 3, 6, 6))


def test_a_mask_of_another_size_is_not_replaced_by_its_box(folder):
    found, problems = of_image(read(folder, [{"segmentation": encode_rle(MASK.T), "bbox": [2, 3, 5, 4]}]))
    assert found == []
    assert len(problems) == 1


@pytest.mark.parametrize("given", ["crack", "03", "3"])
def test_categories_are_found_by_name_and_by_ids_of_other_types(folder, given):
    assert [each.category for each in of_image(read(folder, [{"category_id": given}]))[0]] == ["crack"]


def test_a_part_that_cannot_be_used_costs_itself(folder):
    found, problems = of_image(read(folder, [{"segmentation": [POLYGON, [1, 2, 3, 4]]}]))
    assert problems == []
    assert np.array_equal(decode_rle(found[0].rle), MASK)
    assert found[0].doubt == "one of its polygons has fewer than 3 points; the rest was taken"


def test_images_by_path_name_case_and_spelling(folder):
    listed = [
        {"id": 7, "file_name": "train2017/A.PNG"},
        {"id": 8, "file_name": "sub\\c.png"},
        {"id": 9, "file_name": "../../b.png"},
        {"id": 10, "file_name": "gone.png"},
    ]
    reading = read(folder, [{}], images=listed)
    assert [(image.name, image.file is None) for image in reading.images] == [
        ("a.png", False),
        ("b.png", False),
        ("sub/c.png", False),
        ("gone.png", True),
    ]
    assert len(of_image(reading)[0]) == 1


@pytest.mark.parametrize(
    "named",
    [
        {"file_name": "https://example.org/images/a.png?token=1"},
        {"file_name": "s3://bucket/images/a.png"},
        {"coco_url": "http://images.cocodataset.org/train2017/a.png"},
        {"file_name": "", "flickr_url": "http://example.org/a.png"},
    ],
)
def test_images_named_by_a_url(folder, named):
    assert len(of_image(read(folder, [{}], images=[{"id": 7, **named}]))[0]) == 1


@pytest.mark.parametrize("name", ["", " ", None, ["a"]])
def test_a_category_without_a_name_is_said_to_have_none(folder, name):
    _, problems = of_image(read(folder, [{}], categories=[{"id": 3, "name": name}, {"id": 4, "name": "b"}]))
    assert problems == ["annotation 0 of a.png: its category 3 has no name in the file"]


def test_a_name_that_may_be_two_files_is_not_guessed(folder):
    (folder / "other").mkdir()
    (folder / "other/c.png").write_bytes(b"x")
    reading = read(folder, [{}], images=[{"id": 7, "file_name": "c.png"}])
    assert [(e.kind, e.why) for e in reading.skipped] == [
        (EntryKind.IMAGE, "c.png in coco.json may be other/c.png or sub/c.png"),
        (EntryKind.OBJECT, "its image may be other/c.png or sub/c.png"),
    ]


def test_an_image_of_another_size_costs_its_annotations(folder):
    reading = read(folder, [{}, {}], images=[{"id": 7, "file_name": "a.png", "width": 20, "height": "30"}])
    found, problems = of_image(reading)
    assert found == []
    assert problems == [
        "a.png: a.png is 30x20 pixels but coco.json says 20x30: its annotations are for another size"
    ]


def test_sizes_that_say_nothing_are_not_compared(folder):
    for size in ({"width": None, "height": None}, {"width": 0, "height": 0}, {"width": "wide"}):
        reading = read(folder, [{}], images=[{"id": 7, "file_name": "a.png", **size}])
        assert len(of_image(reading)[0]) == 1


def test_an_image_that_is_not_listed_comes_in_alone(folder):
    (image,) = [image for image in read(folder).images if image.name == "b.png"]
    assert (image.entries, image.note) == (0, "is not listed in the COCO file")


def test_several_files_are_read_as_one(folder):
    write(folder, [{}], name="train.json", images=[{"id": 7, "file_name": "a.png"}])
    other = [{"id": 7, "file_name": "b.png"}, {"id": 8, "file_name": "a.png"}]
    write(folder, [{}, {"image_id": 8, "category_id": 1}], name="val.json", images=other, categories=[
        {"id": 1, "name": "first"}, {"id": 3, "name": "crack"}])  # fmt: skip
    reading = read_coco(FileTree.of(folder), ImportRequest())
    assert [each.category for each in of_image(reading)[0]] == ["crack", "first"]
    assert len(of_image(reading, "b.png")[0]) == 1
    assert reading.used == {"train.json", "val.json"}
    assert reading.categories == ["crack", "first"]


def test_categories_keep_the_files_order_with_unused_ones(folder):
    given = [{"id": 9, "name": "unused"}, {"id": 3, "name": "crack"}, {"id": 1, "name": 5}, {"id": 2}, 4]
    assert read(folder, [{}], categories=given).categories == ["unused", "crack", "5"]


def test_a_file_without_categories_takes_the_one_that_is_asked_for(folder):
    write(folder, [{}])
    document = json.loads((folder / "coco.json").read_text())
    del document["categories"]
    (folder / "coco.json").write_text(json.dumps(document))
    reading = read_coco(FileTree.of(folder), ImportRequest(category="cup"))
    assert [each.category for each in of_image(reading)[0]] == ["cup"]


def test_a_coco_file_is_recognised_whatever_its_name_and_encoding(folder):
    write(folder, [{}], name="labels.JSON")
    text = (folder / "labels.JSON").read_text()
    (folder / "labels.JSON").write_bytes(text.encode("utf-16"))
    (folder / "other.json").write_text('{"images": 3}')
    (folder / "broken.json").write_text('{"images": [')
    tree = FileTree.of(folder)
    assert recognise(tree).name == "coco"
    assert read_coco(tree, ImportRequest()).used == {"labels.JSON"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("not json", "is not JSON"),
        ("[]", "no list of images"),
        ('{"images": [], "annotations": {}, "categories": []}', "no list of annotations"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_files_that_are_not_coco(folder, text, why):
    (folder / "x.json").write_text(text)
    with pytest.raises(InvalidInput, match=why):
        read_coco(FileTree.of(folder), ImportRequest(source=folder / "x.json"))


def test_a_missing_file(folder):
    with pytest.raises(InvalidInput, match="cannot be read: No such file"):
        read_coco(FileTree.of(folder), ImportRequest(source=folder / "none.json"))
    with pytest.raises(InvalidInput, match="holds no COCO"):
        read_coco(FileTree.of(folder), ImportRequest())
