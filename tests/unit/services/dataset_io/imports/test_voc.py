from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from samstudio.domain import InvalidInput
from samstudio.masks import decode_rle
from samstudio.services.dataset_io.imports.formats import ImportRequest, Sureness, recognise
from samstudio.services.dataset_io.imports.formats.voc import read_voc, recognise_voc
from samstudio.services.dataset_io.imports.parsing.voc_annotation import label_map_of
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from tests.unit.services.dataset_io.imports.accounts import check_files, objects_of
from tests.unit.services.dataset_io.imports.reading import image_folder

SIZE = (80, 120)
OBJECTS = np.zeros(SIZE, np.uint8)
OBJECTS[10:30, 10:30] = 255
OBJECTS[12:28, 12:28] = 1
OBJECTS[40:70, 60:100] = 2
CLASSES = np.select([OBJECTS == 1, OBJECTS == 2, OBJECTS == 255], [2, 15, 255], 0).astype(np.uint8)
COLOURS = np.zeros((256, 3), np.uint8)
COLOURS[1], COLOURS[2], COLOURS[15], COLOURS[255] = (128, 0, 0), (0, 128, 0), (192, 128, 128), (224, 224, 192)


def box(name: str, *corners: object) -> str:
    sides = "".join(
        f"<{k}>{v}</{k}>" for k, v in zip(("xmin", "ymin", "xmax", "ymax"), corners, strict=False)
    )
    return f"<object><name>{name}</name><bndbox>{sides}</bndbox></object>"


def write_xml(path: Path, *objects: str, filename: str = "a.jpg", size: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"<annotation><filename>{filename}</filename>{size}{''.join(objects)}</annotation>")


def write_mask(path: Path, values: np.ndarray, *, coloured: bool = False) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if coloured:
        Image.fromarray(COLOURS[values]).save(path)
        return
    picture = Image.frombytes("P", values.shape[::-1], values.tobytes())
    picture.putpalette(COLOURS.reshape(-1).tolist())
    picture.save(path)


@pytest.fixture
def voc(tmp_path: Path) -> Path:
    image_folder(tmp_path, "JPEGImages/a.jpg")
    write_xml(tmp_path / "Annotations" / "a.xml", box("cup", 13, 13, 28, 28), box("plate", 61, 41, 100, 70))
    write_mask(tmp_path / "SegmentationObject" / "a.png", OBJECTS)
    write_mask(tmp_path / "SegmentationClass" / "a.png", CLASSES)
    (tmp_path / "ImageSets" / "Segmentation").mkdir(parents=True)
    (tmp_path / "ImageSets" / "Segmentation" / "train.txt").write_text("a\n")
    return tmp_path


def test_masks_boxes_and_classes_are_one_object_each(voc):
    tree = FileTree.of(voc)
    assert recognise_voc(tree).sureness is Sureness.CERTAIN
    assert recognise(tree).name == "voc"
    reading = read_voc(tree, ImportRequest())
    assert reading.categories == ["cup", "plate"]
    assert check_files(tree, reading) == []
    found = objects_of(reading, "JPEGImages/a.jpg", SIZE)
    assert [each.category for each in found.objects] == ["cup", "plate"]
    for each, value in zip(found.objects, (1, 2), strict=True):
        assert np.array_equal(decode_rle(each.rle), value == OBJECTS)
    assert [each.code for each in found.skipped] == ["void"]


LABEL_MAPS = [
    "background\nbird\ncup\n",
    "# label:color_rgb:parts:actions\nbackground:0,0,0::\nx:1,2,3::\ncup:0,128,0::\nface:192,128,128:eye:\n",
]


@pytest.mark.parametrize("text", LABEL_MAPS)
def test_a_label_map_names_the_classes(voc, text):
    (voc / "Annotations" / "a.xml").unlink()
    (voc / "labelmap.txt").write_text(text)
    tree = FileTree.of(voc)
    reading = read_voc(tree, ImportRequest())
    found = objects_of(reading, "JPEGImages/a.jpg", SIZE).objects
    assert found[0].category == "cup"
    assert found[1].category == ("face" if "face" in text else "class 2")
    assert "background" not in reading.categories
    assert check_files(tree, reading) == []


def test_classes_as_colours(voc):
    (voc / "Annotations" / "a.xml").unlink()
    (voc / "labelmap.txt").write_text("background:0,0,0::\ncup:0,128,0::\n")
    write_mask(voc / "SegmentationClass" / "a.png", np.where(OBJECTS == 1, 2, 0), coloured=True)
    (found, _) = objects_of(read_voc(FileTree.of(voc), ImportRequest()), "JPEGImages/a.jpg", SIZE).objects
    assert found.category == "cup"


def test_classes_alone_are_one_object_each(voc):
    (voc / "SegmentationObject" / "a.png").unlink()
    (voc / "Annotations" / "a.xml").unlink()
    (voc / "labelmap.txt").write_text("background:0,0,0::\ncup:0,128,0::\nplate:192,128,128::\n")
    found = objects_of(read_voc(FileTree.of(voc), ImportRequest()), "JPEGImages/a.jpg", SIZE).objects
    assert [each.category for each in found] == ["cup", "plate"]
    assert np.array_equal(decode_rle(found[0].rle), OBJECTS == 1)


def test_a_box_without_a_mask_stays_a_box(voc):
    write_xml(voc / "Annotations" / "a.xml", box("cup", 13, 13, 28, 28), box("fork", 100, 1, 120, 10))
    found = objects_of(read_voc(FileTree.of(voc), ImportRequest()), "JPEGImages/a.jpg", SIZE).objects
    assert [(each.category, each.rle is None, each.box) for each in found] == [
        ("cup", False, None),
        ("class 2", False, None),
        ("fork", True, (99, 0, 119, 9)),
    ]


BOXES = {
    "from 1": ((1, 1, 120, 80), (0, 0, 119, 79)),
    "from 0": ((0, 0, 119, 79), (0, 0, 119, 79)),
    "one pixel": ((5, 6, 5, 6), (4, 5, 4, 5)),
    "broken": ((1.5, 2.5, 20.5, 30.5), (0.5, 1.5, 19.5, 29.5)),
    "beyond the image": ((100, 70, 500, 500), (99, 69, 119, 79)),
    "turned round": ((20, 20, 10, 30), "its bndbox has no area: 20, 20, 10, 30"),
    "words": (("a", 1, 2, 3), "its bndbox is not four numbers"),
    "missing": ((1, 2, 3), "its bndbox is not four numbers"),
    "not finite": (("nan", 1, 2, 3), "its bndbox has no area"),
    "outside": ((500, 500, 600, 600), "its box holds no pixel of the image"),
}


@pytest.mark.parametrize(("corners", "expected"), BOXES.values(), ids=BOXES)
def test_boxes(tmp_path, corners, expected):
    image_folder(tmp_path, "a.jpg")
    write_xml(tmp_path / "a.xml", box("cup", *corners), filename="a.jpg")
    found = objects_of(read_voc(FileTree.of(tmp_path), ImportRequest()), "a.jpg", SIZE)
    if isinstance(expected, str):
        assert found.skipped[0].why.startswith(expected)
    else:
        assert found.objects[0].box == expected


ODD_OBJECTS = {
    "<object><bndbox/></object>": "it has no name",
    "<object><name>cup</name></object>": "it has no bndbox",
    "<object><name>cup</name><polygon><x1>1</x1><y1>1</y1></polygon></object>": "fewer than 3 points",
}


@pytest.mark.parametrize(("text", "why"), ODD_OBJECTS.items())
def test_an_odd_object_costs_itself(tmp_path, text, why):
    image_folder(tmp_path, "a.jpg")
    write_xml(tmp_path / "a.xml", box("cup", 1, 1, 9, 9), text)
    found = objects_of(read_voc(FileTree.of(tmp_path), ImportRequest()), "a.jpg", SIZE)
    assert [each.label for each in found.objects] == ["object 1"]
    assert why in found.skipped[0].why


def test_outlines_of_other_tools(tmp_path):
    image_folder(tmp_path, "a.jpg")
    corners = [(10, 10), (30, 10), (30, 30), (10, 30)]
    roboflow = "".join(f"<x{n}>{x}</x{n}><y{n}>{y}</y{n}>" for n, (x, y) in enumerate(corners, 1))
    labelme = "".join(f"<pt><x>{x}</x><y>{y}</y></pt>" for x, y in corners)
    objects = [f"<object><name>cup</name><polygon>{p}</polygon></object>" for p in (roboflow, labelme)]
    write_xml(tmp_path / "a.xml", *objects)
    found = objects_of(read_voc(FileTree.of(tmp_path), ImportRequest()), "a.jpg", SIZE).objects
    assert [int(decode_rle(each.rle).sum()) for each in found] == [400, 400]


def test_another_size_costs_the_boxes_and_not_the_masks(voc):
    size = "<size><width>60</width><height>40</height></size>"
    write_xml(voc / "Annotations" / "a.xml", box("cup", 13, 13, 28, 28), box("x", 1, 1, 9, 9), size=size)
    found = objects_of(read_voc(FileTree.of(voc), ImportRequest()), "JPEGImages/a.jpg", SIZE)
    assert len(found.objects) == 2
    assert [(each.code, each.count) for each in found.skipped] == [("void", 1), ("other_size", 2)]
    assert "a.jpg is 120x80 pixels but Annotations/a.xml says 60x40" in found.skipped[1].why


def test_each_file_has_one_outcome(voc):
    image_folder(voc, "JPEGImages/b.jpg", "JPEGImages/c.jpg", "JPEGImages/c.png", "JPEGImages/d.jpeg")
    write_xml(voc / "Annotations" / "c.xml", box("cup", 1, 1, 9, 9), filename="")
    write_xml(voc / "Annotations" / "d.xml", box("cup", 1, 1, 9, 9), filename="renamed.jpg")
    write_xml(voc / "Annotations" / "gone.xml", box("cup", 1, 1, 9, 9), filename="gone.jpg")
    (voc / "Annotations" / "bad.xml").write_text("<annotation><object>")
    (voc / "Annotations" / "other.xml").write_text("<html/>")
    (voc / "notes.md").write_text("hello")
    tree = FileTree.of(voc)
    reading = read_voc(tree, ImportRequest())
    assert check_files(tree, reading) == ["Annotations/other.xml", "notes.md"]
    assert [(each.name, each.kind.value, each.count) for each in reading.skipped] == [
        ("Annotations/bad.xml", "file", 1),
        ("Annotations/c.xml", "file", 1),
        ("Annotations/c.xml", "object", 1),
    ]
    told = {image.name: (image.entries, image.code) for image in reading.images}
    assert told == {
        "JPEGImages/a.jpg": (None, ""),
        "JPEGImages/b.jpg": (0, "not_listed"),
        "JPEGImages/c.jpg": (0, "not_listed"),
        "JPEGImages/c.png": (0, "not_listed"),
        "JPEGImages/d.jpeg": (1, ""),
        "gone.jpg": (1, ""),
    }


def test_annotations_may_lie_in_a_folder_that_is_named(tmp_path):
    image_folder(tmp_path / "pictures", "a.jpg")
    write_xml(tmp_path / "voc" / "a.xml", box("cup", 1, 1, 9, 9))
    tree = FileTree.of(tmp_path / "pictures")
    reading = read_voc(tree, ImportRequest(source=tmp_path / "voc"))
    assert [each.category for each in objects_of(reading, "a.jpg", SIZE).objects] == ["cup"]
    assert check_files(tree, reading) == []


def test_a_folder_without_annotations(tmp_path):
    tree = FileTree.of(image_folder(tmp_path, "a.jpg"))
    assert recognise_voc(tree) is None
    with pytest.raises(InvalidInput, match="holds no annotation and no object picture of VOC"):
        read_voc(tree, ImportRequest())


def test_label_maps_with_colons_and_without_colours():
    labels = label_map_of("background:0,0,0::\na:b:1,2,3::\nc:::\n")
    assert dict(labels.by_value) == {0: "background", 1: "a:b", 2: "c"}
    assert dict(labels.by_colour) == {(0, 0, 0): "background", (1, 2, 3): "a:b"}
