import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from pycocotools import mask as coco

from samstudio.domain import InvalidInput
from samstudio.masks import RunLengths, encode_rle
from samstudio.masks.crops import mask_of_row_runs, placed, row_runs, runs_along_rows


def whole(mask):
    """The mask's run-lengths as pycocotools encodes them, over the whole picture."""
    rle = coco.encode(np.asfortranarray(mask, np.uint8))
    return {"size": list(mask.shape), "counts": rle["counts"].decode()}


masks = arrays.arrays(bool, arrays.array_shapes(min_dims=2, max_dims=2, max_side=9))


@settings(deadline=None)
@given(masks, st.integers(-9, 12), st.integers(-9, 12), st.tuples(st.integers(1, 12), st.integers(1, 12)))
def test_a_crop_is_placed_where_it_says_and_cut_off_at_the_image(crop, left, top, size):
    wide = np.zeros((size[0] + 40, size[1] + 40), bool)
    wide[20 + top : 20 + top + crop.shape[0], 20 + left : 20 + left + crop.shape[1]] = crop
    expected = wide[20 : 20 + size[0], 20 : 20 + size[1]]
    found = placed(crop, left=left, top=top, size=size)
    assert np.array_equal(found.decode(), expected)
    assert found.to_rle() == encode_rle(expected) == whole(expected)
    assert found == RunLengths.parse(whole(expected))


def test_a_small_object_of_a_large_image_costs_no_large_array(monkeypatch):
    made = []
    zeros = np.zeros
    monkeypatch.setattr(np, "zeros", lambda shape, *rest: made.append(np.prod(shape)) or zeros(shape, *rest))
    placed(np.ones((20, 30), bool), left=5000, top=7000, size=(10_000, 10_000))
    assert max(made) < 1000


@given(masks)
def test_runs_along_the_rows_hold_the_mask(mask):
    runs = row_runs(mask)
    assert np.array_equal(mask_of_row_runs(runs, size=mask.shape), mask)
    assert (runs[1:] > 0).all(), "only the background before the first run may be empty"


@given(masks)
def test_the_foreground_s_runs_along_the_rows_are_the_mask(mask):
    starts, ends = runs_along_rows(RunLengths.parse(encode_rle(mask)))
    flat = np.zeros(mask.size, bool)
    for start, end in zip(starts, ends, strict=True):
        assert not flat[start:end].any()
        flat[start:end] = True
    assert np.array_equal(flat.reshape(mask.shape), mask)


@pytest.mark.parametrize("runs", [[], [3], [7], [-1, 7], [2**62, 2**62]])
def test_runs_that_do_not_fill_the_size_are_refused(runs):
    with pytest.raises(InvalidInput, match="do not fill 3x2 pixels"):
        mask_of_row_runs(np.array(runs, np.int64), size=(2, 3))
