from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from samstudio.domain import InvalidInput
from samstudio.masks import RunLengths, encode_rle
from samstudio.masks.brush import brush_of_mask, mask_of_brush

masks = arrays.arrays(bool, arrays.array_shapes(min_dims=2, max_dims=2, max_side=9))


def packed_mask(mask):
    return brush_of_mask(RunLengths.parse(encode_rle(mask)))


def unpacked(data):
    """The values as ``decode_rle`` of label_studio_sdk.converter.brush reads them, bit by bit."""
    bits = "".join(f"{byte:08b}" for byte in data)
    at = 0

    def read(count):
        nonlocal at
        at += count
        return int(bits[at - count : at], 2)

    count, word = read(32), read(5) + 1
    lengths = [read(4) + 1 for _ in range(4)]
    values = []
    while len(values) < count:
        repeated = read(1)
        length = 1 + read(lengths[read(2)])
        values += [read(word)] * length if repeated else [read(word) for _ in range(length)]
    return np.array(values)


def packed(values, *, word=8, literal=False):
    """Values packed with lengths of at most 8, as any packer of this format may."""
    bits = f"{len(values):032b}{word - 1:05b}" + "0010" * 4
    for at in range(0, len(values), 8):
        part = values[at : at + 8]
        if literal or len(set(part)) > 1:
            bits += f"000{len(part) - 1:03b}" + "".join(f"{value:0{word}b}" for value in part)
        else:
            bits += f"100{len(part) - 1:03b}{part[0]:0{word}b}"
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


@given(masks)
def test_a_mask_goes_out_and_comes_in(mask):
    data = packed_mask(mask)
    assert np.array_equal(mask_of_brush(data, size=mask.shape), mask)
    pixels = unpacked(data).reshape(*mask.shape, 4)
    assert np.array_equal(pixels, np.repeat(mask[..., None] * 255, 4, axis=2))


@given(
    arrays.arrays(
        np.uint8, st.tuples(st.integers(1, 6), st.integers(1, 6), st.just(4)), elements=st.integers(0, 2)
    ),
    st.integers(2, 32),
    st.booleans(),
)
def test_the_opacity_decides_whatever_the_words_and_chunks_are(pixels, word, literal):
    data = packed(pixels.reshape(-1).tolist(), word=word, literal=literal)
    assert np.array_equal(mask_of_brush(data, size=pixels.shape[:2]), pixels[..., 3] > 0)


def test_a_run_longer_than_the_longest_length_takes_several():
    mask = np.zeros((200, 300), bool)
    mask[10:190] = True
    assert np.array_equal(mask_of_brush(packed_mask(mask), size=mask.shape), mask)


@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_refused(data):
    with suppress(InvalidInput):
        assert mask_of_brush(data, size=(1, 2)).shape == (1, 2)


def test_another_size_is_said_with_both_numbers():
    with pytest.raises(InvalidInput, match="hold 24 values, but an image of 4x2 pixels has 32"):
        mask_of_brush(packed_mask(np.ones((2, 3), bool)), size=(2, 4))
