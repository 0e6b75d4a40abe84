"""BMP."""

from __future__ import annotations

from PIL import BmpImagePlugin

from samstudio.services.images.readers.base import OpenPicture, SizeCheck
from samstudio.services.images.readers.pillow_pages import PillowPicture, open_with


class BmpReader:
    """BMP."""

    name = "BMP"
    suffixes = (".bmp",)
    media_types = ("image/bmp",)

    def recognises(self, data: bytes) -> bool:
        """Tell whether a file begins as BMP does."""
        return data.startswith(b"BM")

    def may_hold_pages(self, head: bytes) -> bool:  # noqa: ARG002
        """Tell that it holds one picture."""
        return False

    def open(self, data: bytes, *, filename: str, check_size: SizeCheck) -> OpenPicture:
        """Read the header.

        Raises:
            InvalidInput: It cannot be read or is too large.
        """
        opener = open_with(BmpImagePlugin.BmpImageFile, data, kind=self.name, filename=filename)
        return PillowPicture(opener, filename=filename, check_size=check_size)
