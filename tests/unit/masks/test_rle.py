import json
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pycocotools import mask as coco

from samstudio.domain import InvalidInput
from samstudio.masks.rle import (
    canonical_rle,
    decode_rle,
    encode_rle,
    iou,
    label_rles,
    mask_to_box,
    masks_from_labels,
    rle_area,
    rle_box,
    validated_box,
    validated_points,
)

sides = st.integers(1, 40)
masks = st.tuples(sides, sides).flatmap(lambda size: arrays(np.bool_, size))
labels = st.tuples(sides, sides).flatmap(lambda size: arrays(np.uint16, size, elements=st.integers(0, 6)))


def reference_decode(rle):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pycocotools speaks numpy 1's array protocol
        return coco.decode({**rle, "counts": rle["counts"].encode()}).astype(bool)


@given(masks)
def test_rle_round_trip_is_exact_and_survives_json(mask):
    rle = json.loads(json.dumps(encode_rle(mask)))
    decoded = decode_rle(rle)
    assert decoded.dtype == np.bool_
    assert np.array_equal(decoded, mask)
    assert np.array_equal(reference_decode(rle), mask)


@given(masks)
def test_area_and_box_from_runs_are_those_of_the_mask(mask):
    rle = encode_rle(mask)
    assert rle_area(rle) == mask.sum()
    if mask.any():
        assert rle_box(rle) == mask_to_box(mask)
    else:
        with pytest.raises(InvalidInput, match="the mask is empty"):
            rle_box(rle)


@given(masks)
def test_canonical_rle_of_any_spelling(mask):
    """Uncompressed, and with empty runs in the middle, it is the same mask."""
    flat = mask.T.reshape(-1)
    counts, value = [], False
    for pixel in flat:
        if bool(pixel) != value:
            counts.append(0)
            value = not value
        counts += [1, 0]
    plain = {"size": list(mask.shape), "counts": counts or [0]}
    assert np.array_equal(decode_rle(plain), mask)
    assert canonical_rle(plain) == encode_rle(mask)


@given(labels)
def test_labels_split_alike_by_runs_and_by_masks(picture):
    by_masks = masks_from_labels(picture)
    assert label_rles(picture) == [encode_rle(mask) for mask in by_masks]
    assert len(by_masks) == len(np.unique(picture[picture != 0]))


def test_labels_keep_the_order_of_their_values():
    picture = np.array([[500, 0, 2], [2, 0, 500]], np.uint16)
    assert [mask.sum() for mask in masks_from_labels(picture)] == [2, 2]
    assert masks_from_labels(picture)[0][0].tolist() == [False, False, True]
    assert label_rles(np.zeros((0, 0), np.uint8)) == []


@pytest.mark.parametrize(
    "rle",
    [
        {"size": [4, 4], "counts": "garbage!!"},
        {"size": [4, 4], "counts": ""},
        {"size": [4, 4], "counts": "04"},
        {"size": [4, 4], "counts": "oooooooooooooooooo"},
        {"size": [4, 4], "counts": "\x00\x01"},
        {"size": [4, 4], "counts": "é"},
        {"size": [4, 4], "counts": [100]},
        {"size": [4, 4], "counts": [3, -1, 14]},
        {"size": [4, 4], "counts": [2**40]},
        {"size": [4, 4], "counts": [1.5, 14.5]},
        {"size": [4, 4], "counts": ["a"]},
        {"size": [4, 4], "counts": None},
        {"size": [4, 4], "counts": 16},
        {"size": [4], "counts": [4]},
        {"size": [-4, -4], "counts": [16]},
        {"size": [10**9, 10**9], "counts": [10**18]},
        {"size": None, "counts": [16]},
        {"counts": [16]},
        {},
    ],
)
def test_what_is_no_mask_is_refused_before_it_is_decoded(rle):
    for read in (decode_rle, rle_area, rle_box, canonical_rle):
        with pytest.raises(InvalidInput, match="not a COCO run-length mask"):
            read(rle)


@given(st.text(alphabet=[chr(c) for c in range(48, 112)], max_size=30))
def test_any_counts_are_read_as_pycocotools_does_or_refused(counts):
    rle = {"size": [5, 7], "counts": counts}
    try:
        mask = decode_rle(rle)
    except InvalidInput:
        return
    assert np.array_equal(reference_decode(rle), mask)


def test_masks_have_two_dimensions():
    with pytest.raises(InvalidInput, match="two dimensions"):
        encode_rle(np.zeros((1, 2, 3), bool))


def test_box_is_of_the_outermost_pixels():
    mask = np.zeros((10, 20), bool)
    mask[3:7, 5:12] = True
    assert mask_to_box(mask) == (5.0, 3.0, 11.0, 6.0)
    with pytest.raises(InvalidInput, match="the mask is empty"):
        mask_to_box(np.zeros((3, 3), bool))


def test_iou():
    a = np.zeros((4, 4), bool)
    b = a.copy()
    assert iou(a, b) == 1.0
    a[:2] = True
    b[1:3] = True
    assert iou(a, b) == pytest.approx(4 / 12)
    assert iou(a, ~a) == 0.0


def test_boxes_are_sorted_and_clipped():
    assert validated_box((9, 8, 2, 1), width=20, height=20) == (2, 1, 9, 8)
    assert validated_box((-5, -5, 25, 10), width=20, height=20) == (0, 0, 20, 10)


@pytest.mark.parametrize(
    ("box", "sentence"),
    [
        ((5, 5, 5, 9), "box 5,5,5,9 has no area: drag from one corner to the opposite one"),
        ((30, 2, 40, 9), "box 30,2,40,9 lies outside the image, which is 20x10 pixels"),
        ((-9, 2, 0, 9), "box -9,2,0,9 lies outside the image, which is 20x10 pixels"),
        ((1, 2, float("nan"), 4), "box 1,2,nan,4 is not four numbers X0,Y0,X1,Y1"),
        ((1, 2, float("inf"), 4), "box 1,2,inf,4 is not four numbers X0,Y0,X1,Y1"),
        ((1, 2, 3), "box 1,2,3 is not four numbers X0,Y0,X1,Y1"),
    ],
)
def test_bad_boxes_are_refused_by_name(box, sentence):
    with pytest.raises(InvalidInput) as raised:
        validated_box(box, width=20, height=10)
    assert str(raised.value) == sentence


@given(*[st.floats(-50, 50) for _ in range(4)])
def test_a_validated_box_lies_in_the_image(x0, y0, x1, y1):
    try:
        left, top, right, bottom = validated_box((x0, y0, x1, y1), width=20, height=10)
    except InvalidInput:
        return
    assert 0 <= left < right <= 20
    assert 0 <= top < bottom <= 10


@pytest.mark.parametrize(
    ("coords", "point_labels", "words"),
    [
        (((1, 1), (2, 2)), (1,), "2 points came with 1 labels"),
        (((1, 1),), (2,), "point 1,1 has label 2: 1 is foreground, 0 is background"),
        (((21, 1),), (1,), "point 21,1 lies outside the image"),
        (((float("nan"), 1),), (0,), "point nan,1 lies outside the image"),
    ],
)
def test_bad_points_are_refused_by_name(coords, point_labels, words):
    with pytest.raises(InvalidInput, match=words):
        validated_points(coords, point_labels, width=20, height=10)


def test_good_points_pass():
    validated_points(((0, 0), (20, 10)), (1, 0), width=20, height=10)
