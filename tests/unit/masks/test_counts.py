import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycocotools import mask as coco

from samstudio.domain import InvalidInput
from samstudio.masks import decode_rle
from samstudio.masks.counts import read_counts


def reference_decode(rle):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pycocotools speaks numpy 1's array protocol
        return coco.decode({**rle, "counts": rle["counts"].encode()}).astype(bool)


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
        [],
        None,
        "text",
    ],
)
def test_what_is_no_mask_is_refused_before_it_is_decoded(rle):
    with pytest.raises(InvalidInput, match="not a COCO run-length mask"):
        read_counts(rle)


@given(st.text(alphabet=[chr(c) for c in range(48, 112)], max_size=30))
def test_any_counts_are_read_as_pycocotools_does_or_refused(counts):
    rle = {"size": [5, 7], "counts": counts}
    try:
        mask = decode_rle(rle)
    except InvalidInput:
        return
    assert np.array_equal(reference_decode(rle), mask)
