"""JPEG 2000: 8 bits by Pillow; deeper ones by imagecodecs, as Pillow would drop bits of colours."""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Jpeg2KImagePlugin

from samstudio.domain import InvalidInput
from samstudio.services.images.readers.base import OpenPicture, Samples, SizeCheck
from samstudio.services.images.readers.codestreams import J2K
from samstudio.services.images.readers.pillow_pages import PillowPicture, open_with


class Jpeg2000Reader:
    """JPEG 2000, as a file (JP2) or a bare codestream."""

    name = "JPEG 2000"
    suffixes = (".jp2", ".j2k", ".j2c", ".jpf", ".jpx")
    media_types = ("image/jp2", "image/jpx")

    def recognises(self, data: bytes) -> bool:
        """Tell whether a file begins as JPEG 2000 does."""
        return data.startswith((b"\0\0\0\x0cjP  ", J2K))

    def may_hold_pages(self, head: bytes) -> bool:  # noqa: ARG002
        """Tell that it holds one picture."""
        return False

    def open(self, data: bytes, *, filename: str, check_size: SizeCheck) -> OpenPicture:
        """Read the header.

        Raises:
            InvalidInput: It cannot be read or is too large.
        """
        opener = open_with(Jpeg2KImagePlugin.Jpeg2KImageFile, data, kind=self.name, filename=filename)
        channels, bits = _depth(data)
        picture = PillowPicture(opener, filename=filename, check_size=check_size)
        check_size(*picture.opened.size, channels=channels)
        if bits > 8:
            return _DeepJpeg2000(data, size=picture.opened.size, filename=filename)
        return picture


def _depth(data: bytes) -> tuple[int, int]:
    """Return the channels and the bits of the first one, as the codestream's SIZ segment has them."""
    at = data.find(J2K) + 2
    if at < 2 or at + 41 > len(data):
        return 1, 8
    return int.from_bytes(data[at + 38 : at + 40]), (data[at + 40] & 0x7F) + 1


class _DeepJpeg2000:
    """A JPEG 2000 of more than 8 bits a channel."""

    pages = 1
    group: str | None = None
    notes: tuple[str, ...] = ()

    def __init__(self, data: bytes, *, size: tuple[int, int], filename: str) -> None:
        self._data = data
        self._size = size
        self._filename = filename

    def read(self, page: int) -> Samples:  # noqa: ARG002
        """Decode the picture.

        Raises:
            InvalidInput: It is truncated or damaged.
        """
        import imagecodecs

        try:
            values: Any = np.asarray(imagecodecs.jpeg2k_decode(self._data))
        except Exception as error:  # the codec's own types
            raise InvalidInput(
                f"{self._filename} is truncated: a part of it is missing or damaged; save or copy it again"
            ) from error
        values = values if values.ndim == 3 else values[..., None]
        if values.shape[:2] != self._size[::-1]:
            width, height = self._size
            raise InvalidInput(
                f"{self._filename} is {width}x{height} pixels by its header and "
                f"{values.shape[1]}x{values.shape[0]} by its data: it is damaged"
            )
        if values.shape[2] in (2, 4):
            return Samples(values[..., :-1], values[..., -1])
        return Samples(values)
