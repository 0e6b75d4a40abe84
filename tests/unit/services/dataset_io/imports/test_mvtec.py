from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from samstudio.domain import InvalidInput
from samstudio.masks import decode_rle
from samstudio.services.dataset_io.imports.formats import ImportRequest, Sureness, recognise
from samstudio.services.dataset_io.imports.formats.mvtec import read_mvtec, recognise_mvtec
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from tests.unit.services.dataset_io.imports.accounts import check_files, objects_of
from tests.unit.services.dataset_io.imports.reading import image_folder

SIZE = (40, 60)
INSIDE = np.zeros(SIZE, bool)
INSIDE[5:20, 5:20] = True


def mask(path: Path, inside: np.ndarray = INSIDE) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(inside.astype(np.uint8) * 255).save(path)


def product(root: Path) -> None:
    image_folder(root, "train/good/000.png", "test/good/000.png", "test/crack/000.png", "test/hole/000.png")
    mask(root / "ground_truth" / "crack" / "000_mask.png")
    mask(root / "ground_truth" / "hole" / "000_mask.png")


@pytest.mark.parametrize("products", [("",), ("bottle",), ("bottle", "cable")], ids=str)
def test_a_defect_is_a_category_and_good_images_have_no_objects(tmp_path, products):
    for name in products:
        product(tmp_path / name)
    (tmp_path / "license.txt").write_text("CC")
    tree = FileTree.of(tmp_path)
    assert recognise_mvtec(tree).sureness is Sureness.CERTAIN
    assert recognise(tree).name == "mvtec"
    reading = read_mvtec(tree, ImportRequest())
    assert reading.categories == ["crack", "hole"]
    assert check_files(tree, reading) == ["license.txt"]
    assert len(reading.images) == 4 * len(products)
    for name in products:
        at = f"{name}/" if name else ""
        for defect in ("crack", "hole"):
            (found,) = objects_of(reading, f"{at}test/{defect}/000.png", SIZE).objects
            assert found.category == defect
            assert np.array_equal(decode_rle(found.rle), INSIDE)
        for good in ("train/good", "test/good"):
            assert objects_of(reading, f"{at}{good}/000.png", SIZE).objects == []
    assert [image.code for image in reading.images] == [""] * len(reading.images)


VARIANTS = {
    "BTAD": ("test/ko/0001.bmp", ["ground_truth/ko/0001.png"]),
    "LOCO": ("test/crack/000.png", ["ground_truth/crack/000/000.png", "ground_truth/crack/000/001.png"]),
    "capitals": ("Test/Crack/000.PNG", ["Ground_Truth/Crack/000_mask.png"]),
}


@pytest.mark.parametrize(("image", "masks"), VARIANTS.values(), ids=VARIANTS)
def test_relatives_of_the_layout(tmp_path, image, masks):
    image_folder(tmp_path, image)
    for name in masks:
        mask(tmp_path / name)
    tree = FileTree.of(tmp_path)
    reading = read_mvtec(tree, ImportRequest())
    assert len(objects_of(reading, image, SIZE).objects) == len(masks)
    assert check_files(tree, reading) == []


def test_what_does_not_fit_is_named(tmp_path):
    product(tmp_path)
    image_folder(tmp_path, "test/crack/001.png")
    mask(tmp_path / "ground_truth" / "crack" / "009_mask.png")
    tree = FileTree.of(tmp_path)
    reading = read_mvtec(tree, ImportRequest())
    assert [(each.name, each.code) for each in reading.skipped] == [
        ("ground_truth/crack/009_mask.png", "mask_alone")
    ]
    assert {image.name: image.code for image in reading.images if image.code} == {
        "test/crack/001.png": "no_mask"
    }
    assert check_files(tree, reading) == []


def test_separate_parts_are_objects_where_asked(tmp_path):
    image_folder(tmp_path, "test/crack/000.png")
    two = INSIDE.copy()
    two[25:35, 40:50] = True
    mask(tmp_path / "ground_truth" / "crack" / "000_mask.png", two)
    tree = FileTree.of(tmp_path)
    (whole,) = objects_of(read_mvtec(tree, ImportRequest()), "test/crack/000.png", SIZE).objects
    assert whole.doubt == "it has 2 separate parts, and was taken as one object"
    split = objects_of(read_mvtec(tree, ImportRequest(split_parts=True)), "test/crack/000.png", SIZE).objects
    assert [each.label for each in split] == ["value 255, part 1", "value 255, part 2"]


def test_another_layout(tmp_path):
    tree = FileTree.of(image_folder(tmp_path, "test/a.png", "train/b.png"))
    assert recognise_mvtec(tree) is None
    with pytest.raises(InvalidInput, match="is not laid out as MVTec AD"):
        read_mvtec(tree, ImportRequest())
