"""What goes out comes in again: the same masks to the pixel, as far as a format holds them."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from samstudio.domain import AnnotationStatus
from samstudio.masks import decode_rle, encode_rle
from samstudio.services.dataset_io.exports import EXPORT_FORMATS
from samstudio.services.dataset_io.imports.formats import IMPORT_FORMATS, ImportRequest
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from tests.unit.services.dataset_io.exports.fakes import FakeSource

NAMES = ["leaf", "a stem", "空"]
SIZES = st.tuples(st.integers(2, 12), st.integers(2, 12))


@st.composite
def smooth(draw, size):
    """A region with a smooth outline, as objects have it, perhaps with holes and in parts."""
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    field = cv2.GaussianBlur(rng.normal(size=size), (0, 0), draw(st.sampled_from([0.7, 1.5, 4])))
    mask = field >= np.quantile(field, draw(st.sampled_from([0.1, 0.4, 0.8])))
    return mask if mask.any() else np.ones(size, bool)


@st.composite
def images(draw, *, overlapping=True, one_part=False):
    """An image's objects: (mask, category, status)."""
    size = draw(SIZES)
    free, found = np.ones(size, bool), []
    for _ in range(draw(st.integers(1, 4))):
        mask = draw(st.one_of(arrays.arrays(bool, size), smooth(size))) & (free | overlapping)
        if one_part:
            _, parts = cv2.connectedComponents(mask.astype(np.uint8))
            mask = parts == 1
        if mask.any():
            free &= ~mask
            found.append((mask, draw(st.integers(0, 2)), AnnotationStatus.ACCEPTED))
    return found


def filled(objects):
    return bool(objects)


def round_trip(folder, format, objects):
    """The objects of one image as its import finds them, by (counts, category), and the reading."""
    found, reading = found_again(folder, format, objects)
    return sorted((one.rle["counts"], one.category) for one in found), reading


def found_again(folder, format, objects):
    """The objects of one image as its import finds them, and the reading."""
    EXPORT_FORMATS.get(format).write(FakeSource(folder, NAMES, {"a b.png": objects}), folder / "out")
    reading = IMPORT_FORMATS.get(format).read(FileTree.of(folder / "out"), ImportRequest())
    (image,) = (one for one in reading.images if one.file is not None)
    found = image.objects(objects[0][0].shape)
    assert found.skipped == []
    return found.objects, reading


def expected(objects):
    return sorted((encode_rle(mask)["counts"], NAMES[category]) for mask, category, _ in objects)


@settings(deadline=None)
@given(objects=images().filter(filled))
def test_coco_keeps_every_pixel_and_the_categories(tmp_path_factory, objects):
    folder = tmp_path_factory.mktemp("coco")
    found, reading = round_trip(folder, "coco", objects)
    assert found == expected(objects)
    assert reading.categories == NAMES
    document = json.loads((folder / "out" / "annotations.json").read_text())
    assert [(one["id"], one["name"]) for one in document["categories"]] == list(
        zip((0, 2, 4), NAMES, strict=True)
    )


@settings(deadline=None)
@given(objects=images(one_part=True).filter(filled))
def test_yolo_keeps_objects_in_one_part(tmp_path_factory, objects):
    found, reading = round_trip(tmp_path_factory.mktemp("yolo"), "yolo", objects)
    assert found == expected(objects)
    assert reading.categories == NAMES


@pytest.mark.parametrize("blur", [0.6, 1, 2, 5])
@pytest.mark.parametrize("part", [0.2, 0.5, 0.9])
def test_yolo_keeps_every_hole_of_large_objects(tmp_path, blur, part):
    """Cuts between holes went across others, and filled pixels of them."""
    size, found = (140, 170), []
    for seed in range(4):
        field = cv2.GaussianBlur(np.random.default_rng(seed).normal(size=size), (0, 0), blur)
        _, parts = cv2.connectedComponents((field >= np.quantile(field, 1 - part)).astype(np.uint8))
        found.append((parts == np.bincount(parts[parts > 0]).argmax(), 0, AnnotationStatus.ACCEPTED))
    assert round_trip(tmp_path, "yolo", found)[0] == expected(found)


@settings(deadline=None)
@given(objects=images().filter(filled))
def test_yolo_loses_no_pixel_of_any_object(tmp_path_factory, objects):
    """Cuts that join parts add pixels; none is taken."""
    found, _ = round_trip(tmp_path_factory.mktemp("yolo"), "yolo", objects)
    size = list(objects[0][0].shape)
    masks = [decode_rle({"size": size, "counts": counts}) for counts, _ in found]
    for mask, _, _ in objects:
        assert any(np.all(one[mask]) for one in masks)


@settings(deadline=None)
@given(objects=images(overlapping=False).filter(filled))
@pytest.mark.parametrize("format", ["voc", "masks"])
def test_label_maps_keep_objects_that_do_not_overlap(tmp_path_factory, format, objects):
    found, _ = round_trip(tmp_path_factory.mktemp(format), format, objects)
    assert found == expected(objects)


def odd_looking(name):
    """Objects that a foreign mask would be doubted for."""
    size = (24, 30)
    mask = np.zeros(size, bool)
    if name == "ring around another":
        inner = mask.copy()
        inner[8:16, 8:20] = True
        mask[6:18, 6:22] = True
        return [(inner, 0), (mask & ~inner, 0)]
    if name == "all around the edge":
        mask[:], mask[10:14, 10:14] = True, False
    elif name == "speck":
        mask[3, 4] = True
    elif name == "separate parts":
        mask[2:6, 2:6] = mask[15:20, 15:20] = True
    elif name == "whole image":
        mask[:] = True
    return [(mask, 0)]


ODD = ["ring around another", "all around the edge", "speck", "separate parts", "whole image"]


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("format", ["voc", "masks", "semantic"])
def test_what_a_foreign_mask_is_doubted_for_is_believed_of_our_own(tmp_path, format, name):
    objects = [(mask, category, AnnotationStatus.ACCEPTED) for mask, category in odd_looking(name)]
    found, _ = found_again(tmp_path, format, objects)
    assert [(one.status, one.doubt) for one in found] == [(None, "")] * len(found)
    if format != "semantic":
        assert sorted(one.rle["counts"] for one in found) == [counts for counts, _ in expected(objects)]


@settings(deadline=None)
@given(objects=images(overlapping=False).filter(filled))
@pytest.mark.parametrize("format", ["voc", "masks"])
def test_no_object_of_our_label_maps_is_doubted(tmp_path_factory, format, objects):
    found, _ = found_again(tmp_path_factory.mktemp(format), format, objects)
    assert [(one.status, one.doubt) for one in found] == [(None, "")] * len(objects)


@settings(deadline=None)
@given(objects=images(overlapping=False).filter(filled))
def test_semantic_maps_keep_the_category_of_every_pixel(tmp_path_factory, objects):
    found, _ = round_trip(tmp_path_factory.mktemp("semantic"), "semantic", objects)
    size = objects[0][0].shape
    wanted, got = np.zeros(size, int), np.zeros(size, int)
    for mask, category, _ in objects:
        wanted[mask] = category + 1
    for counts, category in found:
        got[decode_rle({"size": list(size), "counts": counts})] = NAMES.index(category) + 1
    assert np.array_equal(wanted, got)
