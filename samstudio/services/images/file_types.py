"""Detection of what a file is by its first bytes, whatever its name says."""

from __future__ import annotations

from samstudio.domain import InvalidInput
from samstudio.services.images.readers import READERS
from samstudio.services.images.readers.base import PictureReader

READABLE = "JPEG, PNG, WebP, BMP, TIFF, GIF, JPEG 2000, HEIC, AVIF, DICOM and NIfTI"
"""The formats that come in, as sentences name them."""

MEDIA_TYPES = tuple(kind for reader in READERS for kind in reader.media_types)
"""The media types of the same formats."""

IMAGE_SUFFIXES = frozenset(suffix for reader in READERS for suffix in reader.suffixes)
"""Names that images have, lower case; ``.nii.gz`` has two dots, so ask `is_image_name`."""

HEAD = 65536
"""As many first bytes tell whether a file may hold several pages."""

_OTHERS = (
    (b"%PDF", "a PDF"),
    (b"8BPS", "a Photoshop file"),
    (b"\xff\x0a", "a JPEG XL image"),
    (b"\0\0\0\x0cJXL ", "a JPEG XL image"),
    (b"PK\x03\x04", "a zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    (b"v/1\x01", "an OpenEXR image"),
    (b"SIMPLE  =", "a FITS image"),
    (b"DDS ", "a DDS image"),
    (b"II\xbc\x01", "a JPEG XR image"),
    (b"\xda\xce\xbe\x0a", "a Nikon ND2 file"),
    (b"ZISRAWFILE", "a Zeiss CZI file"),
    (b"\x1aE\xdf\xa3", "a video"),
)


def is_image_name(name: str) -> bool:
    """Tell whether a file is named like an image that can be read."""
    return name.lower().endswith(tuple(IMAGE_SUFFIXES))


def suffix_of(kind: str) -> str:
    """Return the suffix that files of a kind have, with its dot."""
    return next(reader.suffixes[0] for reader in READERS if reader.name == kind)


def recognised(data: bytes) -> PictureReader | None:
    """Return the reader of a file by its first bytes (some hundred do); None for what is no picture."""
    return next((reader for reader in READERS if reader.recognises(data)), None)


def may_hold_pages(head: bytes) -> bool:
    """Tell by its first `HEAD` bytes whether a file may hold several pictures; opening it tells how many."""
    reader = recognised(head)
    return reader is not None and reader.may_hold_pages(head)


def reader_of(data: bytes, *, filename: str) -> PictureReader:
    """Return what reads a picture file.

    Raises:
        InvalidInput: It is anything else; the sentence starts with ``filename``.
    """
    if not data:
        raise InvalidInput(f"{filename} is empty: it has 0 bytes")
    reader = recognised(data)
    if reader is not None:
        return reader
    other = _other_kind(data)
    if other:
        raise InvalidInput(
            f"{filename} is {other}, which cannot be read; {READABLE} are: save it as one of those"
        )
    raise InvalidInput(f"{filename} is not an image that can be read: {READABLE} are")


def _other_kind(data: bytes) -> str | None:
    if data[4:8] == b"ftyp":
        return "a video"
    head = data[:512].lstrip().lower()
    if head.startswith((b"<svg", b"<?xml")) and b"<svg" in head:
        return "an SVG drawing"
    if head.startswith((b"<!doctype html", b"<html")):
        return "a web page"
    if head.startswith(b"version https://git-lfs"):
        return "a pointer of Git LFS to a file that was not fetched"
    if data[344:348] == b"ni1\0":
        return "a NIfTI header whose voxels are in a file of their own"
    return next((name for start, name in _OTHERS if data.startswith(start)), None)
