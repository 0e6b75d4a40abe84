"""AVIF and HEIC: two kinds of one container, told apart by its brands."""

from __future__ import annotations

from PIL import AvifImagePlugin

from samstudio.services.images.readers.base import OpenPicture, SizeCheck
from samstudio.services.images.readers.pillow_pages import PillowPicture, open_with

_AVIF = frozenset({b"avif", b"avis"})
_HEIC = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})


def brands(data: bytes) -> frozenset[bytes]:
    """Return the brands of a file's first box; none for other files."""
    if data[4:8] != b"ftyp":
        return frozenset()
    end = min(int.from_bytes(data[:4]), 512, len(data))
    return frozenset({data[8:12], *(data[at : at + 4] for at in range(16, end - 3, 4))})


class AvifReader:
    """AVIF, animated too; more than 8 bits are read as 8."""

    name = "AVIF"
    suffixes = (".avif", ".avifs")
    media_types = ("image/avif",)

    def recognises(self, data: bytes) -> bool:
        """Tell whether a file's first box has AVIF's brands."""
        return bool(brands(data) & _AVIF)

    def may_hold_pages(self, head: bytes) -> bool:  # noqa: ARG002
        """Tell that it may hold several pictures."""
        return True

    def open(self, data: bytes, *, filename: str, check_size: SizeCheck) -> OpenPicture:
        """Read the header.

        Raises:
            InvalidInput: It cannot be read or is too large.
        """
        opener = open_with(AvifImagePlugin.AvifImageFile, data, kind=self.name, filename=filename)
        return PillowPicture(opener, filename=filename, check_size=check_size)


class HeicReader:
    """HEIC, as phones take photos; more than 8 bits are read as 8."""

    name = "HEIC"
    suffixes = (".heic", ".heif", ".hif")
    media_types = ("image/heic", "image/heif")

    def recognises(self, data: bytes) -> bool:
        """Tell whether a file's first box has HEIF's brands, and not AVIF's."""
        found = brands(data)
        return bool(found & _HEIC) and not found & _AVIF

    def may_hold_pages(self, head: bytes) -> bool:  # noqa: ARG002
        """Tell that it may hold several pictures."""
        return True

    def open(self, data: bytes, *, filename: str, check_size: SizeCheck) -> OpenPicture:
        """Read the header.

        Raises:
            InvalidInput: It cannot be read or is too large.
        """
        from pillow_heif import HeifImageFile

        opener = open_with(HeifImageFile, data, kind=self.name, filename=filename)
        return PillowPicture(opener, filename=filename, check_size=check_size)
