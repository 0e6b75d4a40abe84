"""Annotations of a picture before its EXIF orientation turned it."""

import json

import numpy as np
import pytest
from PIL import Image

from samstudio.masks import decode_rle, encode_rle
from samstudio.services.dataset_io.imports.options import ImportOptions
from samstudio.services.dataset_io.imports.service import Importer
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from samstudio.services.images.readers.orientation import upright
from samstudio.services.proposals.boxes import PendingBoxes
from tests.unit.services.dataset_io.imports.accounts import planned

WIDTH, HEIGHT = 60, 40
"""Of the picture as it is stored."""

INSIDE = np.zeros((HEIGHT, WIDTH), bool)
INSIDE[5:15, 10:30] = True
CORNERS = [10, 5, 30, 5, 30, 15, 10, 15]


@pytest.fixture
def source(tmp_path):
    (tmp_path / "new").mkdir()
    return tmp_path / "new"


@pytest.fixture
def importer(database, images, annotations):
    return Importer(images=images, annotations=annotations, boxes=PendingBoxes(database=database))


def turned_photo(path, orientation: int, size=(HEIGHT, WIDTH)) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (*size, 3), np.uint8)
    exif = Image.Exif()
    exif[0x0112] = orientation
    path.parent.mkdir(exist_ok=True)
    Image.fromarray(pixels).save(path, exif=exif)


def coco(source, *, width=WIDTH, height=HEIGHT, **annotation):
    """A COCO file of one object."""
    listed = {"id": 1, "image_id": 1, "category_id": 1, **annotation}
    image = {"id": 1, "file_name": "a.jpg", "width": width, "height": height}
    document = {"images": [image], "annotations": [listed], "categories": [{"id": 1, "name": "c"}]}
    (source / "a.json").write_text(json.dumps(document))


def coco_rle(source):
    coco(source, segmentation=encode_rle(INSIDE))


def coco_rle_alone(source):
    coco(source, width=None, height=None, segmentation=encode_rle(INSIDE))


def labelme(source):
    pairs = [[x, y] for x, y in zip(CORNERS[::2], CORNERS[1::2], strict=True)]
    shape = {"label": "c", "points": pairs, "shape_type": "polygon"}
    document = {"shapes": [shape], "imagePath": "a.jpg", "imageWidth": WIDTH, "imageHeight": HEIGHT}
    (source / "a.json").write_text(json.dumps(document))


def cvat(source):
    points = ";".join(f"{x},{y}" for x, y in zip(CORNERS[::2], CORNERS[1::2], strict=True))
    (source / "a.xml").write_text(
        f'<annotations><version>1.1</version><image id="0" name="a.jpg" width="{WIDTH}" height="{HEIGHT}">'
        f'<polygon label="c" points="{points}"/></image></annotations>'
    )


def label_studio(source):
    points = [[100 * x / WIDTH, 100 * y / HEIGHT] for x, y in zip(CORNERS[::2], CORNERS[1::2], strict=True)]
    result = {
        "type": "polygonlabels", "from_name": "label", "to_name": "image", "original_width": WIDTH,
        "original_height": HEIGHT, "value": {"points": points, "polygonlabels": ["c"], "closed": True},
    }  # fmt: skip
    task = {"id": 1, "data": {"image": "a.jpg"}, "annotations": [{"id": 1, "result": [result]}]}
    (source / "a.json").write_text(json.dumps([task]))


def voc(source):
    pairs = zip(CORNERS[::2], CORNERS[1::2], strict=True)
    points = "".join(f"<x{n}>{x}</x{n}><y{n}>{y}</y{n}>" for n, (x, y) in enumerate(pairs, start=1))
    (source / "a.xml").write_text(
        f"<annotation><filename>a.jpg</filename><size><width>{WIDTH}</width><height>{HEIGHT}</height></size>"
        f"<object><name>c</name><polygon>{points}</polygon></object></annotation>"
    )


def masks(source):
    (source / "masks").mkdir()
    Image.fromarray(INSIDE.astype(np.uint8)).save(source / "masks" / "a.png")


FORMATS = {
    "coco": lambda source: coco(source, segmentation=[CORNERS]),
    "coco rle": coco_rle,
    "coco rle without a size": coco_rle_alone,
    "labelme": labelme,
    "cvat": cvat,
    "label-studio": label_studio,
    "voc": voc,
    "masks": masks,
}


def bring(importer, source):
    plan = importer.plan(FileTree.of(source), ImportOptions()).report
    report = importer.apply(FileTree.of(source), ImportOptions())
    assert plan == planned(report)
    assert not any(group.code == "unaccounted" for group in report.groups)
    return report


EACH = [("coco", orientation) for orientation in (5, 7, 8)] + [(name, 6) for name in FORMATS]


@pytest.mark.parametrize(("name", "orientation"), EACH)
def test_objects_are_turned_with_their_image(importer, annotations, source, name, orientation):
    turned_photo(source / "a.jpg", orientation)
    FORMATS[name](source)
    done = bring(importer, source)
    assert done.outcomes["object"] == {"taken": 1, "known": 0, "skipped": 0}
    (found,) = annotations.list()
    expected = upright(INSIDE, orientation)
    mask = decode_rle(found.rle)
    assert mask.shape == expected.shape == (WIDTH, HEIGHT)
    wrong = np.count_nonzero(mask != expected)
    assert wrong == 0 or (name == "labelme" and wrong < 70)  # labelme fills the border of its polygons
    (turned,) = [group for group in done.groups if group.code == "turned"]
    assert (turned.count, turned.names, turned.left_out) == (1, ("a.jpg",), False)
    assert bring(importer, source).outcomes["object"]["known"] == 1


@pytest.mark.parametrize("orientation", [5, 6, 7, 8])
def test_boxes_are_turned_with_their_image(importer, database, images, source, orientation):
    turned_photo(source / "a.jpg", orientation)
    coco(source, bbox=[10, 5, 20, 10])
    assert bring(importer, source).waiting == 1
    (image,) = images.list()
    (box,) = PendingBoxes(database=database).of_image(image.id)
    ys, xs = np.nonzero(upright(INSIDE, orientation))
    assert box.box == (xs.min(), ys.min(), xs.max(), ys.max())


@pytest.mark.parametrize("orientation", [6, 8])
def test_annotations_alone_are_turned_with_an_image_of_the_dataset(
    importer, annotations, tmp_path, source, orientation
):
    turned_photo(tmp_path / "earlier" / "a.jpg", orientation)
    importer.apply(FileTree.of(tmp_path / "earlier"))
    coco(source, segmentation=[CORNERS])
    assert bring(importer, source).annotations == 1
    (found,) = annotations.list()
    assert np.array_equal(decode_rle(found.rle), upright(INSIDE, orientation))


@pytest.mark.parametrize(("name", "orientation"), [("coco", 3), *((name, 1) for name in FORMATS)])
def test_sizes_that_no_orientation_explains_are_said(importer, annotations, source, name, orientation):
    turned_photo(source / "a.jpg", orientation, size=(WIDTH, HEIGHT))
    FORMATS[name](source)
    done = bring(importer, source)
    assert (done.annotations, annotations.list()) == (0, [])
    assert done.outcomes["object"]["skipped"] == 1


def test_annotations_that_fit_the_upright_image_are_not_turned(importer, annotations, source):
    turned_photo(source / "a.jpg", 6)
    coco(source, width=HEIGHT, height=WIDTH, segmentation=[[5, 10, 15, 10, 15, 30, 5, 30]])
    done = bring(importer, source)
    assert not any(group.code == "turned" for group in done.groups)
    assert np.array_equal(decode_rle(annotations.list()[0].rle), INSIDE.T)


def test_files_for_either_size_come_in_together(importer, annotations, source):
    turned_photo(source / "a.jpg", 6)
    coco(source, segmentation=[CORNERS])
    (source / "a.json").rename(source / "b.json")
    coco(source, width=HEIGHT, height=WIDTH, segmentation=[[5, 10, 15, 10, 15, 30, 5, 30]])
    done = bring(importer, source)
    assert done.outcomes["object"] == {"taken": 2, "known": 0, "skipped": 0}
    assert sum(group.count for group in done.groups if group.code == "turned") == 1
