"""Label Studio exports: brushes, polygons, ellipses and rectangles of every kind of task."""

import base64
import io
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from samstudio.domain import AnnotationStatus, InvalidInput
from samstudio.masks import decode_rle
from samstudio.services.dataset_io.imports.formats import ImportRequest
from samstudio.services.dataset_io.imports.formats.label_studio import (
    read_label_studio,
    recognise_label_studio,
)
from samstudio.services.dataset_io.imports.parsing.urls import path_of
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from tests.unit.services.dataset_io.imports.reading import brush, image_folder, of_image, write_json

SIZE = (20, 30)
MASK = np.zeros(SIZE, bool)
MASK[5:9, 4:14] = True
BRUSH = list(brush(MASK))
URL = "/data/upload/1/0a1b2c3d-a.png"


def region(kind="brushlabels", value=None, **rest):
    value = {"format": "rle", "rle": BRUSH} if value is None else value
    return {
        "original_width": 30,
        "original_height": 20,
        "image_rotation": 0,
        "value": {**value, kind: ["crack"]} if isinstance(value, dict) else value,
        "id": "r1",
        "from_name": "tag",
        "to_name": "image",
        "type": kind,
    } | rest


def task(*results, url=URL, **rest):
    return {"id": 5, "data": {"image": url}, "annotations": [{"id": 12, "result": list(results)}]} | rest


def percent(points):
    return [[x / 30 * 100, y / 20 * 100] for x, y in points]


@pytest.fixture
def folder(tmp_path):
    return image_folder(tmp_path, "a.png", "sub/b.png")


def read(folder, *tasks):
    write_json(folder / "export.json", list(tasks))
    return read_label_studio(FileTree.of(folder), ImportRequest(category="thing"))


def only(folder, *results, **rest):
    return of_image(read(folder, task(*results, **rest)), "a.png", SIZE)


def test_a_brush_is_the_mask(folder):
    (found,), problems = only(folder, region())
    assert problems == []
    assert (found.category, found.label, found.status) == ("crack", "region r1 of annotation 12", None)
    assert np.array_equal(decode_rle(found.rle), MASK)


def bitmask(mask, mode="RGBA"):
    """As Label Studio's bitmask: black where it is, transparent elsewhere."""
    out = io.BytesIO()
    pixels = np.zeros((*mask.shape, 4), np.uint8)
    pixels[..., 3] = mask * 255
    Image.fromarray(pixels).convert(mode).save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def test_a_bitmask_is_the_mask(folder):
    (found,), problems = only(folder, region("bitmasklabels", {"imageDataURL": bitmask(MASK)}))
    assert problems == []
    assert np.array_equal(decode_rle(found.rle), MASK)


def test_a_polygon_is_in_percents_of_the_image(folder):
    points = percent([(4, 5), (14, 5), (14, 9), (4, 9)])
    (found,), _ = only(folder, region("polygonlabels", {"points": points, "closed": True}))
    assert np.array_equal(decode_rle(found.rle), MASK)
    assert found.doubt == ""


def test_a_larger_image_of_the_same_shape_is_read_and_said(folder):
    points = percent([(4, 5), (14, 5), (14, 9), (4, 9)])
    given = region("polygonlabels", {"points": points}, original_width=60, original_height=40)
    (found,), _ = only(folder, given)
    assert np.array_equal(decode_rle(found.rle), MASK)
    assert "60x40 pixels and this one is 30x20" in found.doubt


def test_an_open_polygon_is_proposed(folder):
    points = percent([(4, 5), (14, 5), (14, 9)])
    (found,), _ = only(folder, region("polygonlabels", {"points": points, "closed": False}))
    assert found.status is AnnotationStatus.PROPOSED
    assert "open line" in found.doubt


def test_an_ellipse_is_a_mask(folder):
    value = {"x": 50, "y": 50, "radiusX": 20, "radiusY": 25, "rotation": 0}
    (found,), _ = only(folder, region("ellipselabels", value))
    mask = decode_rle(found.rle)
    assert mask[10, 10:20].all()
    assert abs(mask.sum() - np.pi * 6 * 5) < 6


@pytest.mark.parametrize(
    ("rotation", "box"),
    [(0, (6, 4, 11, 7)), (90, (2, 4, 5, 9)), (180, (0, 0, 5, 3)), (None, (6, 4, 11, 7))],
)
def test_a_rectangle_is_a_box_turned_about_its_corner(folder, rotation, box):
    value = {"x": 20, "y": 20, "width": 20, "height": 20, "rotation": rotation}
    (found,), _ = only(folder, region("rectanglelabels", value))
    assert found.rle is None
    assert found.box == pytest.approx(box)


def test_labels_of_a_separate_tag_belong_to_the_region_of_their_id(folder):
    brush = region("brush", {"format": "rle", "rle": BRUSH})
    del brush["value"]["brush"]
    labels = region("labels", {"format": "rle", "rle": BRUSH})
    (found,), problems = only(folder, brush, labels)
    assert problems == []
    assert found.category == "crack"


def test_regions_that_share_an_id_by_mistake_are_all_taken(folder):
    other = list(brush(~MASK))
    found, problems = only(folder, region(), region(value={"rle": other}), region(value={"rle": other}))
    assert problems == []
    assert [decode_rle(each.rle).sum() for each in found] == [MASK.sum(), (~MASK).sum()]


def test_a_region_without_label_gets_the_category_of_the_request(folder):
    bare = region()
    del bare["value"]["brushlabels"]
    (found,), _ = only(folder, bare)
    assert found.category == "thing"


def test_a_second_label_is_a_doubt(folder):
    both = region()
    both["value"]["brushlabels"] = ["crack", "dent"]
    (found,), _ = only(folder, both)
    assert found.category == "crack"
    assert "2 labels" in found.doubt


def test_annotations_are_taken_and_predictions_proposed(folder):
    result = [region()]
    given = task(
        annotations=[
            {"id": 1, "result": result, "was_cancelled": True},
            {"id": 2, "result": result},
            {"id": 3, "result": result},
        ],
        predictions=[{"id": 4, "result": result, "score": 0.5}],
        drafts=[{"id": 5, "result": result}],
    )
    found, problems = of_image(read(folder, given), "a.png", SIZE)
    assert [(each.label, each.status) for each in found] == [
        ("region r1 of annotation 2", None),
        ("region r1 of annotation 3", None),
        ("region r1 of prediction 4", AnnotationStatus.PROPOSED),
    ]
    assert "before this one" in found[1].doubt
    assert [problem.rsplit(": ", 1)[1] for problem in problems] == [
        "its annotation was cancelled in Label Studio",
        "it is a draft that was never submitted in Label Studio",
    ]


def test_json_min_is_read(folder):
    value = region()["value"] | {"original_width": 30, "original_height": 20}
    minimal = {"image": URL, "id": 5, "tag": [value], "annotator": 1, "annotation_id": 12}
    (found,), _ = of_image(read(folder, minimal), "a.png", SIZE)
    assert (found.category, found.label) == ("crack", "region 1 of tag")
    assert np.array_equal(decode_rle(found.rle), MASK)


def test_what_json_min_has_beside_regions_is_counted(folder):
    value = region()["value"] | {"original_width": 30, "original_height": 20}
    minimal = {"image": URL, "tag": [value, "text", {"choices": ["a"]}], "annotation_id": 12}
    found, problems = of_image(read(folder, minimal), "a.png", SIZE)
    assert len(found) == 1
    assert "no region of the image" in problems[0]


def test_a_task_without_annotations_is_an_image_without_objects(folder):
    reading = read(folder, task(region(), url="sub/b.png"), {"id": 6, "data": {"image": URL}})
    assert of_image(reading, "a.png", SIZE) == ([], [])
    assert [image.note for image in reading.images] == ["", ""]


def test_an_annotation_of_the_storage_is_read(folder):
    write_json(folder / "12", {})
    write_json(
        folder / "12.json", {"id": 12, "result": [region()], "task": {"id": 5, "data": {"image": URL}}}
    )
    reading = read_label_studio(FileTree.of(folder), ImportRequest())
    assert len(of_image(reading, "a.png", SIZE)[0]) == 1


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("/data/upload/1/0a1b2c3d-a%20b.png", "/data/upload/1/0a1b2c3d-a b.png"),
        ("/data/local-files/?d=photos%2Fa.png", "photos/a.png"),
        ("/data/local-files/?d=photos\\a.png", "photos/a.png"),
        ("s3://bucket/photos/a.png", "/photos/a.png"),
        ("https://host/photos/a.png?X-Amz-Expires=1", "/photos/a.png"),
        ("http://host:8080/data/local-files/?d=a.png", "a.png"),
        ("/storage-data/uploaded/?filepath=upload/1/a.png", "upload/1/a.png"),
        ("C:\\photos\\a.png", "C:/photos/a.png"),
        ("a.png", "a.png"),
        ("http://[broken", "http://[broken"),
    ],
)
def test_a_url_is_the_path_that_it_means(url, path):
    assert path_of(url) == path


@pytest.mark.parametrize(
    "data",
    [
        {"image": URL},
        {"image": "/data/upload/a.png"},
        {"img": "s3://bucket/deep/a.png"},
        {"text": "hello", "picture": "https://host/a.png?x=1"},
        {"images": [URL, "/data/upload/1/0a1b2c3d-b.png"]},
    ],
)
def test_the_image_of_a_task_is_found(folder, data):
    found, _ = of_image(read(folder, task(region(), data=data)), "a.png", SIZE)
    assert len(found) == 1


def test_a_task_with_several_images_says_by_number_which_it_is_of(folder):
    data = {"images": ["a.png", "sub/b.png"]}
    reading = read(
        folder, task(region(), region(id="r2", item_index=1), region(id="r3", item_index=7), data=data)
    )
    assert [one.label for one in of_image(reading, "a.png", SIZE)[0]] == ["region r1 of annotation 12"]
    assert [one.label for one in of_image(reading, "sub/b.png", SIZE)[0]] == ["region r2 of annotation 12"]
    assert [one.why for one in reading.skipped] == ["its task has no such image"]


def test_the_uploaded_file_is_preferred_to_one_without_its_prefix(folder):
    image_folder(folder, "0a1b2c3d-a.png")
    found, _ = of_image(read(folder, task(region())), "0a1b2c3d-a.png", SIZE)
    assert len(found) == 1


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (region("keypointlabels", {"x": 1, "y": 1, "width": 1}), "a point, which has no area"),
        (region("choices", {"choices": ["a"]}), "no region of the image"),
        ({"type": "relation", "from_id": "a", "to_id": "b"}, "no region of the image"),
        (region(value="x"), "no region of the image"),
        ("x", "no region of the image"),
        (region("vectorlabels", {"vertices": []}), "no brush, polygon"),
        (region(value={"rle": "abc"}), "no list of bytes"),
        (region(value={"rle": [300]}), "no list of bytes"),
        (region(value={"rle": [1.5]}), "no list of bytes"),
        (region(value={"rle": []}), "run-lengths break off"),
        (region(value={"rle": BRUSH[:9]}), "run-lengths break off"),
        (region(value={"rle": list(brush(MASK[:9]))}), "hold 1,080 values"),
        (region(value={"rle": list(brush(~np.ones(SIZE, bool)))}), "no pixel of the image"),
        (region(original_width=20, original_height=30), "of 20x30 pixels and this one is 30x20"),
        (region("bitmasklabels", {"imageDataURL": bitmask(MASK, "L")}), "has no transparency"),
        (region("bitmasklabels", {"imageDataURL": bitmask(MASK.T)}), "is 20x30 pixels but its image 30x20"),
        (region("bitmasklabels", {"imageDataURL": "data:image/jpeg;base64,AA"}), "no PNG in base64"),
        (region("bitmasklabels", {"imageDataURL": bitmask(MASK)[:90]}), "PNG"),
        (region("bitmasklabels", {"imageDataURL": [1]}), "no PNG in base64"),
        (region("polygonlabels", {"points": [[1, 2], [3, 4]]}), "2 points and needs 3"),
        (region("polygonlabels", {"points": [[1, 2], [3, 4], [float("nan"), 1]]}), "point is no number"),
        (region("polygonlabels", {"points": [[1, 2], [3, 4], [1e9, 1]]}), "far outside"),
        (region("polygonlabels", {"points": [[1, 2], [3, 4], 5]}), "no list of pairs"),
        (region("rectanglelabels", {"x": 1, "y": 1, "width": [1], "height": 1}), "its width is no number"),
        (region("rectanglelabels", {"x": 1, "y": 1, "width": 0, "height": 1}), "holds no pixel"),
        (region("ellipselabels", {"x": 1, "y": 1, "radiusX": 1}), "its radiusY is no number"),
    ],
)
def test_a_broken_region_costs_that_region(folder, given, why):
    found, problems = only(folder, given, region(id="whole"))
    assert [each.label for each in found] == ["region whole of annotation 12"]
    assert len(problems) == 1
    with pytest.raises(InvalidInput, match=why):
        raise InvalidInput(problems[0])


def test_entries_that_are_no_tasks_are_counted(folder):
    reading = read(folder, task(region()), "x", {"id": 9}, {"data": {"text": "no image"}, "annotations": []})
    assert [(one.name, one.why) for one in reading.skipped] == [
        ("entry 2 of export.json", "it is no task of Label Studio"),
        ("entry 3 of export.json", "it is no task of Label Studio"),
        ("task number 4 of export.json", "it names no image"),
    ]


def test_a_task_of_an_image_that_is_not_there_is_kept_for_the_dataset(folder):
    reading = read(folder, task(region(), url="/data/upload/1/0a1b2c3d-c.png"))
    (missing,) = [image for image in reading.images if image.file is None]
    assert missing.entries == 1
    assert reading.used == {"export.json"}


def test_the_order_of_the_labels_in_the_configuration_is_kept(folder):
    labels = "".join(f'<Label value="{name}"/>' for name in ("scratch", "crack", "dent"))
    (folder / "label_config.xml").write_text(f'<View><BrushLabels name="t">{labels}</BrushLabels></View>')
    (folder / "other.xml").write_text("<View><Label")
    reading = read(folder, task(region()))
    assert reading.categories == ["scratch", "crack", "dent"]
    assert reading.used == {"export.json", "label_config.xml"}


def test_only_exports_are_claimed(folder):
    for document in ([], {}, [1], {"data": 3, "annotations": []}, [{"data": {}}], {"annotations": [{}]}):
        write_json(folder / "other.json", document)
        assert recognise_label_studio(FileTree.of(folder)) is None
    write_json(folder / "other.json", [task()])
    assert recognise_label_studio(FileTree.of(folder)) is not None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("a.png"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
value_keys = st.sampled_from(
    ["rle", "points", "x", "y", "width", "height", "radiusX", "brushlabels", "closed"]
)
values = st.dictionaries(value_keys, json_values, max_size=5)
results = st.lists(json_values | st.fixed_dictionaries({"id": json_values, "value": values | json_values}))
made = st.fixed_dictionaries({"id": json_values, "result": results, "was_cancelled": json_values})
tasks = st.fixed_dictionaries(
    {
        "id": json_values,
        "data": st.dictionaries(st.text(max_size=3), json_values, max_size=3),
        "annotations": st.lists(made | json_values, max_size=3) | json_values,
        "predictions": st.lists(made | json_values, max_size=2) | json_values,
    }
)


@given(st.lists(tasks | json_values, max_size=3))
def test_no_value_stops_the_rest(tmp_path_factory, given_tasks):
    folder = image_folder(tmp_path_factory.mktemp("label_studio"), "a.png", "b.png")
    (folder / "export.json").write_text(json.dumps([*given_tasks, task(region(), url="b.png")]))
    reading = read_label_studio(FileTree.of(folder), ImportRequest())
    for image in reading.images:
        found = image.objects(SIZE)
        assert image.entries == len(found.objects) + sum(each.count for each in found.skipped)
    assert of_image(reading, "b.png", SIZE)[0]
