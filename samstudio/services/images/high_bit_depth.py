"""Pictures of more than 8 bits a channel → uint8: 16-bit PNG, and TIFF of 16 or 32 bits, signed or float.

Microscopes and scanners seldom fill their 16 bits, so dividing by 257 would
show black. The values between the 0.1 and the 99.9 percentile (over the
colour channels together) are spread over 0..255 instead, as cellpose and
micro-sam do; values outside are clipped, NaN becomes black.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any, TypeAlias

import cv2
import numpy as np
import tifffile
from numpy.typing import NDArray

from samstudio.domain import InvalidInput

SizeCheck: TypeAlias = Callable[[int, int], None]
"""Called with (width, height); raises InvalidInput when that is too large."""

LOW_PERCENTILE, HIGH_PERCENTILE = 0.1, 99.9
SAMPLE = 4_000_000
"""About how many values the percentiles are taken from at most, evenly strided; for time."""

_UNSIGNED = 1  # TIFF SampleFormat
_WHITE_IS_ZERO, _SEPARATED = 0, 5  # TIFF PhotometricInterpretation


def is_deep_png(data: bytes) -> bool:
    """Tell whether a PNG has 16 bits a channel. Pillow would silently drop the low byte of colour ones."""
    return data[12:16] == b"IHDR" and data[24] == 16


def read_deep_png(data: bytes, *, orientation: int, filename: str) -> NDArray[np.uint8]:
    """Decode a 16-bit PNG to uint8 HxWx3 RGB; ``orientation`` as EXIF has it.

    Raises:
        InvalidInput: It is damaged.
    """
    return to_rgb(_orient(_opencv(data, filename), orientation), filename=filename)


def check_tiff(data: bytes, *, filename: str, check_size: SizeCheck) -> bool:
    """Check the first page's header; return whether it is deep.

    Deep: more than 8 bits a sample, or signed or float samples.

    Raises:
        InvalidInput: ``check_size`` refuses its size, it has more than four channels, or its values
            have no colours (complex numbers, deep CMYK).
    """
    with _pages(data, filename) as file:
        page: Any = file.pages[0]
        check_size(page.imagewidth, page.imagelength)
        if page.samplesperpixel > 4:
            raise InvalidInput(
                f"{filename} has {page.samplesperpixel} channels; images with 1 to 4 can be read: "
                "save the channels of interest as an image of their own"
            )
        deep = bool(np.max(page.bitspersample) > 8 or page.sampleformat != _UNSIGNED)
        if deep and (page.dtype is None or page.dtype.kind not in "uif" or page.photometric == _SEPARATED):
            raise InvalidInput(
                f"{filename} is a TIFF of {page.dtype or 'unknown'} values that have no colours; "
                "save it as 8- or 16-bit grey or RGB"
            )
        return deep


def read_deep_tiff(data: bytes, *, filename: str) -> NDArray[np.uint8]:
    """Decode the first page to uint8 HxWx3 RGB, oriented as its tag says.

    Raises:
        InvalidInput: It is damaged.
    """
    with _pages(data, filename) as file:
        page: Any = file.pages[0]
        values = _page_values(page, data, filename)
        if page.photometric == _WHITE_IS_ZERO:
            values = _inverted(values)
        orientation = page.tags.valueof(274, default=1)
    return to_rgb(_orient(values, orientation), filename=filename)


def deep_values(data: bytes, *, kind: str, orientation: int, filename: str) -> NDArray[Any] | None:
    """Return a 16-bit PNG's or deep TIFF's values as they are stored, HxW or HxWxC, upright; None for others.

    Args:
        data: The file.
        kind: ``PNG`` or ``TIFF``; any other is not deep.
        orientation: EXIF's orientation, 1 to 8, for a PNG.
        filename: What sentences call it.

    Raises:
        InvalidInput: It is damaged.
    """
    if kind == "PNG" and is_deep_png(data):
        return _orient(_opencv(data, filename), orientation)
    if kind == "TIFF" and check_tiff(data, filename=filename, check_size=lambda _width, _height: None):
        with _pages(data, filename) as file:
            page: Any = file.pages[0]
            return _orient(_page_values(page, data, filename), page.tags.valueof(274, default=1))
    return None


def to_rgb(values: NDArray[Any], *, filename: str) -> NDArray[np.uint8]:
    """Scale HxW or HxWxC values to uint8 HxWx3, alpha over white.

    C is 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGB, alpha).

    Raises:
        InvalidInput: It has another shape than these.
    """
    if values.ndim == 2:
        values = values[..., None]
    if values.ndim != 3 or not 1 <= values.shape[2] <= 4:
        raise InvalidInput(
            f"{filename} has pixels of shape {values.shape}; images with 1 to 4 channels can be read"
        )
    has_alpha = values.shape[2] in (2, 4)
    colours = stretch(values[..., :-1] if has_alpha else values)
    if colours.shape[2] == 1:
        colours = np.repeat(colours, 3, axis=2)
    if not has_alpha:
        return np.ascontiguousarray(colours)
    opacity = _opacity(values[..., -1:])
    return np.rint(colours * opacity + 255.0 * (1.0 - opacity)).astype(np.uint8)


def stretch(values: NDArray[Any]) -> NDArray[np.uint8]:
    """Spread HxWxC values between the two percentiles over 0..255; a constant picture is black."""
    flat = values.reshape(-1)
    # Whole pixels, so that no channel is left out.
    pixels = values.reshape(-1, values.shape[-1])
    sample = pixels[:: max(1, flat.size // SAMPLE)].reshape(-1)
    if values.dtype.kind == "f":
        flat, sample = flat[np.isfinite(flat)], sample[np.isfinite(sample)]
    if not sample.size:
        return np.zeros(values.shape, np.uint8)
    low, high = np.percentile(sample, (LOW_PERCENTILE, HIGH_PERCENTILE))
    if high <= low:  # almost all of it is one value: what little there is decides
        low, high = float(flat.min()), float(flat.max())
    if high <= low:
        return np.zeros(values.shape, np.uint8)
    if values.dtype == np.uint16:  # by far the most common, and quicker by a table
        table = _scaled(np.arange(2**16), low, high)
        return np.take(table, values)
    return _scaled(values, low, high)


def _scaled(values: NDArray[Any], low: float, high: float) -> NDArray[np.uint8]:
    numbers: NDArray[np.float64] = values.astype(np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        scaled = np.clip((numbers - low) * (255.0 / (high - low)), 0, 255)
    result: NDArray[np.uint8] = np.rint(np.nan_to_num(scaled)).astype(np.uint8)
    return result


def _opacity(alpha: NDArray[Any]) -> NDArray[np.float32]:
    full = np.iinfo(alpha.dtype).max if alpha.dtype.kind in "ui" else 1.0
    opacity: NDArray[np.float32] = np.clip(alpha.astype(np.float32) / np.float32(full), 0, 1)
    return opacity


def _inverted(values: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(values.max() - values) if values.dtype.kind == "u" else -values


def _orient(values: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Turn HxW[xC] upright; EXIF's 8 cases."""
    if orientation in (5, 6, 7, 8):
        values = values.swapaxes(0, 1)
    if orientation in (2, 3, 6, 7):
        values = values[:, ::-1]
    if orientation in (3, 4, 7, 8):
        values = values[::-1]
    return values


def _pages(data: bytes, filename: str) -> tifffile.TiffFile:
    try:
        file = tifffile.TiffFile(BytesIO(data))
        _ = file.pages[0]
    except Exception as error:  # damaged bytes make it raise nearly anything
        raise InvalidInput(
            f"{filename} starts like a TIFF file but its header cannot be read: "
            "it is truncated or damaged; save or copy it again"
        ) from error
    return file


def _page_values(page: Any, data: bytes, filename: str) -> NDArray[Any]:
    """Read the page as HxW or HxWxC; OpenCV has the codecs (LZW) that tifffile has not."""
    try:
        values: NDArray[Any] = page.asarray()
    except Exception:  # as above, or a codec that it lacks
        return _opencv(data, filename)
    if page.axes.startswith("S"):
        values = np.moveaxis(values, 0, -1)
    return values


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
