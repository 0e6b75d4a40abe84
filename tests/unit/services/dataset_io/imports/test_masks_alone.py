"""Masks without pictures, of images that came in earlier."""

import json
import shutil

import numpy as np
import pytest
import tifffile
from PIL import Image

from samstudio.masks import decode_rle
from samstudio.services.dataset_io.imports.options import ImportOptions
from samstudio.services.dataset_io.imports.service import Importer
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from tests.unit.services.dataset_io.imports.accounts import planned
from tests.unit.services.dataset_io.imports.test_masks import SIZE, VALUES, mask, photo


@pytest.fixture
def importer(images, annotations):
    return Importer(images=images, annotations=annotations)


@pytest.fixture
def source(tmp_path):
    (tmp_path / "new").mkdir()
    return tmp_path / "new"


def earlier(importer, tmp_path, *names: str, size: tuple[int, int] = SIZE) -> None:
    """Import pictures, each from a folder of its own."""
    for seed, name in enumerate(names):
        path = tmp_path / f"earlier-{seed}-{size[0]}" / name
        photo(path, seed + size[0])
        if size != SIZE:
            Image.open(path).resize(size[::-1]).save(path)
        importer.apply(FileTree.of(path.parent), ImportOptions("images"))


def bring(importer, source, **options):
    plan = importer.plan(FileTree.of(source), ImportOptions(**options)).report
    report = importer.apply(FileTree.of(source), ImportOptions(**options))
    assert plan == planned(report)
    assert not any(group.code == "unaccounted" for group in report.groups)
    return report


LAYOUTS = {
    "a folder of masks": ("a.jpg", "masks/a.png"),
    "labels": ("a.png", "labels/train/a.tif"),
    "called a mask": ("a.jpg", "a_mask.png"),
    "cellpose": ("a.tif", "a_cp_masks.tif"),
    "label": ("IMG_1.JPG", "img_1_label.png"),
    "beside, of the image's stem": ("a.jpg", "results/a.png"),
    "an array": ("a.jpg", "a.npy"),
    "an array in a folder": ("a.jpg", "out/a_mask.npy"),
    "without img": ("img_7.jpg", "masks/mask_7.png"),
    "VOC": ("a.jpg", "SegmentationObject/a.png"),
    "MVTec": ("000.png", "ground_truth/crack/000_mask.png"),
}


@pytest.mark.parametrize(("image", "label"), LAYOUTS.values(), ids=LAYOUTS)
def test_masks_alone_are_of_the_dataset(importer, images, annotations, tmp_path, source, image, label):
    earlier(importer, tmp_path, image, "other.png")
    mask(source / label)
    done = bring(importer, source)
    assert images.count() == 2
    assert done.outcomes["image"] == {"taken": 0, "known": 1, "skipped": 0}
    assert done.outcomes["object"] == {"taken": 2, "known": 0, "skipped": 0}
    assert {group.code for group in done.groups} <= {"stored_masks"}
    (found,) = [one for one in images.list() if one.filename == image]
    masks = [decode_rle(one.rle) for one in annotations.list(found.id)]
    assert [int(one.sum()) for one in masks] == [225, 260]
    assert bring(importer, source).outcomes["object"]["known"] == 2


def test_the_plan_says_which_mask_is_of_which_image(importer, tmp_path, source):
    earlier(importer, tmp_path, "a.jpg", "b.jpg")
    for name in ("a.png", "b.png", "c.png"):
        mask(source / "masks" / name)
    plan = importer.plan(FileTree.of(source))
    assert plan.format == "masks"
    assert plan.groups[-1].text == (
        "2 images: are in the dataset, and get the objects of masks that came alone: "
        "a.jpg (masks/a.png), b.jpg (masks/b.png)"
    )
    assert plan.report.outcomes["image"] == {"taken": 0, "known": 2, "skipped": 1}


def test_the_size_tells_which_of_two_images_is_meant(importer, images, annotations, tmp_path, source):
    earlier(importer, tmp_path, "a.png")
    earlier(importer, tmp_path, "a.png", size=(20, 30))
    mask(source / "masks" / "a.png")
    assert bring(importer, source).outcomes["object"]["taken"] == 2
    (first, second) = images.list()
    assert (len(annotations.list(first.id)), len(annotations.list(second.id))) == (2, 0)


def test_a_mask_that_two_images_fit_is_said_and_given_to_none(importer, annotations, tmp_path, source):
    earlier(importer, tmp_path, "a.png", "a.png", "b.png")
    for name in ("a.png", "b.png"):
        mask(source / "masks" / name)
    done = bring(importer, source)
    assert done.outcomes["file"] == {"taken": 1, "known": 0, "skipped": 1}
    assert ("masks/a.png", "mask masks/a.png may be of 2 images called a.png") in done.skipped
    assert done.annotations == 2


def test_masks_of_several_folders_for_one_image_are_said_and_given_to_none(
    importer, annotations, tmp_path, source
):
    earlier(importer, tmp_path, "a.png")
    for day in ("day1", "day2"):
        mask(source / day / "masks" / "a.png")
    with_other = bring(importer, source)
    assert (with_other.annotations, with_other.outcomes["file"]["skipped"]) == (0, 2)
    assert "masks in several folders" in with_other.groups[0].text


def test_a_mask_of_another_size_is_refused_with_both_sizes(importer, annotations, tmp_path, source):
    earlier(importer, tmp_path, "a.jpg")
    mask(source / "masks" / "a.png", VALUES[:20, :30])
    done = bring(importer, source)
    assert annotations.list() == []
    assert any("30x20 pixels but its image is 60x40" in why for _, why in done.skipped)


def test_pictures_are_never_taken_for_masks(importer, images, annotations, tmp_path, source):
    """Photographs of the same names, also beside a mask; and flat pictures that are in the dataset."""
    earlier(importer, tmp_path, "a.png", "b.png")
    photo(source / "a.png", 9)
    mask(source / "b.png")
    done = bring(importer, source)
    assert (done.images, annotations.list()) == (2, [])
    shutil.rmtree(source)
    mask(source / "scan.png", VALUES * 100)
    assert bring(importer, source).images == 1
    again = bring(importer, source)
    assert (again.known_images, again.known_annotations, annotations.list()) == (1, 0, [])


def test_masks_beside_pictures_are_not_of_images_of_the_dataset(importer, annotations, tmp_path, source):
    earlier(importer, tmp_path, "a.jpg")
    photo(source / "images" / "z.jpg", 5)
    mask(source / "masks" / "a.png")
    assert bring(importer, source).images == 1
    assert annotations.list() == []


def test_one_damaged_mask_costs_its_own(importer, annotations, tmp_path, source):
    earlier(importer, tmp_path, "a.jpg", "b.jpg")
    mask(source / "masks" / "a.png")
    (source / "masks" / "b.png").write_bytes((source / "masks" / "a.png").read_bytes()[:60])
    done = bring(importer, source)
    assert done.annotations == 2
    assert any(name == "masks/b.png" for name, _ in done.skipped)


def test_a_stack_of_masks_is_of_the_pages_of_a_stored_file(importer, images, annotations, tmp_path, source):
    pages = np.random.default_rng(0).integers(0, 255, (3, *SIZE)).astype(np.uint8)
    (tmp_path / "earlier").mkdir()
    tifffile.imwrite(tmp_path / "earlier" / "s.tif", pages, photometric="minisblack")
    importer.apply(FileTree.of(tmp_path / "earlier"))
    layers = np.stack([(n == VALUES).astype(np.uint8) for n in (1, 2, 1)])
    tifffile.imwrite(source / "s_mask.tif", layers, photometric="minisblack")
    done = bring(importer, source)
    assert done.outcomes["image"]["known"] == 3
    areas = [[decode_rle(one.rle).sum() for one in annotations.list(image.id)] for image in images.list()]
    assert areas == [[225], [260], [225]]


def test_the_defects_of_mvtec_are_categories(importer, annotations, tmp_path, source):
    earlier(importer, tmp_path, "001.png", "002.png")
    mask(source / "bottle" / "ground_truth" / "crack" / "001_mask.png", VALUES.clip(0, 1) * 255)
    mask(source / "bottle" / "ground_truth" / "hole" / "002_mask.png", VALUES.clip(0, 1) * 255)
    done = bring(importer, source)
    assert (done.format, done.annotations) == ("mvtec", 2)
    assert sorted(one.category.name for one in annotations.list()) == ["crack", "hole"]


def test_a_coco_file_beside_masks_alone_is_of_the_dataset_too(importer, annotations, tmp_path, source):
    earlier(importer, tmp_path, "a.png")
    mask(source / "masks" / "z.png")
    listed = {"id": 1, "image_id": 1, "category_id": 1, "segmentation": [[5, 5, 20, 5, 20, 20]]}
    document = {"images": [{"id": 1, "file_name": "a.png"}], "annotations": [listed]}
    (source / "a.json").write_text(json.dumps({**document, "categories": [{"id": 1, "name": "c"}]}))
    assert bring(importer, source).annotations == 1
