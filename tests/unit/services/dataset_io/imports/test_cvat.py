"""CVAT XML: masks, polygons, ellipses and boxes of images, and the tracks of a video."""

from xml.sax.saxutils import quoteattr

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samstudio.domain import AnnotationStatus, InvalidInput
from samstudio.masks import decode_rle
from samstudio.masks.crops import row_runs
from samstudio.services.dataset_io.imports.formats import ImportRequest
from samstudio.services.dataset_io.imports.formats.cvat import read_cvat, recognise_cvat
from samstudio.services.dataset_io.imports.reading import EntryKind
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from tests.unit.services.dataset_io.imports.reading import image_folder, of_image

SIZE = (20, 30)
MASK = np.zeros(SIZE, bool)
MASK[5:9, 4:14] = True
MASK[6, 6] = False
CROP = MASK[5:9, 4:14]
META = """<meta><task><labels>
  <label><name>dent</name><attributes><attribute><name>depth</name></attribute></attributes></label>
  <label><name>crack</name></label>
  <label><name>left eye</name><parent>face</parent></label>
</labels><original_size><width>30</width><height>20</height></original_size></task></meta>"""


def shape(tag="mask", **given):
    given = {"label": "crack", "occluded": "0", "z_order": "0"} | given
    if tag == "mask":
        runs = ", ".join(str(run) for run in row_runs(CROP))
        given = {"rle": runs, "left": 4, "top": 5, "width": 10, "height": 4} | given
    attributes = " ".join(f"{key}={quoteattr(str(v))}" for key, v in given.items() if v is not None)
    return f'<{tag} {attributes}><attribute name="depth">3</attribute></{tag}>'


def box(**given):
    return shape("box", **{"xtl": 3, "ytl": 2, "xbr": 9, "ybr": 8} | given)


def image(*shapes, name="a.png", width=30, height=20):
    return f'<image id="0" name="{name}" width="{width}" height="{height}">{"".join(shapes)}</image>'


@pytest.fixture
def folder(tmp_path):
    return image_folder(tmp_path, "a.png", "images/default/sub/b.png", "frame_000003.PNG")


def read(folder, *images, meta=META, source=None):
    document = f'<?xml version="1.0" encoding="utf-8"?><annotations><version>1.1</version>{meta}'
    (folder / "annotations.xml").write_text(f"{document}{''.join(images)}</annotations>", "utf-8")
    return read_cvat(FileTree.of(folder), ImportRequest(source=source))


def only(folder, *shapes):
    return of_image(read(folder, image(*shapes)), "a.png", SIZE)


def test_a_mask_goes_along_the_rows_of_its_box(folder):
    reading = read(folder, image(shape()))
    (found,), problems = of_image(reading, "a.png", SIZE)
    assert problems == []
    assert (found.category, found.label, found.doubt) == ("crack", "mask 1", "")
    assert np.array_equal(decode_rle(found.rle), MASK)
    assert reading.categories == ["dent", "crack"]
    assert reading.used == {"annotations.xml"}


def test_a_mask_beyond_the_image_is_cut_off_and_said(folder):
    (found,), _ = only(folder, shape(left=25, top=-2))
    assert decode_rle(found.rle)[0:2, 25:30].sum() == CROP[2:, :5].sum()
    assert "cut off" in found.doubt


def test_polygons_ellipses_and_closed_lines_are_masks(folder):
    square = "4.00,5.00;14.00,5.00;14.00,9.00;4.00,9.00"
    found, problems = only(
        folder,
        shape("polygon", points=square),
        shape("polyline", points=f"{square};4.00,5.00"),
        shape("ellipse", cx=15, cy=10, rx=6, ry=5),
    )
    assert problems == []
    expected = np.zeros(SIZE, bool)
    expected[5:9, 4:14] = True
    assert np.array_equal(decode_rle(found[0].rle), expected)
    assert np.array_equal(decode_rle(found[1].rle), expected)
    assert abs(decode_rle(found[2].rle).sum() - np.pi * 30) < 6


def test_a_box_is_a_box_turned_about_its_centre(folder):
    found, _ = only(folder, box(), box(rotation=90, xtl=4, ytl=4, xbr=12, ybr=8))
    assert [each.rle for each in found] == [None, None]
    assert found[0].box == (3, 2, 8, 7)
    assert found[1].box == pytest.approx((6, 2, 9, 9))


def test_shapes_of_one_group_and_label_are_one_object(folder):
    other = shape("polygon", points="20,12;26,12;26,18", group_id=2)
    found, _ = only(folder, shape(group_id=2), other, shape(group_id=2, label="dent"), shape(group_id=0))
    assert [each.label for each in found] == ["shapes 1, 2", "mask 3", "mask 4"]
    assert decode_rle(found[0].rle).sum() > MASK.sum()


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (shape("points", points="1,2"), "points, which have no area"),
        (shape("polyline", points="1,2;3,4;9,9"), "an open line, which has no area"),
        (shape("tag"), "labels the whole image"),
        (shape("skeleton"), "a skeleton"),
        (shape("cuboid"), "a cuboid"),
        (shape("blob"), "<blob> is no shape"),
        (shape(label=None), "it has no label"),
        (shape(rle="1, 2"), "do not fill 10x4 pixels"),
        (shape(rle="1, x"), "no list of whole numbers"),
        (shape(rle=None), "no list of whole numbers"),
        (shape(rle="9" * 30), "no list of whole numbers"),
        (shape(rle="-1, 41"), "do not fill"),
        (shape(left="x"), "its left is no number"),
        (shape(top="1.5"), "its top is no whole number"),
        (shape(width=10**9), "its box is 1000000000x4 pixels"),
        (shape(height=0), "its box is 10x0 pixels"),
        (shape(left=40), "no pixel of the image"),
        (shape("polygon", points="1,2;3,4"), "2 points and needs 3"),
        (shape("polygon", points="1,2;3,4;5"), "no pairs of numbers"),
        (shape("polygon", points="1,2;3,4;nan,5"), "its point is no number"),
        (shape("polygon", points="1,2;3,4;1e9,5"), "far outside"),
        (shape("polygon"), "no pairs of numbers"),
        (shape("ellipse", cx=1, cy=2, rx=3), "its ry is no number"),
        (box(xtl="inf"), "its xtl is no number"),
        (box(xbr=3), "holds no pixel"),
    ],
)
def test_a_broken_shape_costs_that_shape(folder, given, why):
    found, problems = only(folder, given, shape())
    assert [each.label for each in found] == ["mask 2"]
    assert len(problems) == 1
    with pytest.raises(InvalidInput, match=why):
        raise InvalidInput(problems[0])


@pytest.mark.parametrize("name", ["sub/b.png", "default/sub/b.png", "sub\\b.png", "b.png"])
def test_an_image_is_found_by_its_name_with_folders(folder, name):
    reading = read(folder, image(shape(), name=name))
    assert len(of_image(reading, "images/default/sub/b.png", SIZE)[0]) == 1


def test_another_size_is_said_with_both(folder):
    found, problems = of_image(read(folder, image(shape(), width=20, height=30)), "a.png", SIZE)
    assert found == []
    assert "a.png is 30x20 pixels but annotations.xml says 20x30" in problems[0]


def test_an_image_without_name_ends_with_its_shapes(folder):
    reading = read(folder, image(shape(), shape(), name=" "))
    assert [(one.kind, one.why) for one in reading.skipped] == [
        (EntryKind.IMAGE, "it has no name"),
        (EntryKind.OBJECT, "its image has no name"),
        (EntryKind.OBJECT, "its image has no name"),
    ]


def test_the_tracks_of_a_video_belong_to_frames(folder):
    track = (
        '<track id="7" label="crack">'
        + shape(label=None, frame=3, keyframe=1, outside=0)
        + box(label=None, frame=3, keyframe=0, outside=0)
        + shape(label=None, frame=4, keyframe=1, outside=0)
        + shape(label=None, frame=5, keyframe=1, outside=1)
        + shape(label=None, frame="x", keyframe=1, outside=0)
        + "</track>"
    )
    reading = read(folder, track)
    found, _ = of_image(reading, "frame_000003.PNG", SIZE)
    assert [(each.label, each.category, each.status) for each in found] == [
        ("mask of track 7", "crack", None),
        ("box of track 7", "crack", AnnotationStatus.PROPOSED),
    ]
    assert "interpolated" in found[1].doubt
    assert {image.name: image.group for image in reading.images}["frame_000003.PNG"] == "annotations"
    assert [image.name for image in reading.images if image.file is None] == [
        "frame_000004.png",
        "a frame without number",
    ]


def test_what_belongs_to_no_image_is_counted(folder):
    (left,) = read(folder, image(shape()), '<tag label="crack" frame="3"/>').skipped
    assert (left.name, left.why) == ("<tag> of annotations.xml", "it belongs to no image and to no track")


BOMB = (
    '<!DOCTYPE annotations [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    "<annotations><meta>&b;</meta></annotations>"
)
EXTERNAL = '<!DOCTYPE annotations [<!ENTITY a SYSTEM "file:///etc/passwd">]><annotations><meta>&a;</meta></annotations>'


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (BOMB, "declares XML entities"),
        (EXTERNAL, "declares XML entities"),
        ("<annotations><meta>", "is not XML"),
        ("<annotations><meta>\0</meta></annotations>", "is not XML"),
    ],
)
def test_a_file_that_cannot_be_used_is_said_and_others_are_read(folder, text, why):
    (folder / "other.xml").write_text(text)
    (left,) = read(folder, image(shape())).skipped
    assert (left.name, left.kind) == ("other.xml", EntryKind.FILE)
    assert why in left.why
    with pytest.raises(InvalidInput, match=why):
        read_cvat(FileTree.of(folder), ImportRequest(source=folder / "other.xml"))


def test_only_cvat_files_are_claimed(folder):
    (folder / "other.xml").write_text("<annotation><filename>a.png</filename></annotation>")
    assert recognise_cvat(FileTree.of(folder)) is None
    with pytest.raises(InvalidInput, match="holds no CVAT XML file"):
        read_cvat(FileTree.of(folder), ImportRequest())
    with pytest.raises(InvalidInput, match="begins with <annotation>"):
        read_cvat(FileTree.of(folder), ImportRequest(source=folder / "other.xml"))
    (folder / "utf16.xml").write_text(f"<annotations>{META}</annotations>", "utf-16")
    assert recognise_cvat(FileTree.of(folder)) is not None


texts = st.text(st.characters(codec="utf-8", min_codepoint=32), max_size=8) | st.sampled_from(
    ["1,2;3,4;9,9", "4"]
)
KEYS = "label rle left top width height points cx cy rx ry xtl ytl xbr ybr rotation group_id"
keys = st.sampled_from(KEYS.split(" "))
tags = st.sampled_from(["mask", "polygon", "polyline", "ellipse", "box", "points", "tag"])
elements = st.tuples(tags, st.dictionaries(keys, texts, max_size=6))


@given(st.lists(elements, max_size=5), texts, texts)
def test_no_value_stops_the_rest(tmp_path_factory, given_shapes, frame, width):
    folder = image_folder(tmp_path_factory.mktemp("cvat"), "a.png", "b.png")
    drawn = [shape(tag, **values) for tag, values in given_shapes]
    tracked = [shape(tag, **{"frame": frame, **values}) for tag, values in given_shapes]
    track = f'<track id="1" label="crack">{"".join(tracked)}</track>'
    hostile = f'<image name="a.png" width={quoteattr(width)} height="20">{"".join(drawn)}</image>'
    reading = read(folder, hostile, track, image(shape(), name="b.png"))
    for one in reading.images:
        found = one.objects(SIZE)
        assert one.entries == len(found.objects) + sum(each.count for each in found.skipped)
    assert of_image(reading, "b.png", SIZE)[0]
