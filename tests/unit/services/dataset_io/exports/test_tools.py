"""Exports for labelme, Label Studio and CVAT: read as those tools read them, and read here again."""

from __future__ import annotations

import base64
import io
import json
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image as Pictures

from samstudio.domain import AnnotationStatus, NewAnnotation
from samstudio.masks import encode_rle
from samstudio.services.dataset_io.exports import EXPORT_FORMATS
from samstudio.services.dataset_io.imports.formats import IMPORT_FORMATS, ImportRequest, recognise
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from tests.unit.services.dataset_io.exports.fakes import FakeSource
from tests.unit.services.pictures import colours, encoded

TOOLS = ("labelme", "label-studio", "cvat")
FOLDERS = {"labelme": ".", "label-studio": "images", "cvat": "images"}


masks = st.tuples(st.integers(1, 9), st.integers(1, 9)).flatmap(
    lambda size: st.lists(arrays.arrays(bool, size).filter(np.any), min_size=1, max_size=3)
)
statuses = st.sampled_from([AnnotationStatus.ACCEPTED, AnnotationStatus.PROPOSED])
objects = masks.flatmap(
    lambda found: st.tuples(*(st.tuples(st.just(one), st.integers(0, 9), statuses) for one in found)).map(
        list
    )
)
printable = st.characters(codec="utf-8", exclude_categories=["C", "Z"])
words = st.text(printable, min_size=1, max_size=6)
stems = words.filter(lambda stem: not set(stem) & set('/\\:*?"<>|') and not stem.startswith("."))
names = st.lists(words, min_size=1, max_size=4, unique=True)
images = st.dictionaries(stems.map(lambda stem: f"{stem}.png"), objects, min_size=1, max_size=2)
images = images.filter(lambda found: len({name.casefold() for name in found}) == len(found))


@pytest.mark.parametrize("tool", TOOLS)
@given(names=names, images=images)
def test_what_goes_out_comes_in_again_to_the_pixel(tmp_path_factory, tool, names, images):
    folder = tmp_path_factory.mktemp("round")
    source = FakeSource(folder, names, images)
    EXPORT_FORMATS.get(tool).write(source, folder / "out")
    tree = FileTree.of(folder / "out")
    assert recognise(tree).name == tool
    reading = IMPORT_FORMATS.get(tool).read(tree, ImportRequest())
    assert reading.skipped == []
    assert reading.categories == names
    files = {name for name in tree if not name.endswith(".png")}
    assert reading.used == files
    assert {image.name.rsplit("/", 1)[-1] for image in reading.images} == set(images)
    for image in reading.images:
        given_objects = images[image.name.rsplit("/", 1)[-1]]
        size = given_objects[0][0].shape
        found = image.objects(size)
        assert found.skipped == []
        expected = {
            (encode_rle(mask)["counts"], names[category % len(names)], status)
            for mask, category, status in given_objects
        }
        got = {(one.rle["counts"], one.category, status_of(one, tool, expected)) for one in found.objects}
        assert got == (expected if tool == "label-studio" else {(*one[:2], None) for one in expected})
        assert [one.doubt for one in found.objects] == [""] * len(given_objects)


def status_of(one, tool, expected):
    """Label Studio's predictions are proposed; the other formats have no status."""
    return (one.status or AnnotationStatus.ACCEPTED) if tool == "label-studio" else None


@pytest.fixture
def dataset(images, annotations):
    """A ring and, in two parts, an object of another category; the image is of 24x36."""
    image = images.add(encoded(colours(), "PNG"), filename='a "b".png').image
    ring, parts = np.zeros((24, 36), bool), np.zeros((24, 36), bool)
    ring[2:12, 2:12] = True
    ring[5:9, 5:9] = False
    parts[14:22, 3:9] = parts[15:20, 20:30] = True
    annotations.add_many(
        [
            NewAnnotation(image.id, "cell", encode_rle(ring)),
            NewAnnotation(image.id, "<dot>", encode_rle(parts)),
        ]
    )
    return [("cell", ring), ("<dot>", parts)]


@pytest.fixture
def export(images, annotations, tmp_path):
    from samstudio.services.dataset_io import DatasetService

    def run(tool):
        DatasetService(images=images, annotations=annotations).export(tool, tmp_path / tool)
        return tmp_path / tool

    return run


def test_labelme_reads_it(dataset, export):
    """As ``read_label_file`` and ``shapes_to_label`` of labelme 6 read a file and place its masks."""
    folder = export("labelme")
    document = json.loads((folder / "a _b_.json").read_text())
    with Pictures.open(folder / document["imagePath"]) as picture:
        assert picture.size == (document["imageWidth"], document["imageHeight"])
    assert document["imageData"] is None
    for shape, (category, mask) in zip(document["shapes"], dataset, strict=True):
        assert set(shape) == {"label", "points", "group_id", "shape_type", "flags", "description", "mask"}
        assert (shape["label"], shape["shape_type"], shape["group_id"]) == (category, "mask", None)
        crop = np.array(Pictures.open(io.BytesIO(base64.b64decode(shape["mask"])))).astype(bool)
        (x1, y1), (x2, y2) = np.asarray(shape["points"]).astype(int)
        placed = np.zeros((24, 36), bool)
        placed[y1 : y2 + 1, x1 : x2 + 1] = crop
        assert np.array_equal(placed, mask)
    assert (folder / "labels.txt").read_text() == "cell\n<dot>\n"


def test_label_studio_reads_it(dataset, export):
    """Its local storage serves a file below its root; the brush itself is read in the tests of masks."""
    folder = export("label-studio")
    (task,) = json.loads((folder / "tasks.json").read_text())
    (path,) = parse_qs(urlsplit(task["data"]["image"]).query)["d"]
    assert (folder / path).is_file()
    (annotation,) = task["annotations"]
    assert [one["value"]["brushlabels"] for one in annotation["result"]] == [["cell"], ["<dot>"]]
    configuration = ElementTree.parse(folder / "label_config.xml").getroot()
    (brush,) = configuration.iter("BrushLabels")
    for one in annotation["result"]:
        assert (one["from_name"], one["to_name"]) == (brush.get("name"), brush.get("toName"))
        assert (one["original_width"], one["original_height"]) == (36, 24)
    assert [label.get("value") for label in brush] == ["cell", "<dot>"]


def test_cvat_reads_it(dataset, export):
    """As ``load_anno`` of CVAT and datumaro's ``CvatBase`` read a mask: rows of its box, background first."""
    folder = export("cvat")
    root = ElementTree.parse(folder / "annotations.xml").getroot()
    assert root.findtext("version") == "1.1"
    assert [label.findtext("name") for label in root.iter("label")] == ["cell", "<dot>"]
    (image,) = root.iter("image")
    assert (folder / "images" / image.attrib["name"]).is_file()
    assert (image.get("id"), image.get("width"), image.get("height")) == ("0", "36", "24")
    for element, (category, mask) in zip(image.iter("mask"), dataset, strict=True):
        assert (element.get("label"), element.get("occluded")) == (category, "0")
        runs = list(map(int, element.attrib["rle"].split(",")))
        left, top, width, height = (int(element.attrib[key]) for key in ("left", "top", "width", "height"))
        crop = np.repeat(np.arange(len(runs)) % 2, runs).reshape(height, width).astype(bool)
        placed = np.zeros((24, 36), bool)
        placed[top : top + height, left : left + width] = crop
        assert np.array_equal(placed, mask)


@pytest.mark.parametrize("tool", ["label-studio", "cvat"])
def test_a_name_that_xml_cannot_hold_is_changed_and_said(tmp_path, tool):
    mask = np.ones((2, 2), bool)
    found = [(mask, place, AnnotationStatus.ACCEPTED) for place in (0, 1)]
    source = FakeSource(tmp_path, ["a\x01", "a_"], {"a.png": found})
    EXPORT_FORMATS.get(tool).write(source, tmp_path / "out")
    (note,) = source.notes.sentences()
    assert note.startswith("1 name has characters that XML cannot hold")
    tree = FileTree.of(tmp_path / "out")
    reading = IMPORT_FORMATS.get(tool).read(tree, ImportRequest())
    assert reading.categories == ["a_ (10)", "a_"]
