"""Files of VIA 1 and 2, JSON and CSV: every region is a mask, a box, or left out with a reason."""

import csv
import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samstudio.domain import AnnotationStatus, InvalidInput
from samstudio.masks import decode_rle
from samstudio.services.dataset_io.imports.formats import ImportRequest
from samstudio.services.dataset_io.imports.formats.via import read_via, recognise_via
from samstudio.services.dataset_io.imports.reading import EntryKind
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from tests.unit.services.dataset_io.imports.reading import image_folder, of_image, write_json

SIZE = (20, 30)
MASK = np.zeros(SIZE, bool)
MASK[5:9, 4:14] = True
POLYGON = {"name": "polygon", "all_points_x": [4, 14, 14, 4], "all_points_y": [5, 5, 9, 9]}


def region(shape=None, attributes=None):
    attributes = {"label": "crack"} if attributes is None else attributes
    return {"shape_attributes": POLYGON if shape is None else shape, "region_attributes": attributes}


def entry(*regions, name="a.png"):
    return {"filename": name, "size": 123, "regions": list(regions), "file_attributes": {}}


def project(*entries, options=None):
    attributes = {"region": {"label": {"type": "dropdown", "options": options or {}}}, "file": {}}
    files = {f"{one['filename']}123": one for one in entries}
    return {"_via_settings": {}, "_via_img_metadata": files, "_via_attributes": attributes}


@pytest.fixture
def folder(tmp_path):
    return image_folder(tmp_path, "a.png", "sub/b.png")


def read(folder, document, name="via.json"):
    write_json(folder / name, document)
    return read_via(FileTree.of(folder), ImportRequest(category="thing"))


def only(folder, *regions):
    return of_image(read(folder, project(entry(*regions))), "a.png", SIZE)


def write_csv(path, rows):
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["filename", "file_size", "file_attributes", "region_count", "region_id", *COLUMNS])
        for name, shape, attributes in rows:
            out.writerow([name, 123, "{}", 1, 0, shape, attributes])


COLUMNS = ["region_shape_attributes", "region_attributes"]


@pytest.mark.parametrize(
    "document",
    [
        project(entry(region())),
        {"a.png123": entry(region())},
        {"a.png123": {**entry(), "regions": {"0": region()}, "fileref": "", "base64_img_data": ""}},
    ],
)
def test_a_polygon_of_every_version_is_the_mask(folder, document):
    reading = read(folder, document)
    (found,), problems = of_image(reading, "a.png", SIZE)
    assert problems == []
    assert (found.category, found.label, found.status) == ("crack", "region 1", None)
    assert np.array_equal(decode_rle(found.rle), MASK)
    assert reading.used == {"via.json"}


def test_a_csv_file_is_read(folder):
    shape, attributes = json.dumps(POLYGON), json.dumps({"label": "crack"})
    many = json.dumps({"name": "polygon", "all_points_x": [4.123456] * 40000, "all_points_y": [1] * 40000})
    rows = [
        ("a.png", shape, attributes),
        ("sub/b.png", "{}", "{}"),
        ("a.png", "{", "{}"),
        ("a.png", many, "{}"),
    ]
    write_csv(folder / "via.csv", rows)
    reading = read_via(FileTree.of(folder), ImportRequest())
    found, problems = of_image(reading, "a.png", SIZE)
    assert np.array_equal(decode_rle(found[0].rle), MASK)
    assert "region 2 of a.png: its attributes are not JSON" in problems
    assert of_image(reading, "sub/b.png", SIZE) == ([], [])
    assert reading.categories == ["crack"]
    again = read_via(FileTree.of(folder / "a.png"), ImportRequest(source=folder / "via.csv"))
    assert len(of_image(again, "a.png", SIZE)[0]) == len(found)


def test_circles_and_ellipses_are_masks_and_rectangles_are_boxes(folder):
    found, problems = only(
        folder,
        region({"name": "circle", "cx": 15, "cy": 10, "r": 5}),
        region({"name": "ellipse", "cx": 15, "cy": 10, "rx": 9, "ry": 3, "theta": math.pi / 2}),
        region({"name": "rect", "x": 3, "y": 2, "width": 6, "height": 6}),
    )
    assert problems == []
    assert abs(decode_rle(found[0].rle).sum() - math.pi * 25) < 6
    turned = decode_rle(found[1].rle)
    assert turned[2:18, 15].all()
    assert turned[10].sum() <= 6
    assert (found[2].rle, found[2].box) == (None, (3, 2, 8, 7))


def test_a_polyline_is_the_polygon_that_it_encloses(folder):
    line = POLYGON | {"name": "polyline"}
    closed = {key: [*values, values[0]] for key, values in POLYGON.items() if key != "name"} | {
        "name": "polyline"
    }
    found, _ = only(folder, region(line), region(closed))
    assert [each.status for each in found] == [AnnotationStatus.PROPOSED, None]
    assert "open line" in found[0].doubt
    for each in found:
        assert np.array_equal(decode_rle(each.rle), MASK)


@pytest.mark.parametrize(
    ("attributes", "category"),
    [
        ({"label": "crack"}, "crack"),
        ({"anything": "crack"}, "crack"),
        ({"score": "9", "Class": "crack"}, "crack"),
        ({"type": "", "colour": "crack"}, "crack"),
        ({"label": 3}, "3"),
        ({"label": {"crack": True, "dent": False}}, "crack"),
        ({"label": {"crack": False}}, "thing"),
        ({"label": ""}, "thing"),
        ({"label": [1]}, "thing"),
        ({"label": True}, "thing"),
        ({}, "thing"),
        ("x", "thing"),
    ],
)
def test_the_category_is_the_attribute_that_names_it(folder, attributes, category):
    (found,), _ = only(folder, region(attributes=attributes))
    assert found.category == category


def test_a_second_label_is_a_doubt(folder):
    (found,), _ = only(folder, region(attributes={"label": {"crack": True, "dent": True}}))
    assert (found.category, found.doubt) == ("crack", "it has 2 labels; the first was taken")


def test_the_order_of_a_project_s_options_is_kept(folder):
    options = {"dent": "A dent", "scratch": "", "crack": ""}
    assert read(folder, project(entry(region()), options=options)).categories == ["dent", "scratch", "crack"]


@pytest.mark.parametrize("name", ["sub/b.png", "http://host/photos/b.png?x=1", "C:\\photos\\b.png", "B.PNG"])
def test_an_image_is_found_by_its_name_or_url(folder, name):
    assert len(of_image(read(folder, project(entry(region(), name=name))), "sub/b.png", SIZE)[0]) == 1


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (region({"name": "point", "cx": 1, "cy": 1}), "a point, which has no area"),
        (region({"name": "blob"}), "its shape is not known"),
        (region({"name": ["polygon"]}), "its shape is not known"),
        (region([]), "no JSON object"),
        ("x", "no JSON object"),
        (region(POLYGON | {"all_points_x": [1, 2]}), "no two lists of one length"),
        (region({"name": "polygon"}), "no two lists"),
        (region({"name": "polyline", "all_points_x": [], "all_points_y": []}), "no two lists"),
        (region(POLYGON | {"all_points_x": [1, 2, 3, None]}), "its point is no number"),
        (region(POLYGON | {"all_points_x": [1, 2, 3, float("inf")]}), "its point is no number"),
        (region({"name": "polygon", "all_points_x": [1, 2], "all_points_y": [1, 2]}), "2 points and needs 3"),
        (region(POLYGON | {"all_points_x": [1, 2, 3, 1e9]}), "far outside"),
        (region({"name": "circle", "cx": 1, "cy": 1, "r": [3]}), "its r is no number"),
        (region({"name": "rect", "x": 1, "y": 1, "width": 0, "height": 4}), "holds no pixel"),
        (region({"name": "circle", "cx": 90, "cy": 90, "r": 3}), "mask is empty"),
    ],
)
def test_a_broken_region_costs_that_region(folder, given, why):
    found, problems = only(folder, given, region())
    assert [each.label for each in found] == ["region 2"]
    assert len(problems) == 1
    with pytest.raises(InvalidInput, match=why):
        raise InvalidInput(problems[0])


def test_entries_that_are_no_images_are_counted(folder):
    reading = read(
        folder, {"a": entry(region()), "b": 3, "c": entry(region(), name=" "), "d": entry(name="data:x")}
    )
    assert [(one.name, one.kind, one.count) for one in reading.skipped] == [
        ("b of via.json", EntryKind.IMAGE, 1),
        ("an image of via.json", EntryKind.IMAGE, 1),
        ("an image of via.json", EntryKind.OBJECT, 1),
        ("an image of via.json", EntryKind.IMAGE, 1),
    ]


def test_only_files_of_via_are_claimed(folder):
    (folder / "other.csv").write_text("filename,label\na.png,crack\n")
    for document in ({}, [], {"filename": "a.png", "regions": []}, {"a": {"filename": "a.png"}}):
        write_json(folder / "other.json", document)
        assert recognise_via(FileTree.of(folder)) is None
    with pytest.raises(InvalidInput, match="no file of VIA"):
        read_via(FileTree.of(folder), ImportRequest())
    with pytest.raises(InvalidInput, match="has no column region_shape_attributes"):
        read_via(FileTree.of(folder), ImportRequest(source=folder / "other.csv"))
    write_csv(folder / "via.csv", [])
    assert recognise_via(FileTree.of(folder)) is not None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
KEYS = "all_points_x all_points_y cx cy r rx ry theta x y width height"
keys = st.sampled_from(KEYS.split(" "))
names = st.sampled_from(["polygon", "polyline", "circle", "ellipse", "rect", "point"])
shapes = st.builds(
    lambda name, rest: {**rest, "name": name}, names, st.dictionaries(keys, json_values, max_size=5)
)
regions = st.builds(region, shapes | json_values, json_values) | json_values


@given(st.lists(regions, max_size=4) | st.dictionaries(st.text(max_size=2), regions, max_size=2), json_values)
def test_no_value_stops_the_rest(tmp_path_factory, given_regions, name):
    folder = image_folder(tmp_path_factory.mktemp("via"), "a.png", "b.png")
    hostile = {**entry(name=name), "regions": given_regions}
    reading = read(folder, {"x": hostile, "y": entry(region(), name="b.png"), "z": given_regions})
    for image in reading.images:
        found = image.objects(SIZE)
        assert image.entries == len(found.objects) + sum(each.count for each in found.skipped)
    assert of_image(reading, "b.png", SIZE)[0]
