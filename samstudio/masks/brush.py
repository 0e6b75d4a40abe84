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
from samstudio.masks.crops import row_runs

CHANNELS = 4
HEADER_BITS = 53
LENGTH_BITS = (3, 4, 8, 16)
"""The kinds of length that Label Studio writes."""

BROKEN = "its run-lengths break off: they are not a brush of Label Studio"
OPAQUE = 255


def mask_of_brush(data: bytes, *, size: Size) -> Mask:
    """Return the bool HxW mask of a brush on an image of ``size`` (H, W).

    Raises:
        InvalidInput: It is of another size, or breaks off.
    """
    height, width = size
    reader = _Bits(data)
    count = reader.read(32)
    if count != CHANNELS * height * width:
        raise InvalidInput(
            f"its run-lengths hold {count:,} values, but an image of {width}x{height} pixels has "
            f"{CHANNELS * height * width:,} (red, green, blue and opacity of each pixel)"
        )
    values = _values(reader, count)
    opaque: Mask = values.reshape(height, width, CHANNELS)[:, :, -1] != 0
    return opaque


def brush_of_mask(mask: Mask) -> bytes:
    """Return a bool HxW mask as a brush: opaque white inside, transparent black outside."""
    header = f"{mask.size * CHANNELS:032b}{7:05b}" + "".join(f"{bits - 1:04b}" for bits in LENGTH_BITS)
    chunks = [header]
    for index, pixels in enumerate(row_runs(mask).tolist()):
        chunks += _chunks(pixels * CHANNELS, OPAQUE if index % 2 else 0)
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


def _values(reader: _Bits, count: int) -> NDArray[np.uint32]:
    word = reader.read(5) + 1
    lengths = [reader.read(4) + 1 for _ in range(4)]
    out = np.zeros(count, np.uint32)
    at = 0
    while at < count:
        kind = reader.read(3)
        end = min(at + 1 + reader.read(lengths[kind & 3]), count)
        out[at:end] = reader.read(word) if kind & 4 else reader.words(end - at, word)
        at = end
    return out


class _Bits:
    """Bytes read bit by bit, the highest bit of each byte first."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._end = 8 * len(data)

    def read(self, bits: int) -> int:
        """Return the next number of so many bits, 32 at most.

        Raises:
            InvalidInput: So many are not left.
        """
        at = self._at
        self._advance(bits)
        window = int.from_bytes(self._data[at >> 3 : (at >> 3) + 5].ljust(5, b"\0"), "big")
        return (window >> (40 - (at & 7) - bits)) & ((1 << bits) - 1)

    def words(self, count: int, bits: int) -> NDArray[np.uint32]:
        """Return the next ``count`` numbers of so many bits each.

        Raises:
            InvalidInput: So many are not left.
        """
        at = self._at
        self._advance(count * bits)
        window = np.frombuffer(self._data, np.uint8, offset=at >> 3, count=(self._at + 7 >> 3) - (at >> 3))
        every = np.unpackbits(window)[at & 7 :][: count * bits].reshape(count, bits)
        places = np.left_shift(np.uint32(1), np.arange(bits - 1, -1, -1, dtype=np.uint32))
        words: NDArray[np.uint32] = (every * places).sum(axis=1, dtype=np.uint32)
        return words

    def _advance(self, bits: int) -> None:
        if self._at + bits > self._end:
            raise InvalidInput(BROKEN)
        self._at += bits
