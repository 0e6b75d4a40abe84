"""PNG and APNG: 8 bits by Pillow; 16 bits by OpenCV, as Pillow would drop the low byte of colours."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import PngImagePlugin

from samstudio.domain import InvalidInput
from samstudio.services.images.readers.base import OpenPicture, Samples, SizeCheck
from samstudio.services.images.readers.orientation import orientation_of, upright
from samstudio.services.images.readers.pillow_pages import PillowPicture, open_with, pixel_size_of


class PngReader:
    """PNG, animated too."""

    name = "PNG"
    suffixes = (".png", ".apng")
    media_types = ("image/png",)

    def recognises(self, data: bytes) -> bool:
        """Tell whether a file begins as PNG does."""
        return data.startswith(b"\x89PNG\r\n\x1a\n")

    def may_hold_pages(self, head: bytes) -> bool:
        """Tell whether it is animated."""
        return b"acTL" in head

    def open(self, data: bytes, *, filename: str, check_size: SizeCheck) -> OpenPicture:
        """Read the header.

        Raises:
            InvalidInput: It cannot be read or is too large.
        """
        opener = open_with(PngImagePlugin.PngImageFile, data, kind=self.name, filename=filename)
        picture = PillowPicture(opener, filename=filename, check_size=check_size, keep=".png")
        if data[12:16] == b"IHDR" and data[24] == 16:
            return _DeepPng(picture, data, orientation=orientation_of(picture.opened), filename=filename)
        return picture


class _DeepPng:
    """A PNG of 16 bits a channel; frames after the first are read with 8."""

    group: str | None = None
    notes: tuple[str, ...] = ()

    def __init__(self, shallow: PillowPicture, data: bytes, *, orientation: int, filename: str) -> None:
        self._shallow = shallow
        self._data = data
        self._orientation = orientation
        self._filename = filename
        self.pages = shallow.pages

    def read(self, page: int) -> Samples:
        """Decode a frame, the first is 0.

        Raises:
            InvalidInput: It is truncated.
        """
        if page:
            return self._shallow.read(page)
        values = upright(_opencv(self._data, self._filename), self._orientation)
        if values.ndim == 2:
            values = values[..., None]
        size = pixel_size_of(self._shallow.opened)
        if values.shape[2] in (2, 4):
            return Samples(values[..., :-1], values[..., -1], pixel_size=size)
        return Samples(values, pixel_size=size)


def _opencv(data: bytes, filename: str) -> NDArray[Any]:
    """Decode as it is stored, in RGB[A] order."""
    try:
        decoded: Any = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error as error:
        raise _damaged(filename) from error
    if decoded is None:
        raise _damaged(filename)
    values: NDArray[Any] = decoded
    if values.ndim == 3 and values.shape[2] >= 3:
        values = values[..., [2, 1, 0, *range(3, values.shape[2])]]
    return values


def _damaged(filename: str) -> InvalidInput:
    return InvalidInput(f"{filename} is truncated: a part of it is missing or damaged; save or copy it again")
