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
    chunks = [f"{pixels * CHANNELS:032b}{7:05b}", *(f"{bits - 1:04b}" for bits in LENGTH_BITS)]
    done = 0
    for start, end in zip(*(places.tolist() for places in runs_along_rows(mask)), strict=True):
        chunks += _chunks((start - done) * CHANNELS, 0)
        chunks += _chunks((end - start) * CHANNELS, OPAQUE)
        done = end
    chunks += _chunks((pixels - done) * CHANNELS, 0)
    bits = "".join(chunks)
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


def _chunks(length: int, value: int) -> list[str]:
    """Return the bits of one value repeated, in as few chunks as the longest kind of length allows."""
    longest = 1 << LENGTH_BITS[-1]
    whole, rest = divmod(length, longest)
    chunks = [f"111{longest - 1:016b}{value:08b}"] * whole
    if rest:
        kind = next(kind for kind, bits in enumerate(LENGTH_BITS) if rest <= 1 << bits)
        chunks.append(f"1{kind:02b}{rest - 1:0{LENGTH_BITS[kind]}b}{value:08b}")
    return chunks


def _opaque(data: bytes, pixels: int) -> Mask:
    """Return for each pixel, along the rows, whether its opacity is not 0."""
    bits = 8 * len(data)
    padded = data + bytes(8)  # a chunk's header and value, of 51 bits at most, are in 8 bytes
    header = int.from_bytes(padded[4:8], "big")
    word = (header >> 27) + 1
    lengths = [((header >> shift) & 15) + 1 for shift in (23, 19, 15, 11)]
    opaque = np.zeros(pixels, bool)
    place, at, count = HEADER_BITS, 0, pixels * CHANNELS
    while at < count:
        window = (int.from_bytes(padded[place >> 3 : (place >> 3) + 8], "big") << (place & 7)) & WINDOW
        kind = window >> 61
        length = lengths[kind & 3]
        end = min(at + 1 + ((window >> (61 - length)) & ((1 << length) - 1)), count)
        place += 3 + length
        repeated = kind & 4
        place += word if repeated else (end - at) * word
        if place > bits:
            raise InvalidInput(BROKEN)
        if not repeated:
            # The opacities are every fourth value, from the first that belongs to a last channel.
            values = _words(data, place, end - at, word)[CHANNELS - 1 - at % CHANNELS :: CHANNELS]
            opaque[at // CHANNELS : at // CHANNELS + len(values)] = values != 0
        elif (window >> (61 - length - word)) & ((1 << word) - 1):
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
