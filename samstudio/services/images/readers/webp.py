"""WebP, animated too."""

from __future__ import annotations

from PIL import WebPImagePlugin

from samstudio.domain import InvalidInput
from samstudio.services.images.readers.base import OpenPicture, SizeCheck
from samstudio.services.images.readers.pillow_pages import PillowPicture, open_with


class WebPReader:
    """WebP."""

    name = "WEBP"
    suffixes = (".webp",)
    media_types = ("image/webp",)

    def recognises(self, data: bytes) -> bool:
        """Tell whether a file begins as WebP does."""
        return data[:4] == b"RIFF" and data[8:12] == b"WEBP"

    def may_hold_pages(self, head: bytes) -> bool:
        """Tell whether it is animated."""
        return head[12:16] == b"VP8X" and len(head) > 20 and bool(head[20] & 2)

    def open(self, data: bytes, *, filename: str, check_size: SizeCheck) -> OpenPicture:
        """Read the header.

        Raises:
            InvalidInput: It cannot be read, is truncated or too large.
        """
        _check_whole(data, filename)
        opener = open_with(WebPImagePlugin.WebPImageFile, data, kind=self.name, filename=filename)
        return PillowPicture(opener, filename=filename, check_size=check_size, keep=".webp")


def _check_whole(data: bytes, filename: str) -> None:
    """Compare WebP's own length with the file's: libwebp does not say how much of it is missing."""
    promised = int.from_bytes(data[4:8], "little") + 8
    if len(data) < promised:
        missing = max(1, round(100 * (promised - len(data)) / promised))
        raise InvalidInput(
            f"{filename} is truncated: {missing}% of it is missing or damaged; save or copy it again"
        )
