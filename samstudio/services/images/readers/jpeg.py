"""JPEG: 8 bits by Pillow; lossless and 12-bit ones, which medicine has, by imagecodecs."""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import JpegImagePlugin

from samstudio.domain import InvalidInput
from samstudio.services.images.readers.base import OpenPicture, Samples, SizeCheck
from samstudio.services.images.readers.codestreams import jpeg_frame
from samstudio.services.images.readers.pillow_pages import PillowPicture, open_with

_COUNT_TAG = 0xB001
_LOSSLESS = frozenset({0xC3, 0xC7, 0xCB, 0xCF})


class JpegReader:
    """JPEG."""

    name = "JPEG"
    suffixes = (".jpg", ".jpeg", ".jpe", ".jfif")
    media_types = ("image/jpeg",)

    def recognises(self, data: bytes) -> bool:
        """Tell whether a file begins as JPEG does."""
        return data.startswith(b"\xff\xd8\xff")

    def may_hold_pages(self, head: bytes) -> bool:  # noqa: ARG002
        """Tell that it holds one picture."""
        return False

    def open(self, data: bytes, *, filename: str, check_size: SizeCheck) -> OpenPicture:
        """Read the header.

        Raises:
            InvalidInput: It cannot be read or is too large.
        """
        frame = jpeg_frame(data)
        if frame and (frame[0] in _LOSSLESS or frame[1] != 8):
            return _RareJpeg(data, frame, filename=filename, check_size=check_size)
        opener = open_with(JpegImagePlugin.JpegImageFile, data, kind=self.name, filename=filename)
        picture = PillowPicture(opener, filename=filename, check_size=check_size, keep=".jpg")
        count = _pictures(picture)
        if count > 1:
            picture.notes = (f"{filename} holds {count} pictures (MPO): the first of them was taken",)
        return picture


def _pictures(picture: PillowPicture) -> int:
    """Return how many pictures a JPEG of several (MPO: of stereo cameras, and phones) says that it has."""
    try:
        # A picture of one lacks the table, and a broken table is none.
        return int((JpegImagePlugin._getmp(picture.opened) or {}).get(_COUNT_TAG, 1))  # type: ignore[arg-type]
    except Exception:  # Pillow raises several types on damaged tables
        return 1


class _RareJpeg:
    """A lossless or 12-bit JPEG."""

    pages = 1
    group: str | None = None
    notes: tuple[str, ...] = ()

    def __init__(
        self,
        data: bytes,
        frame: tuple[int, int, int, int, int],
        *,
        filename: str,
        check_size: SizeCheck,
    ) -> None:
        marker, bits, height, width, channels = frame
        if not width or not height:
            raise InvalidInput(f"{filename} is a JPEG of {width}x{height} pixels, which cannot be read")
        check_size(width, height, channels)
        self._data = data
        self._filename = filename
        self._what = f"{'a lossless' if marker in _LOSSLESS else 'a'} JPEG of {bits} bits a channel"
        self._shape = (height, width)

    def read(self, page: int) -> Samples:  # noqa: ARG002
        """Decode the picture.

        Raises:
            InvalidInput: It cannot be read.
        """
        import imagecodecs

        if b"\xff\xd9" not in self._data[-64:]:  # the codecs would invent what is missing
            raise InvalidInput(
                f"{self._filename} is truncated: a part of it is missing or damaged; save or copy it again"
            )
        for decode in (imagecodecs.ljpeg_decode, imagecodecs.jpegsof3_decode, imagecodecs.jpeg_decode):
            try:
                values: Any = np.asarray(decode(self._data))
            except Exception:  # each codec has its own type
                continue
            if values.shape[:2] == self._shape:
                return Samples(values if values.ndim == 3 else values[..., None])
        raise InvalidInput(f"{self._filename} is {self._what}, which cannot be read; save it as PNG")
