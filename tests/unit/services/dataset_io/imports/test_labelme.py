"""labelme files: the masks that labelme itself draws, and every shape accounted for."""

import base64
import gc
import io
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from samstudio.domain import AnnotationStatus, InvalidInput
from samstudio.masks import decode_rle
from samstudio.services.dataset_io.imports.formats import ImportRequest
from samstudio.services.dataset_io.imports.formats.labelme import read_labelme, recognise_labelme
from samstudio.services.dataset_io.imports.reading import EntryKind
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from tests.unit.services.dataset_io.imports.reading import image_folder, of_image, write_json

SIZE = (20, 30)
POLYGON = [[4, 5], [14, 5], [14.5, 9], [4, 9]]


def png(mask, mode=None):
    out = io.BytesIO()
    picture = Image.fromarray(np.asarray(mask, np.uint8))
    (picture.convert(mode) if mode else picture).save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


def shape(points=None, kind="polygon", **rest):
    return {"label": "crack", "points": POLYGON if points is None else points, "shape_type": kind} | rest


def document(*shapes, **rest):
    return {
        "version": "5.5.0",
        "flags": {},
        "shapes": list(shapes),
        "imagePath": "a.png",
        "imageData": None,
        "imageHeight": 20,
        "imageWidth": 30,
    } | rest


@pytest.fixture
def folder(tmp_path):
    return image_folder(tmp_path, "a.png", "sub/b.png")


def read(folder, *shapes, **rest):
    write_json(folder / "a.json", document(*shapes, **rest))
    return read_labelme(FileTree.of(folder), ImportRequest())


def drawn(*polygons):
    picture = Image.new("L", SIZE[::-1])
    for polygon in polygons:
        ImageDraw.Draw(picture).polygon([tuple(p) for p in polygon], outline=1, fill=1)
    return np.asarray(picture) > 0


def test_a_polygon_is_filled_as_labelme_fills_it(folder):
    found, problems = of_image(read(folder, shape()), "a.png", SIZE)
    assert problems == []
    assert (found[0].category, found[0].label, found[0].status) == ("crack", "shape 1", None)
    assert np.array_equal(decode_rle(found[0].rle), drawn(POLYGON))


def test_an_old_file_without_shape_types_holds_polygons(folder):
    old = shape(line_color=None)
    del old["shape_type"]
    found, _ = of_image(read(folder, old), "a.png", SIZE)
    assert np.array_equal(decode_rle(found[0].rle), drawn(POLYGON))


def test_shapes_of_one_group_and_label_are_one_object(folder):
    other = [[20, 12], [26, 12], [26, 18]]
    reading = read(
        folder, shape(group_id=1), shape(other, group_id=1), shape(group_id=1, label="dent"), shape(other)
    )
    found, _ = of_image(reading, "a.png", SIZE)
    assert [each.label for each in found] == ["shapes 1, 2", "shape 3", "shape 4"]
    assert np.array_equal(decode_rle(found[0].rle), drawn(POLYGON, other))
    assert reading.categories == ["crack", "dent"]


def test_a_mask_is_placed_into_its_box(folder):
    crop = np.array([[1, 0, 1], [0, 1, 0]], bool)
    found, _ = of_image(read(folder, shape([[7, 3], [9, 4]], "mask", mask=png(crop))), "a.png", SIZE)
    expected = np.zeros(SIZE, bool)
    expected[3:5, 7:10] = crop
    assert np.array_equal(decode_rle(found[0].rle), expected)
    assert found[0].doubt == ""


def test_a_mask_beyond_the_image_is_cut_off_and_said(folder):
    crop = np.ones((4, 4), bool)
    found, _ = of_image(read(folder, shape([[-2, 18], [1, 21]], "mask", mask=png(crop))), "a.png", SIZE)
    assert decode_rle(found[0].rle).sum() == 4
    assert "cut off" in found[0].doubt


def test_a_mask_that_labelme_cut_off_with_its_box_is_whole(folder):
    crop = np.ones((3, 4), bool)
    (found,), problems = of_image(
        read(folder, shape([[26, 17], [30, 20]], "mask", mask=png(crop))), "a.png", SIZE
    )
    assert problems == []
    assert decode_rle(found.rle)[17:, 26:].sum() == decode_rle(found.rle).sum() == 12
    assert found.doubt == ""


def test_a_circle_is_a_mask_and_a_rectangle_is_a_box(folder):
    reading = read(folder, shape([[10, 10], [14, 10]], "circle"), shape([[9, 8], [3, 2]], "rectangle"))
    found, problems = of_image(reading, "a.png", SIZE)
    assert problems == []
    assert decode_rle(found[0].rle)[10, 6:15].all()
    assert found[1].rle is None
    assert found[1].box == (3, 2, 8, 7)


def test_an_object_that_lost_a_shape_is_proposed(folder):
    broken = shape([[1, 1]], group_id=1)
    (found,), _ = of_image(read(folder, shape(group_id=1), broken), "a.png", SIZE)
    assert found.status is AnnotationStatus.PROPOSED
    assert "shape 2: it has 1 points and needs 3" in found.doubt


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (shape(kind="line"), "it is a line, which has no area"),
        (shape(kind="point"), "it is a point, which has no area"),
        (shape(kind="linestrip"), "no area"),
        (shape(kind="blob"), "shape_type is not known"),
        (shape(kind=["polygon"]), "shape_type is not known"),
        (shape(label=None), "it has no label"),
        (shape(label=["a"]), "it has no label"),
        (shape(label=" "), "it has no label"),
        (shape([[1, 1], [2, 2]]), "2 points and needs 3"),
        (shape([[1, 1], [2, 2], [float("nan"), 3]]), "its point is no number"),
        (shape([[1, 1], [2, 2], [[3], 3]]), "its point is no number"),
        (shape([[1, 1], [2, 2], [True, 3]]), "its point is no number"),
        (shape([[1, 1], [2, 2], [1e9, 3]]), "far outside"),
        (shape([[1, 1], [2, 2], [10**400, 3]]), "its point is no number"),
        (shape("abc"), "its points are no list"),
        (shape([[1, 1], [2, 2], [1, 2, 3]]), "3.5 points"),
        (shape([[40, 40], [50, 40], [50, 50]]), "no pixel of the image"),
        (shape([[7, 3], [9, 4]], "mask"), "no PNG in base64"),
        (shape([[7, 3], [9, 4]], "mask", mask="!"), "no PNG in base64"),
        (shape([[7, 3], [9, 4]], "mask", mask="AAAA"), "no PNG in base64"),
        (shape([[7, 3], [9, 4]], "mask", mask=png(np.ones((3, 3)))), "3x3 pixels but its box 3x2"),
        (shape([[7, 3], [9, 4]], "mask", mask=png(np.ones((2, 3)), "RGB")), "RGB colours"),
        (shape([[7, 3], [9, 4]], "mask", mask=png(np.zeros((2, 3)))), "no pixel of the image"),
        (shape([[7, 3], [900, 4]], "mask", mask=""), "lies far outside|larger than the image"),
        ("shape", "it has no label|no JSON object"),
        (None, "no JSON object"),
        ([], "no JSON object"),
    ],
)
def test_a_broken_shape_costs_that_shape(folder, given, why):
    found, problems = of_image(read(folder, given, shape()), "a.png", SIZE)
    assert [each.label for each in found] == ["shape 2"]
    assert len(problems) == 1
    assert problems[0].startswith("shape 1 of a.png: ")
    with pytest.raises(InvalidInput, match=why):
        raise InvalidInput(problems[0])


@pytest.mark.parametrize(
    "path", ["sub/b.png", "sub\\b.png", "..\\photos\\sub\\b.png", "C:\\x\\b.png", "B.PNG"]
)
def test_the_image_is_found_by_its_path_whatever_system_wrote_it(folder, path):
    write_json(folder / "jsons" / "any.json", document(shape(), imagePath=path))
    reading = read_labelme(FileTree.of(folder), ImportRequest())
    assert len(of_image(reading, "sub/b.png", SIZE)[0]) == 1
    assert [image.note for image in reading.images if image.name == "a.png"] == [
        "is not listed in a labelme file"
    ]
    assert reading.used == {"jsons/any.json"}


@pytest.mark.parametrize("path", ["gone.jpg", "C:\\old\\IMG 1.JPG", "", "  ", None, 7, "../lost/a.tiff"])
@pytest.mark.parametrize(
    ("image", "name"),
    [
        ("c.jpg", "c.json"),
        ("sub/c.tif", "sub/C.json"),
        ("images/c.d.png", "annotations/c.d.json"),
        ("set 1/images/c.PNG", "set 1/labels/c.json"),
    ],
)
def test_a_file_whose_path_is_stale_is_of_the_image_of_its_name(folder, image, name, path):
    image_folder(folder, image, "else/c.jpg")
    write_json(folder / name, document(shape(), imagePath=path))
    reading = read_labelme(FileTree.of(folder), ImportRequest())
    assert len(of_image(reading, image, SIZE)[0]) == 1
    assert {one.name for one in reading.images} == {image, "else/c.jpg", "a.png", "sub/b.png"}


def test_its_own_name_is_no_reason_where_the_path_is_right_or_two_images_have_it(folder):
    image_folder(folder, "two.jpg", "two.png")
    write_json(folder / "a.json", document(shape(), imagePath="sub/b.png"))
    write_json(folder / "two.json", document(shape(), imagePath="gone.jpg"))
    reading = read_labelme(FileTree.of(folder), ImportRequest())
    assert len(of_image(reading, "sub/b.png", SIZE)[0]) == 1
    assert {one.name: one.file for one in reading.images}["gone.jpg"] is None
    assert {one.name for one in reading.images if one.entries} == {"sub/b.png", "gone.jpg"}


def test_another_size_is_said_with_both(folder):
    found, problems = of_image(read(folder, shape(), shape(), imageWidth=20, imageHeight=30), "a.png", SIZE)
    assert found == []
    assert "a.png is 30x20 pixels but a.json says 20x30" in problems[0]


def test_only_labelme_files_are_claimed(folder):
    write_json(folder / "other.json", {"shapes": 3, "imagePath": "a.png"})
    (folder / "broken.json").write_text('{"shapes": [')
    assert recognise_labelme(FileTree.of(folder)) is None
    with pytest.raises(InvalidInput, match="holds no labelme file"):
        read_labelme(FileTree.of(folder), ImportRequest())
    write_json(folder / "sub" / "b.json", document())
    claim = recognise_labelme(FileTree.of(folder))
    assert claim is not None
    assert claim.because == "sub/b.json is a labelme file"


def test_the_image_in_the_file_is_used_where_there_is_no_other(folder):
    data = base64.b64encode(b"the picture's bytes").decode()
    write_json(folder / "c.json", document(shape(), imagePath="..\\c.png", imageData=data))
    write_json(folder / "d.json", document(shape(), imagePath="d.png", imageData="broken"))
    tree = FileTree.of(folder)
    reading = read_labelme(tree, ImportRequest())
    files = {image.name: image.file for image in reading.images}
    assert files["..\\c.png"].read_bytes() == b"the picture's bytes"
    assert files["d.png"] is None
    assert len(of_image(reading, "..\\c.png", SIZE)[0]) == 1
    scratch = tree.scratch()
    del tree, reading
    gc.collect()
    assert not scratch.exists()


def test_the_order_of_the_list_of_labels_is_kept(folder):
    (folder / "labels.txt").write_text("__ignore__\n_background_\nscratch\ncrack\n\ndent\n")
    reading = read(folder, shape(), shape(label="hole"))
    assert reading.categories == ["scratch", "crack", "dent", "hole"]
    assert reading.used == {"a.json", "labels.txt"}


def test_a_file_that_is_cut_short_is_said(folder):
    (folder / "sub" / "b.json").write_text('{"shapes": [')
    (left,) = read(folder, shape()).skipped
    assert (left.name, left.kind) == ("sub/b.json", EntryKind.FILE)
    assert "is not JSON" in left.why


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["mask", "polygon"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
keys = st.sampled_from(["label", "points", "shape_type", "group_id", "mask", "flags"])


@given(st.lists(json_values | st.dictionaries(keys, json_values), max_size=5), json_values, json_values)
def test_no_value_stops_the_rest(tmp_path_factory, shapes, path, width):
    folder = image_folder(tmp_path_factory.mktemp("labelme"), "a.png")
    (folder / "b.json").write_text(json.dumps(document(*shapes, imagePath=path, imageWidth=width)))
    (folder / "a.json").write_text(json.dumps(document(shape())))
    reading = read_labelme(FileTree.of(folder), ImportRequest())
    for image in reading.images:
        found = image.objects(SIZE)
        assert image.entries == len(found.objects) + sum(each.count for each in found.skipped)
    assert any(len(image.objects(SIZE).objects) for image in reading.images)
