from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samstudio.domain import InvalidInput
from samstudio.masks import decode_rle
from samstudio.services.dataset_io.imports.formats import ImportRequest, Sureness, recognise
from samstudio.services.dataset_io.imports.formats.yolo import read_yolo, recognise_yolo
from samstudio.services.dataset_io.imports.names import category_name
from samstudio.services.dataset_io.imports.parsing.yolo_config import YoloConfig
from samstudio.services.dataset_io.imports.parsing.yolo_lines import object_of, parse_line
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from tests.unit.services.dataset_io.imports.accounts import check_files, objects_of
from tests.unit.services.dataset_io.imports.reading import image_folder

SIZE = (80, 120)
SQUARE = "0 0.25 0.25 0.5 0.25 0.5 0.5 0.25 0.5\n"
BOX = "1 0.5 0.5 0.25 0.5\n"
YAML = "names: [cup, plate]\n"


def folder(root: Path, files: dict[str, str], *images: str) -> FileTree:
    image_folder(root, *images)
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return FileTree.of(root)


LAYOUTS = {
    "Ultralytics": (
        {"data.yaml": f"path: .\ntrain: images/train\nval: images/val\n{YAML}"},
        "images/train/a.jpg",
        "labels/train/a.txt",
    ),
    "Roboflow": (
        {"data.yaml": f"train: ../train/images\n{YAML}nc: 2\n"},
        "train/images/a.jpg",
        "train/labels/a.txt",
    ),
    "names by number": ({"data.yaml": "names:\n  0: cup\n  1: plate\n"}, "images/a.jpg", "labels/a.txt"),
    "names by text": ({"data.yaml": "names: {'0': cup, '1': plate}\n"}, "images/a.jpg", "labels/a.txt"),
    "another name": ({"coco8.yml": YAML}, "images/a.jpg", "labels/a.txt"),
    "a list of images": (
        {"data.yaml": f"train: train.txt\n{YAML}", "train.txt": "./images/a.jpg\n"},
        "images/a.jpg",
        "labels/a.txt",
    ),
    "one folder": ({"data.yaml": YAML}, "a.jpg", "a.txt"),
    "labelImg": ({"classes.txt": "cup\nplate\n"}, "a.jpg", "a.txt"),
    "Label Studio": ({"classes.txt": "cup\nplate\n\n"}, "images/a.jpg", "labels/a.txt"),
    "CVAT": (
        {
            "obj.names": "cup\nplate\n",
            "obj.data": "classes = 2\nnames = data/obj.names\n",
            "train.txt": "data/obj_train_data/a.jpg\n",
        },
        "obj_train_data/a.jpg",
        "obj_train_data/a.txt",
    ),
    "darknet": ({"train/_darknet.labels": "cup\nplate\n"}, "train/a.jpg", "train/a.txt"),
    "byte order mark": ({"data.yaml": "\ufeff" + YAML}, "images/a.jpg", "labels/a.txt"),
}


@pytest.mark.parametrize(("files", "image", "label"), LAYOUTS.values(), ids=LAYOUTS)
def test_layouts_are_recognised_and_read(tmp_path, files, image, label):
    tree = folder(tmp_path, {**files, label: SQUARE + BOX}, image)
    assert recognise_yolo(tree).sureness is Sureness.CERTAIN
    assert recognise(tree).name == "yolo"
    reading = read_yolo(tree, ImportRequest())
    assert reading.categories == ["cup", "plate"]
    assert reading.used == {*files, label}
    assert check_files(tree, reading) == []
    square, box = objects_of(reading, image, SIZE).objects
    assert (square.category, square.label) == ("cup", f"{label}:1")
    assert (box.category, box.rle, box.box) == ("plate", None, (45, 20, 74, 59))
    mask = np.zeros(SIZE, bool)
    mask[20:41, 30:61] = True
    assert np.array_equal(decode_rle(square.rle), mask)


def test_without_names_classes_are_called_by_their_number(tmp_path):
    tree = folder(tmp_path, {"a.txt": SQUARE + BOX}, "a.jpg")
    assert recognise_yolo(tree).sureness is Sureness.LIKELY
    reading = read_yolo(tree, ImportRequest())
    assert [each.category for each in objects_of(reading, "a.jpg", SIZE).objects] == ["class 0", "class 1"]


def test_a_class_that_is_not_named_is_taken_with_a_doubt(tmp_path):
    tree = folder(tmp_path, {"data.yaml": YAML, "a.txt": SQUARE.replace("0", "7", 1)}, "a.jpg")
    (found,) = objects_of(read_yolo(tree, ImportRequest()), "a.jpg", SIZE).objects
    assert (found.category, found.doubt) == ("class 7", "no class 7 is named")


BROKEN = {
    "0 0.5 0.5 0.2": "it has 3 numbers after the class",
    "0 0.1 0.1 0.2 0.2 0.3": None,
    "0 0.1 0.1 0.2 0.2 0.3 0.3 0.4": None,
    "0": "it has 0 numbers after the class",
    "zero 0.5 0.5 0.2 0.2": "its class 'zero' is not a whole number",
    "cup 0.5 0.5 0.2 0.2": None,
    "0.0 0.5 0.5 0.2 0.2": None,
    "1.5 0.5 0.5 0.2 0.2": "its class '1.5' is not a whole number",
    "-1 0.5 0.5 0.2 0.2": "its class '-1' is not a whole number",
    "inf 0.5 0.5 0.2 0.2": "its class 'inf' is not a whole number",
    "0 0.5 0.5 x 0.2": "it has something that is not a number",
    "0 0.5 0.5 nan 0.2": "it has a number that is not finite",
    "0 50 50 20 20": "it has the coordinate 50: those of YOLO are parts of the sides",
    "0 0.5 0.5 -0.2 0.2": "it has the coordinate -0.2",
    "0 0.5 0.5 0 0.2": "its box has no area",
    "0,0.5,0.5,0.2,0.2": None,
    "0\t0.5  0.5 0.2 0.2": None,
    "0 0.1 0.1 0.2 1.005 0.3 0.3": None,
    "annotation made by hand": "its class 'annotation'",
}


@pytest.mark.parametrize(("line", "why"), BROKEN.items())
def test_a_broken_line_costs_its_own_object(tmp_path, line, why):
    tree = folder(tmp_path, {"data.yaml": YAML, "labels/a.txt": f"{BOX}\n{line}\n{SQUARE}"}, "images/a.jpg")
    found = objects_of(read_yolo(tree, ImportRequest()), "images/a.jpg", SIZE)
    if why is None:
        assert [len(found.objects), found.skipped] == [3, []]
    else:
        (skipped,) = found.skipped
        assert skipped.why.startswith(f"labels/a.txt:3: {why}")
        assert [each.label for each in found.objects] == ["labels/a.txt:1", "labels/a.txt:4"]


def test_keypoints_after_a_box_are_left_out_where_the_yaml_says_so(tmp_path):
    tree = folder(
        tmp_path,
        {"data.yaml": f"kpt_shape: [2, 3]\n{YAML}", "a.txt": "0 0.5 0.5 0.25 0.5 0.1 0.1 2 0.9 0.9 1\n"},
        "a.jpg",
    )
    (found,) = objects_of(read_yolo(tree, ImportRequest()), "a.jpg", SIZE).objects
    assert (found.rle, found.box) == (None, (45, 20, 74, 59))


def test_each_file_has_one_outcome(tmp_path):
    tree = folder(
        tmp_path,
        {
            "data.yaml": YAML,
            "README.txt": "made by hand",
            "train.txt": "images/a.jpg\nimages/gone.jpg\n",
            "labels/a.txt": SQUARE,
            "labels/empty.txt": "\n",
            "labels/lonely.txt": BOX,
            "old/a.txt": BOX,
        },
        "images/a.jpg",
        "images/empty.jpg",
        "images/none.jpg",
    )
    reading = read_yolo(tree, ImportRequest())
    assert check_files(tree, reading) == ["README.txt"]
    assert [(each.name, each.code) for each in reading.skipped] == [
        ("old/a.txt", "second_label"),
        ("images/gone.jpg", "image_missing"),
    ]
    told = {image.name: (image.file is None, image.entries, image.code) for image in reading.images}
    assert told == {
        "images/a.jpg": (False, 1, ""),
        "images/empty.jpg": (False, 0, ""),
        "images/none.jpg": (False, 0, "no_labels"),
        "lonely": (True, 1, ""),
    }


def test_labels_that_two_images_fit_are_of_none(tmp_path):
    tree = folder(tmp_path, {"data.yaml": YAML, "a.txt": SQUARE}, "a.jpg", "a.png")
    reading = read_yolo(tree, ImportRequest())
    (skipped,) = reading.skipped
    assert skipped.why == "a.txt may be of a.jpg or of a.png"
    assert check_files(tree, reading) == []


def test_each_dataset_of_a_tree_has_its_own_names(tmp_path):
    files = {
        "one/data.yaml": "names: [cup]",
        "one/labels/a.txt": SQUARE,
        "two/data.yaml": "names: [crack]",
        "two/labels/a.txt": SQUARE,
    }
    tree = folder(tmp_path, files, "one/images/a.jpg", "two/images/a.jpg")
    reading = read_yolo(tree, ImportRequest())
    assert reading.categories == ["cup", "crack"]
    assert objects_of(reading, "one/images/a.jpg", SIZE).objects[0].category == "cup"
    assert objects_of(reading, "two/images/a.jpg", SIZE).objects[0].category == "crack"


ODD_YAML = {
    "tabs": "names:\n\t- cup\n",
    "cut": "names: [cup",
    "a word": "names: cup",
    "lists as names": "names: [[1, 2], cup]",
    "lists as numbers": "names: {cup: 1}",
    "runs a program": "names: !!python/object/apply:os.system ['true']\n",
    "bomb": "a: &a [x,x]\nb: &b [*a,*a]\nnames: [*b,*b]\n",
}


@pytest.mark.parametrize("text", ODD_YAML.values(), ids=ODD_YAML)
def test_a_yaml_that_cannot_be_used_is_named_and_costs_the_names(tmp_path, text):
    tree = folder(tmp_path, {"data.yaml": text, "a.txt": SQUARE}, "a.jpg")
    reading = read_yolo(tree, ImportRequest())
    (skipped,) = reading.skipped
    assert (skipped.name, skipped.why.startswith("data.yaml ")) == ("data.yaml", True)
    assert objects_of(reading, "a.jpg", SIZE).objects[0].category == "class 0"
    assert check_files(tree, reading) == []


def test_labels_may_lie_in_a_folder_that_is_named(tmp_path):
    tree = folder(tmp_path / "pictures", {}, "a.jpg")
    folder(tmp_path / "yolo", {"data.yaml": YAML, "labels/a.txt": SQUARE})
    for source in (tmp_path / "yolo", tmp_path / "yolo" / "data.yaml"):
        reading = read_yolo(tree, ImportRequest(source=source))
        assert objects_of(reading, "a.jpg", SIZE).objects[0].category == "cup"
        assert check_files(tree, reading) == []


def test_a_folder_without_labels(tmp_path):
    tree = folder(tmp_path, {"notes.txt": "hello"}, "a.jpg")
    assert recognise_yolo(tree) is None
    with pytest.raises(InvalidInput, match="holds no label file of YOLO"):
        read_yolo(tree, ImportRequest())


@settings(max_examples=60, deadline=None)
@given(
    size=st.tuples(st.integers(4, 300), st.integers(4, 300)),
    seed=st.integers(0, 10**6),
    offset=st.sampled_from([0, 0.25, 0.5]),
    digits=st.integers(6, 9),
)
def test_an_outline_through_the_border_pixels_is_the_mask(size, seed, offset, digits):
    """Ultralytics' converter writes OpenCV's outlines as they are, others add the half of a pixel."""
    draw = np.random.default_rng(seed)
    mask = np.zeros(size, np.uint8)
    corners = draw.integers(0, (size[1], size[0]), (5, 2))
    cv2.fillPoly(mask, [cv2.convexHull(corners.astype(np.int32))], 1)
    (outline,), _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    points = (outline.reshape(-1, 2) + offset) / (size[1], size[0])
    points = np.concatenate((points, points[-1:].repeat(3, axis=0)))
    text = "0 " + " ".join(f"{value:.{digits}f}" for value in points.reshape(-1))
    found = object_of(parse_line(text, YoloConfig()), "line", YoloConfig(), size)
    assert np.array_equal(decode_rle(found.rle), mask > 0)


def test_half_characters_of_a_json_writer_are_joined():
    assert category_name("a\ud83d\ude00") == "a\U0001f600"
    assert category_name("a\ud83d b") == "a b"
