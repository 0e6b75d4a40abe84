"""Decoding of picture files to RGB pixels as a person sees them, or a sentence that says why not.

JPEG, PNG, WebP, BMP and TIFF; EXIF-oriented; alpha over white; first frame or
page; deep (more than 8 bits) pictures scaled by `samstudio.services.images.high_bit_depth`.
Nothing here stores anything.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from io import BytesIO
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import BmpImagePlugin, Image, ImageFile, ImageOps, JpegImagePlugin, PngImagePlugin, WebPImagePlugin
from PIL.TiffImagePlugin import TiffImageFile

from samstudio.domain import InvalidInput
from samstudio.services.images import high_bit_depth
from samstudio.services.images.file_types import picture_kind

Pixels = NDArray[np.uint8]

# The plugins' own classes rather than Image.open: only these formats are ever
# tried, and our limit on size applies instead of Pillow's global one.
_OPENERS: MappingProxyType[str, type[ImageFile.ImageFile]] = MappingProxyType(
    {
        "JPEG": JpegImagePlugin.JpegImageFile,
        "PNG": PngImagePlugin.PngImageFile,
        "WEBP": WebPImagePlugin.WebPImageFile,
        "BMP": BmpImagePlugin.BmpImageFile,
        "TIFF": TiffImageFile,
    }
)
_BROWSER_SUFFIXES = MappingProxyType({"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp"})
_ORIENTATION_TAG = 0x0112
LONGEST_TO_SHORTEST = 1024
"""An image narrower than this has less than one row left once SAM resized its long side to 1024."""


@dataclass(frozen=True, eq=False)
class DecodedImage:
    """A decoded picture file: ``pixels`` uint8 HxWx3 RGB; ``source_format`` e.g. ``JPEG``.

    ``keep_suffix``: the suffix under which the original bytes may be stored,
    because a browser shows exactly these pixels from them; None otherwise.
    """

    pixels: Pixels
    source_format: str
    keep_suffix: str | None


def pixels_id(pixels: Pixels) -> str:
    """Compute the identity of an image: SHA-256 over its shape and its RGB bytes, as 64 hex digits.

    Exactly: over the ASCII text ``"{H}x{W}x3\\n"`` followed by the H·W·3 bytes
    of uint8 RGB pixels, row by row. The shape is in it because a 2x3 and a 3x2
    image can have the same bytes.
    """
    height, width, channels = pixels.shape
    digest = hashlib.sha256(f"{height}x{width}x{channels}\n".encode("ascii"))
    digest.update(np.ascontiguousarray(pixels).data)
    return digest.hexdigest()


def decode_image(data: bytes, *, filename: str, max_pixels: int) -> DecodedImage:
    """Decode a picture file to uint8 HxWx3 RGB.

    The header's size is checked before any pixel is decompressed.

    Raises:
        InvalidInput: It cannot be read or is too large; the sentence starts with ``filename``.
    """
    kind = picture_kind(data, filename=filename)
    check_size = _size_check(filename, max_pixels)
    if kind == "TIFF" and high_bit_depth.check_tiff(data, filename=filename, check_size=check_size):
        return DecodedImage(high_bit_depth.read_deep_tiff(data, filename=filename), kind, None)
    image = _open(data, kind, filename)
    check_size(*image.size)
    if kind == "PNG" and high_bit_depth.is_deep_png(data):
        return DecodedImage(
            high_bit_depth.read_deep_png(data, orientation=_orientation(image), filename=filename), kind, None
        )
    keep = _BROWSER_SUFFIXES.get(kind) if _browser_exact(image) else None
    _load(image, filename)
    return DecodedImage(_to_rgb(image, filename), kind, keep)


def original_values(data: bytes, *, filename: str) -> NDArray[Any]:
    """Return a picture file's values in its own dtype, HxW or HxWxC, upright; without alpha, palettes as RGB.

    Raises:
        InvalidInput: It cannot be read; the sentence starts with ``filename``.
    """
    kind = picture_kind(data, filename=filename)
    image = _open(data, kind, filename) if kind != "TIFF" else None
    deep = high_bit_depth.deep_values(
        data, kind=kind, orientation=_orientation(image) if image else 1, filename=filename
    )
    if deep is not None:
        return _without_alpha(deep)
    image = image or _open(data, kind, filename)
    _load(image, filename)
    upright = ImageOps.exif_transpose(image) or image
    grey = upright.mode in ("1", "L", "LA", "La")
    return np.array(upright.convert("L" if grey else "RGB"))


def _without_alpha(values: NDArray[Any]) -> NDArray[Any]:
    if values.ndim == 3 and values.shape[2] in (2, 4):
        values = values[..., :-1]
    return values[..., 0] if values.ndim == 3 and values.shape[2] == 1 else values


def _size_check(filename: str, max_pixels: int) -> high_bit_depth.SizeCheck:
    def check(width: int, height: int) -> None:
        if width * height > max_pixels:
            raise InvalidInput(
                f"{filename} is {width}x{height} pixels ({width * height / 1e6:.0f} megapixels); "
                f"the limit is {max_pixels / 1e6:g} (SAMSTUDIO_MAX_IMAGE_MEGAPIXELS)"
            )
        if max(width, height) > LONGEST_TO_SHORTEST * min(width, height):
            raise InvalidInput(
                f"{filename} is {width}x{height} pixels, too narrow to work on: "
                f"its long side may be at most {LONGEST_TO_SHORTEST} times its short side"
            )

    return check


def _open(data: bytes, kind: str, filename: str) -> ImageFile.ImageFile:
    try:
        return _OPENERS[kind](BytesIO(data))
    except Exception as error:  # Pillow raises a dozen types on damaged headers
        raise InvalidInput(
            f"{filename} starts like a {kind} file but its header cannot be read: "
            "it is truncated or damaged; save or copy it again"
        ) from error


def _orientation(image: Image.Image) -> int:
    """Return EXIF's orientation, 1 to 8; damaged EXIF counts as upright."""
    try:
        value = image.getexif().get(_ORIENTATION_TAG, 1)
    except Exception:  # as above; a picture is more than its EXIF
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _load(image: ImageFile.ImageFile, filename: str) -> None:
    try:
        image.load()
    except Exception as error:  # as above
        missing = _missing_percent(image)
        part = f"{missing}% of it is" if missing else "a part of it is"
        raise InvalidInput(
            f"{filename} is truncated: {part} missing or damaged; save or copy it again"
        ) from error


def _missing_percent(image: ImageFile.ImageFile) -> int | None:
    """Return the percentage of rows that a failed decoding left untouched at the bottom; None if unknown."""
    try:
        image.tile = []  # nothing left to decode: what is there may be looked at
        rows = np.count_nonzero(np.asarray(image).reshape(image.height, -1), axis=1)
    except Exception:  # as above
        return None
    if not rows.any():
        return None
    untouched = int(np.argmax(rows[::-1]))
    return max(1, round(100 * untouched / len(rows))) if untouched else None


def _to_rgb(image: Image.Image, filename: str) -> Pixels:
    try:
        upright = image if _orientation(image) == 1 else ImageOps.exif_transpose(image)
        if upright.has_transparency_data:
            colours = upright.convert("RGBA")
            upright = Image.alpha_composite(Image.new("RGBA", colours.size, "white"), colours)
        return np.array(upright.convert("RGB"))
    except Exception as error:  # as above
        raise InvalidInput(
            f"{filename} has {image.mode} pixels, which cannot be turned into colours; save it as PNG"
        ) from error


def _browser_exact(image: ImageFile.ImageFile) -> bool:
    """Tell whether a browser paints from the file exactly the pixels that we decode from it."""
    return (
        image.mode in ("RGB", "L")
        and not image.has_transparency_data
        and getattr(image, "n_frames", 1) == 1
        and _orientation(image) == 1
        and _plain_colours(image)
    )


def _plain_colours(image: ImageFile.ImageFile) -> bool:
    """Tell whether nothing in the file makes a browser shift the colours: no profile, or sRGB's."""
    profile = image.info.get("icc_profile")
    if profile:
        return b"sRGB" in profile or b"s\0R\0G\0B" in profile
    return "srgb" in image.info or not ({"gamma", "chromaticity"} & image.info.keys())
