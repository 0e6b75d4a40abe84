import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from samstudio.domain import InvalidInput
from samstudio.masks import RunLengths, decode_rle, encode_rle, mask_to_box

sides = st.integers(1, 40)
masks = st.tuples(sides, sides).flatmap(lambda size: arrays(np.bool_, size))


@given(masks)
def test_area_and_box_from_runs_are_those_of_the_mask(mask):
    runs = RunLengths.parse(encode_rle(mask))
    assert runs.size == mask.shape
    assert runs.area == mask.sum()
    assert runs.is_empty is not mask.any()
    if mask.any():
        assert runs.box == mask_to_box(mask)
        x0, y0, x1, y1 = map(int, runs.box)
        assert np.array_equal(runs.decode_box(), mask[y0 : y1 + 1, x0 : x1 + 1])
    else:
        with pytest.raises(InvalidInput, match="the mask is empty"):
            _ = runs.box


@given(masks, st.tuples(sides, sides))
def test_a_mask_is_sampled_at_another_size_pixel_by_pixel(mask, size):
    rows, columns = (
        [int((n + 0.5) * own / wanted) for n in range(wanted)]
        for own, wanted in zip(mask.shape, size, strict=True)
    )
    expected = mask[np.ix_(rows, columns)]
    assert np.array_equal(RunLengths.parse(encode_rle(mask)).sampled(size), expected)


@given(masks)
def test_any_spelling_of_a_mask_becomes_one(mask):
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
    assert RunLengths.parse(plain).to_rle() == encode_rle(mask)
    assert RunLengths.parse(plain) == RunLengths.parse(encode_rle(mask))
    assert hash(RunLengths.parse(plain)) == hash(RunLengths.parse(encode_rle(mask)))


def test_runs_count_as_pixels_do():
    rng = np.random.default_rng(0)
    for _ in range(50):
        a, b = rng.random((2, 9, 13)) < rng.random((2, 1, 1))
        one, other = RunLengths.parse(encode_rle(a)), RunLengths.parse(encode_rle(b))
        assert one.overlap(other) == (a & b).sum()
        assert (one == other) is bool((a == b).all())
        assert np.array_equal(one.decode(), a)


def test_a_mask_that_was_moved_as_a_whole():
    a, b, c = np.zeros((3, 9, 13), bool)
    a[2:4, 3:6] = b[3:5, 4:7] = c[3:5, 4:8] = True
    one, moved, other = (RunLengths.parse(encode_rle(mask)) for mask in (a, b, c))
    assert one.is_moved(moved)
    assert not one.is_moved(other)
    nothing = RunLengths.parse(encode_rle(np.zeros((9, 13), bool)))
    assert not nothing.is_moved(nothing)


def test_masks_of_two_sizes_differ():
    one, other = (RunLengths.parse(encode_rle(np.zeros(size, bool))) for size in ((3, 4), (4, 3)))
    assert one != other
    assert one != "a mask"
