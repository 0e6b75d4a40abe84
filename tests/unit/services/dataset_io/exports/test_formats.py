import json
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import text

from samstudio.domain import InvalidInput, NewAnnotation
from samstudio.masks import encode_rle
from samstudio.services.dataset_io import DatasetService
from samstudio.services.dataset_io.exports.yolo import yaml_text
from tests.unit.services.pictures import colours, encoded


def rle(x0, x1):
    mask = np.zeros((24, 36), bool)
    mask[4:20, x0:x1] = True
    return encode_rle(mask)


@pytest.fixture
def overlapping(images, annotations):
    """A small object and, added later, a large one over it."""
    image = images.add(encoded(colours(), "PNG"), filename="a.png").image
    new = [NewAnnotation(image.id, "small", rle(10, 14)), NewAnnotation(image.id, "large", rle(4, 30))]
    return annotations.add_many(new)


@pytest.fixture
def export(images, annotations, tmp_path):
    def run(name):
        DatasetService(images=images, annotations=annotations).export(name, tmp_path / name)
        return tmp_path / name

    return run


def labels(folder):
    return np.asarray(Image.open(folder / "masks" / "a.png"))


def test_a_small_object_stays_whole_where_nobody_ordered_them(overlapping, export):
    assert labels(export("masks"))[8, 12] == 1


def test_the_order_that_a_person_gave_holds(overlapping, annotations, export):
    small, large = overlapping
    annotations.update(small.id, revision=1, rank=small.id - 0.5)
    assert labels(export("masks"))[8, 12] == 2
    annotations.update(small.id, revision=2, rank=large.id + 1)
    shown = labels(export("masks"))
    assert (shown[8, 12], shown[8, 5]) == (2, 1)
    document = json.loads((export("coco") / "annotations.json").read_text())
    assert [one["id"] for one in document["annotations"]] == [large.id, small.id]


@pytest.fixture
def odd_shapes(images, annotations):
    """A ring, two parts, and one pixel, of two categories, in an image of 24x36."""
    image = images.add(encoded(colours(), "PNG"), filename="a.png").image
    ring, parts, dot = (np.zeros((24, 36), bool) for _ in range(3))
    ring[2:12, 2:12] = True
    ring[5:9, 5:9] = False
    parts[14:22, 3:9] = parts[15:20, 20:30] = True
    dot[3, 30] = True
    kinds = (("cell", ring), ("cell", parts), ('a "dot"', dot))
    annotations.add_many([NewAnnotation(image.id, kind, encode_rle(mask)) for kind, mask in kinds])
    return ring, parts, dot


def painted(line, *, height=24, width=36):
    """A YOLO line as Ultralytics paints it (``polygon2mask``)."""
    outline = np.array(line.split()[1:], np.float32).reshape(-1, 2) * (width, height)
    picture = np.zeros((height, width), np.uint8)
    cv2.fillPoly(picture, [outline.astype(np.int32)], 1)
    return picture.astype(bool)


def test_yolo_lines_hold_holes_and_parts(odd_shapes, export):
    folder = export("yolo")
    lines = (folder / "labels" / "a.txt").read_text().splitlines()
    assert [line.split()[0] for line in lines] == ["0", "0", "1"]
    ring, parts, dot = (painted(line) for line in lines)
    assert np.array_equal(ring, odd_shapes[0])
    assert np.array_equal(dot, odd_shapes[2])
    assert np.all(parts[odd_shapes[1]])
    assert np.count_nonzero(parts & ~odd_shapes[1]) <= 11, "the cut between two parts is as wide as the gap"
    document = yaml.safe_load((folder / "data.yaml").read_text())
    names = {0: "cell", 1: 'a "dot"'}
    assert document == {"train": "train.txt", "val": "val.txt", "names": names}
    assert [(folder / f"{split}.txt").read_text() for split in ("train", "val")] == ["./images/a.png\n"] * 2
    assert (folder / "images" / "a.png").is_file()


def test_voc_has_boxes_and_both_pictures(odd_shapes, export):
    folder = export("voc")
    objects, kinds = (
        np.asarray(Image.open(folder / f"Segmentation{of}" / "a.png")) for of in ("Object", "Class")
    )
    for value, mask in enumerate(odd_shapes, start=1):
        assert np.array_equal(objects == value, mask)
    assert np.array_equal(kinds == 1, odd_shapes[0] | odd_shapes[1])
    assert np.array_equal(kinds == 2, odd_shapes[2])
    assert Image.open(folder / "SegmentationClass" / "a.png").getpalette()[:9] == [
        0,
        0,
        0,
        128,
        0,
        0,
        0,
        128,
        0,
    ]
    found = ElementTree.parse(folder / "Annotations" / "a.xml").getroot()
    assert [found.findtext(f"size/{side}") for side in ("width", "height", "depth")] == ["36", "24", "3"]
    assert [one.findtext("name") for one in found.iter("object")] == ["cell", "cell", 'a "dot"']
    box = found.findall("object/bndbox")[0]
    assert [int(side.text) for side in box] == [3, 3, 12, 12]
    assert (folder / "labelmap.txt").read_text().split("\n") == [
        "# label:color_rgb:parts:actions",
        "background:0,0,0::",
        "cell:128,0,0::",
        'a "dot":0,128,0::',
        "",
    ]
    assert (folder / "ImageSets/Segmentation/default.txt").read_text() == "a\n"


def test_more_objects_than_voc_holds_is_said_before_anything_is_written(images, annotations, export):
    image = images.add(encoded(colours(), "PNG"), filename="many.png").image
    annotations.add_many([NewAnnotation(image.id, "dot", rle(4, 9)) for _ in range(255)])
    with pytest.raises(
        InvalidInput, match=r"1 image has more than 254 objects and was left out: export as coco: many\.png"
    ):
        export("voc")


@pytest.mark.parametrize("name", ["coco", "yolo", "voc", "masks"])
def test_a_mask_that_cannot_be_used_is_left_out_and_named(
    overlapping, images, annotations, database, tmp_path, name
):
    small, _ = overlapping
    alone = images.add(encoded(colours(seed=5), "PNG"), filename="b.png").image
    lost = annotations.add(NewAnnotation(alone.id, "small", rle(10, 14)))
    with database.write() as session:
        values = {"rle": json.dumps({"size": [24, 36], "counts": "?!"})}
        session.execute(text("UPDATE annotations SET rle = :rle WHERE id IN (1, 3)"), values)
    assert (small.id, lost.id) == (1, 3)
    report = DatasetService(images=images, annotations=annotations).export(name, tmp_path / name)
    assert (report.images, report.annotations) == (1, 1)
    objects, images = report.notes[:2]
    assert objects.startswith("2 objects were left out: ")
    assert objects.endswith(": 1 on a.png, 3 on b.png")
    assert images == "1 image was left out because no mask there can be used: b.png"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_any_name_is_read_from_yaml_as_it_is(name):
    assert yaml.safe_load(f"names:\n  0: {yaml_text(name)}\n") == {"names": {0: name}}
