"""What is exported, and that whatever is left out is counted and named."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from PIL import Image

from samstudio.domain import AnnotationStatus, InvalidInput
from samstudio.services.bulk import ImageMarks
from samstudio.services.dataset_io.exports import EXPORT_FORMATS

REJECTED, PROPOSED, ACCEPTED = AnnotationStatus.REJECTED, AnnotationStatus.PROPOSED, AnnotationStatus.ACCEPTED


def coco(dataset):
    document = json.loads((dataset.out / "annotations.json").read_text())
    names = {one["id"]: one["name"] for one in document["categories"]}
    files = {one["id"]: one["file_name"] for one in document["images"]}
    objects = sorted((files[a["image_id"]], names[a["category_id"]]) for a in document["annotations"])
    return sorted(files.values()), objects


@pytest.fixture
def mixed(dataset):
    dataset.add("a.png", "cup", "plate", group="kitchen")
    dataset.add("b.png", "cup", status=PROPOSED)
    dataset.add("c.png", "plate", status=REJECTED, group="hall")
    dataset.add("d.png")
    return dataset


@pytest.mark.parametrize(
    ("choice", "stems", "objects"),
    [
        ({}, "a", ["a cup", "a plate"]),
        ({"statuses": (ACCEPTED, PROPOSED)}, "ab", ["a cup", "a plate", "b cup"]),
        ({"statuses": (REJECTED,)}, "c", ["c plate"]),
        ({"categories": ("plate",)}, "a", ["a plate"]),
        ({"groups": ("kitchen",)}, "a", ["a cup", "a plate"]),
        ({"with_empty": True}, "acd", ["a cup", "a plate"]),
        ({"with_empty": True, "groups": ("hall",)}, "c", []),
        ({"with_empty": True, "statuses": (ACCEPTED, PROPOSED)}, "abcd", ["a cup", "a plate", "b cup"]),
    ],
)
def test_what_is_chosen_is_written(mixed, export, choice, stems, objects):
    export("coco", **choice)
    found, written = coco(mixed)
    assert found == [f"{one}.png" for one in stems]
    assert [f"{name[0]} {category}" for name, category in written] == objects


@pytest.mark.parametrize(
    ("choice", "stems"),
    [
        ({"tags": ("hard",)}, "ab"),
        ({"tags": ("night", "rain")}, "bc"),
        ({"tags": ("",)}, "d"),
        ({"tags": ("", "rain")}, "cd"),
        ({"splits": ("test",)}, "a"),
        ({"splits": ("",)}, "bd"),
        ({"splits": ("val", "test"), "tags": ("rain",)}, "c"),
    ],
)
def test_images_are_chosen_by_tag_and_by_the_split_that_a_person_gave(dataset, export, choice, stems):
    for name in "abcd":
        dataset.add(f"{name}.png", "cup")
    dataset.put("a.png", "hard", split="test")
    dataset.put("b.png", "hard", "night")
    dataset.put("c.png", "rain", split="val")
    export("coco", **choice)
    assert coco(dataset)[0] == [f"{one}.png" for one in stems]


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ({"tags": ("soft",)}, "there is no tag 'soft': there is hard|there are hard"),
        ({"splits": ("training",)}, "there is no split 'training': there are train, val, test"),
    ],
)
def test_a_tag_or_split_that_is_not_there_is_said(dataset, export, choice, said):
    dataset.add("a.png", "cup")
    dataset.put("a.png", "hard")
    with pytest.raises(InvalidInput, match=said):
        export("coco", **choice)


def test_every_image_is_written_or_counted(mixed, export):
    assert export("coco") == ["3 images have no accepted object and were left out: b.png, c.png, d.png"]
    assert export("coco", with_empty=True) == [
        "1 image has proposed objects on which nobody has decided, and was left out: b.png"
    ]


def test_notes_are_grouped_and_lie_beside_the_export(dataset, export):
    dataset.add("a.png", "cup")
    for number in range(30):
        dataset.add(f"empty_{number:02}.png")
    (note,) = export("masks")
    assert note.startswith("30 images have no accepted object and were left out: empty_00.png, ")
    assert note.endswith(" and 25 more")
    assert (dataset.out / "samstudio-notes-masks.txt").read_text() == f"{note}\n"
    export("masks", with_empty=True)
    assert not (dataset.out / "samstudio-notes-masks.txt").exists()


@pytest.mark.parametrize("name", EXPORT_FORMATS.names())
def test_images_are_left_out_when_asked(mixed, export, name):
    export(name, with_images=False)
    pictures = {path for path in mixed.files() if re.search(r"(images|JPEGImages|train)/[^/]*\.png$", path)}
    assert not pictures


@pytest.mark.parametrize("name", EXPORT_FORMATS.names())
def test_negatives_are_written_in_every_format(dataset, export, name):
    dataset.add("a.png", "cup")
    dataset.add("empty.png")
    report = dataset.service.export(name, dataset.out)
    assert report.images == 1
    assert "1 image has no accepted object and was left out: empty.png" in report.notes
    assert export(name, with_empty=True) == []


def test_an_empty_image_is_an_empty_label_in_text_and_in_pictures(dataset, export):
    dataset.add("a.png", "cup")
    dataset.add("empty.png")
    for name in ("yolo", "voc", "masks"):
        export(name, with_empty=True)
    assert (dataset.out / "labels" / "empty.txt").read_text() == ""
    for folder in ("masks", "SegmentationObject", "SegmentationClass"):
        assert not np.asarray(Image.open(dataset.out / folder / "empty.png")).any()


def test_images_of_no_group_are_chosen_by_no_name(dataset, export):
    for name, group in (("a.png", "x"), ("b.png", None), ("c.png", "y")):
        dataset.add(name, "cup", group=group)
    for groups, images in (("",), {"b.png"}), (("", "x"), {"a.png", "b.png"}):
        export("labelme", groups=groups)
        assert {name for name in dataset.files() if name.endswith(".png")} == images


@pytest.mark.parametrize("name", EXPORT_FORMATS.names())
def test_an_image_whose_file_is_missing_costs_that_image(dataset, export, name):
    dataset.add("a.png", "cup")
    (lost,) = dataset.add("lost.png", "cup")
    dataset.images.path(lost.image_id).unlink()
    report = dataset.service.export(name, dataset.out)
    assert report.images == 1
    assert report.notes[0] == (
        "1 image was left out because the stored file is missing or cannot be read: lost.png"
    )
    assert not [path for path in dataset.files() if "lost" in path]


def test_what_is_not_there_is_said_with_what_is(mixed, export):
    with pytest.raises(InvalidInput, match="there is no category 'cop': there are cup, plate"):
        export("coco", categories=("cop",))
    with pytest.raises(InvalidInput, match="there is no group 'x': there are hall, kitchen"):
        export("coco", groups=("x",))
    with pytest.raises(InvalidInput, match="no image has a usable proposed object of the category plate"):
        export("coco", statuses=(PROPOSED,), categories=("plate",))
    assert not mixed.out.exists()


def test_braces_in_names_are_text(dataset, export):
    dataset.add("{a}.png", "{cup} %s")
    dataset.add("{0}.png")
    (note,) = export("coco", categories=("{cup} %s",))
    assert note == "1 image has no accepted object of the category {cup} %s and was left out: {0}.png"


def test_a_covered_object_is_named(dataset, export):
    small, large = dataset.add("a.png", "cup", "cup")
    mask = np.ones((24, 36), bool)
    from samstudio.masks import encode_rle

    dataset.annotations.update(large.id, revision=1, rle=encode_rle(mask), rank=large.id + 5)
    overlaps, covered = export("masks")
    assert overlaps.startswith("64 pixels belong to several objects, and a label picture holds one a pixel")
    assert covered.startswith("1 object was wholly covered by others and has no pixel in the label picture")
    assert covered.endswith(f": {small.id} on a.png")


@pytest.fixture
def said(mixed, database):
    """A person said of a, of b, on which something is proposed, and of d that there is nothing on them."""
    marks = ImageMarks(database=database)
    for one in mixed.images.list():
        if one.filename in ("a.png", "b.png", "d.png"):
            marks.change(one.id, [("state", "nothing")])
    return mixed


@pytest.mark.parametrize("name", EXPORT_FORMATS.names())
def test_an_image_with_nothing_on_it_is_written_without_being_asked_for(said, name):
    report = said.service.export(name, said.out)
    assert (report.images, report.annotations) == (3, 2)
    assert not any("b.png" in note or "d.png" in note for note in report.notes)


@pytest.mark.parametrize(
    ("choice", "stems", "objects"),
    [
        ({}, "abd", ["a cup", "a plate"]),
        ({"categories": ("plate",)}, "abd", ["a plate"]),
        ({"categories": ("cup",), "groups": ("",)}, "bd", []),
        ({"statuses": (ACCEPTED, PROPOSED)}, "abd", ["a cup", "a plate", "b cup"]),
        ({"statuses": (PROPOSED,)}, "b", ["b cup"]),
    ],
)
def test_nothing_here_is_a_negative_beside_accepted_objects(said, export, choice, stems, objects):
    export("coco", **choice)
    found, written = coco(said)
    assert found == [f"{one}.png" for one in stems]
    assert [f"{name[0]} {category}" for name, category in written] == objects


def test_nothing_here_does_not_hide_objects_of_other_categories(said, export):
    notes = export("coco", categories=("plate",), groups=("kitchen", ""))
    assert coco(said)[0] == ["a.png", "b.png", "d.png"]
    other = said.images.named("a.png")[0]
    cup = next(one for one in said.annotations.list(other.id) if one.category.name == "plate")
    said.annotations.delete(cup.id)
    (note,) = [one for one in export("coco", categories=("plate",)) if "a.png" in one]
    assert "no accepted object of the category plate" in note
    assert not any("a.png" in one for one in notes)


def test_notes_and_flags_are_attributes_of_coco(mixed, export, database):
    image = mixed.images.named("a.png")[0]
    ImageMarks(database=database).change(image.id, [("note", "blurred"), ("flag", "")])
    first, _ = mixed.annotations.list(image.id)
    mixed.annotations.update(first.id, revision=first.revision, note="half hidden")
    export("coco")
    document = json.loads((mixed.out / "annotations.json").read_text())
    assert [one.get("attributes") for one in document["images"]] == [{"note": "blurred", "flagged": True}]
    assert [one.get("attributes") for one in document["annotations"]] == [{"note": "half hidden"}, None]
