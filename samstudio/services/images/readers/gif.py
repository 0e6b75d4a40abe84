"""GIF, animated too."""

from __future__ import annotations

from PIL import GifImagePlugin

from samstudio.services.images.readers.base import OpenPicture, SizeCheck
from samstudio.services.images.readers.pillow_pages import PillowPicture, open_with


class GifReader:
    """GIF."""

    name = "GIF"
    suffixes = (".gif",)
    media_types = ("image/gif",)

    def recognises(self, data: bytes) -> bool:
        """Tell whether a file begins as GIF does."""
        return data.startswith((b"GIF87a", b"GIF89a"))

    def may_hold_pages(self, head: bytes) -> bool:  # noqa: ARG002
        """Tell that it may hold several pictures."""
        return True

    def open(self, data: bytes, *, filename: str, check_size: SizeCheck) -> OpenPicture:
        """Read the header.

        Raises:
            InvalidInput: It cannot be read or is too large.
        """
        opener = open_with(GifImagePlugin.GifImageFile, data, kind=self.name, filename=filename)
        return PillowPicture(opener, filename=filename, check_size=check_size)
