import json
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pycocotools import mask as coco

from samstudio.domain import InvalidInput
from samstudio.masks import decode_rle, encode_rle, label_rles

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


@given(labels)
def test_labels_split_alike_by_runs_and_by_masks(picture):
    by_masks = [picture == value for value in np.unique(picture) if value != 0]
    assert label_rles(picture) == [encode_rle(mask) for mask in by_masks]
    assert len(by_masks) == len(np.unique(picture[picture != 0]))


def test_labels_keep_the_order_of_their_values():
    picture = np.array([[500, 0, 2], [2, 0, 500]], np.uint16)
    first, second = (decode_rle(rle) for rle in label_rles(picture))
    assert first.tolist() == (picture == 2).tolist()
    assert second.tolist() == (picture == 500).tolist()
    assert label_rles(np.zeros((0, 0), np.uint8)) == []


def test_masks_have_two_dimensions():
    with pytest.raises(InvalidInput, match="two dimensions"):
        encode_rle(np.zeros((1, 2, 3), bool))
