from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from samstudio.domain import AnnotationStatus, InvalidInput
from samstudio.masks import decode_rle
from samstudio.services.dataset_io.imports.formats import ImportRequest, Sureness, recognise
from samstudio.services.dataset_io.imports.formats.masks import read_masks, recognise_masks
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from tests.unit.services.dataset_io.imports.accounts import check_files, objects_of

SIZE = (40, 60)
VALUES = np.zeros(SIZE, np.uint8)
VALUES[5:20, 5:20] = 1
VALUES[22:35, 30:50] = 2


def photo(path: Path, seed: int = 0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 255, (*SIZE, 3), np.uint8)
    Image.fromarray(pixels).save(path)


def mask(path: Path, values: np.ndarray = VALUES) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".npy":
        np.save(path, values)
    elif path.suffix.startswith(".tif"):
        tifffile.imwrite(path, values)
    else:
        Image.fromarray(values).save(path)


LAYOUTS = {
    "siblings": {"images/a.jpg": "masks/a.png", "images/b.jpg": "masks/b.png"},
    "labels": {"images/a.jpg": "labels/a.tif"},
    "gt": {"photos/a.jpg": "gt/a.png"},
    "one folder, same stem": {"a.jpg": "a.png"},
    "one folder, named": {"a.png": "a_mask.png", "b.png": "b_mask.png"},
    "one folder, label": {"a.tif": "a_label.tif"},
    "one folder, before": {"img_1.png": "mask_1.png"},
    "below": {"day1/a.jpg": "day1/a.png", "day2/a.jpg": "day2/a.png"},
    "arrays": {"a.jpg": "a.npy", "b.jpg": "b.npy"},
    "cellpose": {"a.tif": "a_cp_masks.png"},
    "JPEG masks": {"images/a.jpg": "masks/a.jpg"},
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_masks_are_recognised_and_read(tmp_path, layout):
    for number, (image, label) in enumerate(layout.items()):
        photo(tmp_path / image, number)
        mask(tmp_path / label, (VALUES > 0).astype(np.uint8) * 255 if label.endswith("jpg") else VALUES)
    tree = FileTree.of(tmp_path)
    assert recognise_masks(tree).sureness is Sureness.LIKELY
    assert recognise(tree).name == "masks"
    reading = read_masks(tree, ImportRequest("cell"))
    assert {image.name for image in reading.images} == set(layout)
    assert reading.used == set(layout.values())
    assert check_files(tree, reading) == []
    for image, label in layout.items():
        found = objects_of(reading, image, SIZE)
        assert {each.category for each in found.objects} == {"cell"}
        if not label.endswith("jpg"):
            assert [each.label for each in found.objects] == ["value 1", "value 2"]
            assert [int(decode_rle(each.rle).sum()) for each in found.objects] == [225, 260]


def test_pictures_of_one_name_that_are_both_photographs_are_two_images(tmp_path):
    photo(tmp_path / "a.png", 1)
    photo(tmp_path / "a.jpg", 2)
    assert recognise_masks(FileTree.of(tmp_path)) is None


def test_each_mask_has_one_outcome(tmp_path):
    for name in ("images/a.jpg", "images/a.png", "images/b.jpg", "images/c.jpg"):
        photo(tmp_path / name)
    for name in ("masks/a.png", "masks/b.png", "masks/b.tif", "masks/lonely.png"):
        mask(tmp_path / name)
    tree = FileTree.of(tmp_path)
    reading = read_masks(tree, ImportRequest())
    assert check_files(tree, reading) == []
    assert {each.name: each.why for each in reading.skipped} == {
        "masks/a.png": "mask masks/a.png may be of images/a.jpg or of images/a.png",
        "masks/b.tif": "images/b.jpg has another mask, masks/b.png",
        "masks/lonely.png": "mask masks/lonely.png has no image of that name",
    }
    notes = {image.name: image.code for image in reading.images}
    assert notes == {
        "images/a.jpg": "no_mask", "images/a.png": "no_mask", "images/b.jpg": "", "images/c.jpg": "no_mask",
    }  # fmt: skip


def test_a_mask_of_two_images_goes_to_the_one_of_its_size(tmp_path):
    photo(tmp_path / "images" / "a.jpg")
    Image.new("RGB", (9, 9)).save(tmp_path / "images" / "a.png")
    mask(tmp_path / "masks" / "a.png")
    reading = read_masks(FileTree.of(tmp_path), ImportRequest())
    assert [each.label for each in objects_of(reading, "images/a.jpg", SIZE).objects] == [
        "value 1",
        "value 2",
    ]
    assert reading.skipped == []


def test_a_named_folder_of_masks_may_lie_anywhere(tmp_path):
    photo(tmp_path / "in" / "a.jpg")
    photo(tmp_path / "in" / "b.jpg")
    mask(tmp_path / "elsewhere" / "a.png")
    mask(tmp_path / "elsewhere" / "x.png")
    tree = FileTree.of(tmp_path / "in")
    reading = read_masks(tree, ImportRequest(source=tmp_path / "elsewhere"))
    assert len(objects_of(reading, "a.jpg", SIZE).objects) == 2
    assert [(each.name, each.code) for each in reading.skipped] == [("x.png", "mask_alone")]
    assert check_files(tree, reading) == []


def test_the_folder_of_the_images_may_be_named_as_that_of_the_masks(tmp_path):
    photo(tmp_path / "c.jpg")
    mask(tmp_path / "c.png")
    tree = FileTree.of(tmp_path)
    reading = read_masks(tree, ImportRequest(source=tmp_path))
    assert [image.name for image in reading.images] == ["c.jpg"]
    assert len(objects_of(reading, "c.jpg", SIZE).objects) == 2
    assert check_files(tree, reading) == []


def test_a_folder_of_masks_that_is_missing(tmp_path):
    photo(tmp_path / "a.jpg")
    with pytest.raises(InvalidInput, match=r"the masks folder .* does not exist"):
        read_masks(FileTree.of(tmp_path), ImportRequest(source=tmp_path / "no"))


def test_what_may_be_no_object_is_proposed_and_what_is_none_is_told(tmp_path):
    values = VALUES.copy()
    values[0, 0] = 3
    photo(tmp_path / "a.jpg")
    mask(tmp_path / "a.png", values)
    photo(tmp_path / "b.jpg")
    rim = VALUES.copy()
    rim[4:21, 4:21][VALUES[4:21, 4:21] == 0] = 255
    mask(tmp_path / "b.png", rim)
    reading = read_masks(FileTree.of(tmp_path), ImportRequest())
    found = objects_of(reading, "a.jpg", SIZE)
    assert [(each.status, each.code) for each in found.objects] == [
        (None, ""),
        (None, ""),
        (AnnotationStatus.PROPOSED, "speck"),
    ]
    (void,) = objects_of(reading, "b.jpg", SIZE).skipped
    assert void.why.startswith("b.png: value 255 is no object: it is a rim around objects")


def test_one_bad_mask_of_several_costs_its_own_objects(tmp_path):
    photo(tmp_path / "a.png")
    mask(tmp_path / "a_mask.png", (VALUES == 1).astype(np.uint8) * 255)
    mask(tmp_path / "a_mask_1.png", (VALUES == 2).astype(np.uint8) * 255)
    mask(tmp_path / "a_mask_2.png", VALUES[:20])
    reading = read_masks(FileTree.of(tmp_path), ImportRequest())
    found = objects_of(reading, "a.png", SIZE)
    assert [each.label for each in found.objects] == ["value 255 of a_mask.png", "value 255 of a_mask_1.png"]
    assert [each.why for each in found.skipped] == [
        "mask a_mask_2.png is 60x20 pixels but its image is 60x40: they must have one size"
    ]


def test_pickled_masks_of_cellpose_are_refused_by_name(tmp_path):
    photo(tmp_path / "a.png")
    np.save(tmp_path / "a_seg.npy", np.array({"masks": VALUES}, object))
    reading = read_masks(FileTree.of(tmp_path), ImportRequest())
    (left,) = objects_of(reading, "a.png", SIZE).skipped
    assert "holds pickled Python objects" in left.why
