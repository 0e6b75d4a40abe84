"""Sizes that compressed data says of itself, within TIFF and DICOM: compared with the header before decoding.

A few bytes can ask a codec for gigabytes, whatever the file around them says.
"""

from __future__ import annotations

_NO_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})
_FRAMES = frozenset({*range(0xC0, 0xD0), 0xF7}) - {0xC4, 0xC8, 0xCC}  # 0xF7: JPEG-LS
J2K = b"\xff\x4f\xff\x51"
_JXL_RATIOS = {1: (1, 1), 2: (12, 10), 3: (4, 3), 4: (3, 2), 5: (16, 9), 6: (5, 4), 7: (2, 1)}


def embedded_size(data: bytes) -> tuple[int, int] | None:
    """Return (width, height) of compressed data by its own header; None for codecs unknown here."""
    if data.startswith(b"\xff\xd8"):
        frame = jpeg_frame(data)
        return (frame[3], frame[2]) if frame else None
    if J2K in data[:512]:
        at = data.index(J2K)
        return _number(data, at + 8, 4) - _number(data, at + 16, 4), _number(data, at + 12, 4) - _number(
            data, at + 20, 4
        )
    if data.startswith(b"\xff\x0a"):
        return _jpeg_xl_size(data[2:])
    if b"jxlc" in data[:512]:
        return _jpeg_xl_size(data[data.index(b"jxlc") + 6 :])
    if data.startswith(b"Lerc2 "):
        at = 10 if int.from_bytes(data[6:10], "little") < 3 else 14
        return int.from_bytes(data[at + 4 : at + 8], "little"), int.from_bytes(data[at : at + 4], "little")
    if data.startswith(b"\x89PNG"):
        return _number(data, 16, 4), _number(data, 20, 4)
    return None


def jpeg_frame(data: bytes) -> tuple[int, int, int, int, int] | None:
    """Return (marker, bits, height, width, channels) of a JPEG's first frame header; None without one."""
    at = 2
    while at + 10 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker in _FRAMES:
            return marker, data[at + 4], _number(data, at + 5, 2), _number(data, at + 7, 2), data[at + 9]
        at += 2 if marker in _NO_LENGTH else 1 if marker == 0xFF else 2 + _number(data, at + 2, 2)
    return None


def _number(data: bytes, at: int, count: int) -> int:
    return int.from_bytes(data[at : at + count])


def _jpeg_xl_size(data: bytes) -> tuple[int, int]:
    """Read JPEG XL's SizeHeader, bits from the lowest on."""
    bits = int.from_bytes(data[:16], "little")

    def take(count: int) -> int:
        nonlocal bits
        value = bits & ((1 << count) - 1)
        bits >>= count
        return value

    def side(small: int) -> int:
        return (take(5) + 1) * 8 if small else take((9, 13, 18, 30)[take(2)]) + 1

    small = take(1)
    height = side(small)
    ratio = take(3)
    if not ratio:
        return side(small), height
    across, down = _JXL_RATIOS[ratio]
    return height * across // down, height
