"""Detection of what a file is by its first bytes, whatever its name says."""

from __future__ import annotations

from types import MappingProxyType

from samstudio.domain import InvalidInput

READABLE = "JPEG, PNG, WebP, BMP and TIFF"
"""The formats that come in, as sentences name them."""

MEDIA_TYPES = ("image/jpeg", "image/png", "image/webp", "image/bmp", "image/tiff")
"""The media types of the same formats."""

IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp", ".tif", ".tiff"})
"""Names that a folder's images have, lower case."""

_PICTURES = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
)
_OTHERS = (
    (b"GIF8", "a GIF"),
    (b"%PDF", "a PDF"),
    (b"8BPS", "a Photoshop file"),
    (b"\0\0\0\x0cjP  ", "a JPEG 2000 image"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000 image"),
    (b"\xff\x0a", "a JPEG XL image"),
    (b"\0\0\0\x0cJXL ", "a JPEG XL image"),
    (b"PK\x03\x04", "a zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
)
_BOXED = {b"heic": "a HEIC photo", b"heix": "a HEIC photo", b"mif1": "a HEIF photo", b"avif": "an AVIF image"}


_SUFFIXES = MappingProxyType({"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp", "BMP": ".bmp", "TIFF": ".tif"})


def suffix_of(kind: str) -> str:
    """Return the suffix that files of a kind have, with its dot."""
    return _SUFFIXES[kind]


def picture_kind(data: bytes, *, filename: str) -> str:
    """Tell what a picture file is: ``JPEG``, ``PNG``, ``WEBP``, ``BMP`` or ``TIFF``.

    Raises:
        InvalidInput: It is anything else; the sentence starts with ``filename``.
    """
    if not data:
        raise InvalidInput(f"{filename} is empty: it has 0 bytes")
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        _check_whole_riff(data, filename)
        return "WEBP"
    for start, kind in _PICTURES:
        if data.startswith(start):
            return kind
    other = _other_kind(data)
    if other:
        raise InvalidInput(
            f"{filename} is {other}, which cannot be read; {READABLE} are: save it as one of those"
        )
    raise InvalidInput(f"{filename} is not an image that can be read: {READABLE} are")


def _other_kind(data: bytes) -> str | None:
    if data[4:8] == b"ftyp":
        return _BOXED.get(data[8:12], "a video or HEIF file")
    if data[128:132] == b"DICM":
        return "a DICOM file"
    head = data[:512].lstrip().lower()
    if head.startswith((b"<svg", b"<?xml")) and b"<svg" in head:
        return "an SVG drawing"
    return next((name for start, name in _OTHERS if data.startswith(start)), None)


def _check_whole_riff(data: bytes, filename: str) -> None:
    """Compare WebP's own length with the file's: libwebp does not say how much of it is missing."""
    promised = int.from_bytes(data[4:8], "little") + 8
    if len(data) < promised:
        missing = max(1, round(100 * (promised - len(data)) / promised))
        raise InvalidInput(
            f"{filename} is truncated: {missing}% of it is missing or damaged; save or copy it again"
        )
