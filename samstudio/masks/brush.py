"""Label Studio's run-lengths of a brush: the values of an RGBA picture, packed bit by bit.

Source: ``label_studio_sdk.converter.brush``, which follows thi.ng's rle-pack.
A header holds the number of values (32 bits), the bits of a value less one (5)
and of each of four kinds of length less one (4 each). Then follow chunks: a bit
that says whether one value is repeated, two bits for the kind of length, the
length less one, and the value or that many values. All numbers have their
highest bit first. A pixel has four values; the last is its opacity, and a pixel
belongs to the mask where that is not 0, as in Label Studio's own COCO export.
"""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray

from samstudio.domain import InvalidInput, Size
from samstudio.masks.arrays import Mask
from samstudio.masks.crops import runs_along_rows
from samstudio.masks.run_lengths import RunLengths

CHANNELS = 4
HEADER_BITS = 53
LENGTH_BITS = (3, 4, 8, 16)
"""The kinds of length that Label Studio writes."""

BROKEN = "its run-lengths break off: they are not a brush of Label Studio"
OPAQUE = 255
WINDOW = (1 << 64) - 1

_EIGHT_BYTES = struct.Struct(">Q").unpack_from
"""Reads a number at a place in bytes."""


def mask_of_brush(data: bytes, *, size: Size) -> Mask:
    """Return the bool HxW mask of a brush on an image of ``size`` (H, W).

    Raises:
        InvalidInput: It is of another size, or breaks off.
    """
    height, width = size
    count = int.from_bytes(data[:4], "big")
    if len(data) >= 4 and count != CHANNELS * height * width:
        raise InvalidInput(
            f"its run-lengths hold {count:,} values, but an image of {width}x{height} pixels has "
            f"{CHANNELS * height * width:,} (red, green, blue and opacity of each pixel)"
        )
    return _opaque(data, height * width).reshape(height, width)


def brush_of_mask(mask: RunLengths) -> bytes:
    """Return a mask as a brush: opaque white inside, transparent black outside."""
    pixels = mask.size[0] * mask.size[1]
    starts, ends = runs_along_rows(mask)
    edges = np.concatenate(([0], np.stack((starts, ends), axis=1).reshape(-1), [pixels]))
    header = f"{pixels * CHANNELS:032b}{7:05b}" + "".join(f"{bits - 1:04b}" for bits in LENGTH_BITS)
    bits = np.frombuffer(header.encode("ascii"), np.uint8) - ord("0")
    return np.packbits(np.concatenate((bits, _chunks(np.diff(edges) * CHANNELS)))).tobytes()


def _chunks(runs: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Return the bits of runs of transparent and opaque values in turn.

    Each is in as few chunks as the longest kind of length allows.
    """
    longest = 1 << LENGTH_BITS[-1]
    opacity = np.arange(len(runs)) % 2 * OPAQUE
    pieces = -(-runs // longest)
    lengths = np.full(pieces.sum(), longest)
    last = np.cumsum(pieces)[runs > 0] - 1
    lengths[last] = (runs[runs > 0] - 1) % longest + 1
    kinds = np.searchsorted([1 << bits for bits in LENGTH_BITS], lengths)
    length_bits = np.array(LENGTH_BITS)[kinds]
    words = ((4 | kinds) << length_bits | lengths - 1) << 8 | np.repeat(opacity, pieces)
    widths = 3 + length_bits + 8
    aligned = (words << 32 - widths).astype(">u4").view(np.uint8).reshape(-1, 4)
    bits: NDArray[np.uint8] = np.unpackbits(aligned, axis=1)[np.arange(32) < widths[:, None]]
    return bits


def _opaque(data: bytes, pixels: int) -> Mask:
    """Return for each pixel, along the rows, whether its opacity is not 0."""
    bits = 8 * len(data)
    padded = data + bytes(16)  # a chunk's header and value, of 51 bits at most, are in 8 bytes
    header = int.from_bytes(padded[4:8], "big")
    word = (header >> 27) + 1
    lengths = [((header >> shift) & 15) + 1 for shift in (23, 19, 15, 11)]
    kinds = [(61 - length, (1 << length) - 1, 3 + length) for length in lengths]
    of_word = (1 << word) - 1
    opaque = np.zeros(pixels, bool)
    place, at, count = HEADER_BITS, 0, pixels * CHANNELS
    while at < count:
        window = (_EIGHT_BYTES(padded, place >> 3)[0] << (place & 7)) & WINDOW
        repeated, (below, of_length, used) = window >> 63, kinds[(window >> 61) & 3]
        end = at + 1 + ((window >> below) & of_length)
        if end > count:
            end = count
        place += used
        place += word if repeated else (end - at) * word
        if place > bits:
            raise InvalidInput(BROKEN)
        if not repeated:
            # The opacities are every fourth value, from the first that belongs to a last channel.
            values = _words(data, place, end - at, word)[CHANNELS - 1 - at % CHANNELS :: CHANNELS]
            opaque[at // CHANNELS : at // CHANNELS + len(values)] = values != 0
        elif (window >> (below - word)) & of_word:
            opaque[at // CHANNELS : end // CHANNELS] = True
        at = end
    return opaque


def _words(data: bytes, end: int, count: int, bits: int) -> NDArray[np.uint32]:
    """Return the ``count`` numbers of so many bits each that end at a bit."""
    start = end - count * bits
    window = np.frombuffer(data, np.uint8, offset=start >> 3, count=(end + 7 >> 3) - (start >> 3))
    every = np.unpackbits(window)[start & 7 :][: count * bits].reshape(count, bits)
    places = np.left_shift(np.uint32(1), np.arange(bits - 1, -1, -1, dtype=np.uint32))
    words: NDArray[np.uint32] = (every * places).sum(axis=1, dtype=np.uint32)
    return words
