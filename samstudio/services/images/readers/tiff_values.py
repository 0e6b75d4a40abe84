"""What a TIFF page's values mean: photometric interpretation, extra samples, palettes, nodata, codecs."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray

from samstudio.domain import InvalidInput
from samstudio.services.images.readers.base import Samples, SizeCheck
from samstudio.services.images.readers.codestreams import embedded_size
from samstudio.services.images.readers.orientation import TAG, checked, upright

_UNSIGNED = 1  # SampleFormat
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _PALETTE, _SEPARATED, _YCBCR = 0, 1, 2, 3, 5, 6  # Photometric…
_ALPHA = (1, 2)  # ExtraSamples: associated, unassociated
_COLOURS = MappingProxyType({_WHITE_IS_ZERO: 1, _BLACK_IS_ZERO: 1, _PALETTE: 1, _SEPARATED: 4})  # others: 3
_EXTRA_SAMPLES, _NODATA = 338, 42113  # tags


def check_page(page: Any, *, channels: int, filename: str, check_size: SizeCheck) -> None:
    """Check a page's header before its pixels are decompressed.

    Args:
        page: A `tifffile.TiffPage`.
        channels: How many such pages make the picture.
        filename: What sentences call it.
        check_size: Refuses what is too large.

    Raises:
        InvalidInput: It is too large, or its values have no colours.
    """
    check_size(page.imagewidth, page.imagelength, page.samplesperpixel * channels)
    if page.is_tiled and page.tilewidth * page.tilelength > 4 * max(
        page.imagewidth * page.imagelength, 1024 * 1024
    ):
        raise InvalidInput(
            f"{filename} is {page.imagewidth}x{page.imagelength} pixels, in tiles of "
            f"{page.tilewidth}x{page.tilelength}: its header is damaged"
        )
    if page.imagedepth > 1:
        raise InvalidInput(f"{filename} has pages {page.imagedepth} voxels deep; save it as a stack of pages")
    if page.dtype is None or page.dtype.kind not in "buif":
        raise InvalidInput(
            f"{filename} is a TIFF of {page.dtype or 'unknown'} values that have no colours; "
            "save it as 8- or 16-bit grey or RGB"
        )


def check_segments(page: Any, data: bytes, filename: str) -> None:
    """Compare what compressed strips and tiles say of their size with what the header says.

    Raises:
        InvalidInput: One would be larger than the whole page or a tile.
    """
    if page.compression == 1:
        return
    width, height = max(page.imagewidth, page.tilewidth), max(page.imagelength, page.tilelength)
    for offset, count in zip(page.dataoffsets, page.databytecounts, strict=False):
        found = embedded_size(data[offset : offset + count])
        if found and (found[0] > width or found[1] > height):
            raise InvalidInput(
                f"{filename} is {page.imagewidth}x{page.imagelength} pixels by its header "
                f"and {found[0]}x{found[1]} by its data: it is damaged"
            )


def fits_pillow(page: Any) -> bool:
    """Tell whether a page has what Pillow decodes without loss and without a guess."""
    return bool(
        isinstance(page.index, int)
        and np.max(page.bitspersample) <= 8
        and page.sampleformat == _UNSIGNED
        and page.samplesperpixel - _COLOURS.get(page.photometric, 3) == (1 if declares_alpha(page) else 0)
    )


def extra_samples(page: Any) -> tuple[int, ...]:
    """Return what the file says of the channels after the colours; 0 is unspecified."""
    value = page.tags.valueof(_EXTRA_SAMPLES, default=())
    return tuple(int(each) for each in (value if isinstance(value, (tuple, list)) else (value,)))


def declares_alpha(page: Any) -> bool:
    """Tell whether the file calls one of its channels transparency."""
    return any(each in _ALPHA for each in extra_samples(page))


def page_samples(page: Any, values: NDArray[Any], filename: str) -> Samples:
    """Return a decoded page's values with what the file says of them.

    Raises:
        InvalidInput: They have no such shape as the header says.
    """
    values = upright(_channels_last(page, values, filename), checked(page.tags.valueof(TAG, default=1)))
    if values.dtype == np.bool_:
        values = values.astype(np.uint8) * np.uint8(255)
    elif values.dtype == np.uint8 and np.max(page.bitspersample) < 8 and page.photometric != _PALETTE:
        values = (values * (255.0 / (2 ** int(np.max(page.bitspersample)) - 1))).round().astype(np.uint8)
    if page.photometric == _PALETTE and page.colormap is not None and values.shape[2] == 1:
        return _palette(page, values)
    values, alpha = _without_alpha(page, values)
    if page.photometric == _SEPARATED and values.shape[2] >= 4:
        return Samples(_from_cmyk(values[..., :4]), alpha)
    return Samples(
        values,
        alpha,
        colours=page.photometric in (_RGB, _YCBCR) or values.shape[2] in (1, 3),
        inverted=page.photometric == _WHITE_IS_ZERO,
        nodata=_nodata(page),
    )


def _channels_last(page: Any, values: NDArray[Any], filename: str) -> NDArray[Any]:
    if values.ndim == 2:
        values = values[..., None]
    elif page.axes.startswith("S"):
        values = np.moveaxis(values, 0, -1)
    if values.ndim != 3 or values.shape[:2] != (page.imagelength, page.imagewidth):
        raise InvalidInput(
            f"{filename} is {page.imagewidth}x{page.imagelength} pixels by its header, "
            f"and its values have the shape {values.shape}"
        )
    return values


def _without_alpha(page: Any, values: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any] | None]:
    """Take out the channel that the file calls transparency, if it does."""
    extra = extra_samples(page)
    colours = values.shape[2] - len(extra)
    at = next((colours + n for n, each in enumerate(extra) if each in _ALPHA), None)
    if at is None or not 0 < at < values.shape[2]:
        return values, None
    return np.delete(values, at, axis=2), values[..., at]


def _palette(page: Any, values: NDArray[Any]) -> Samples:
    """Look the colours up; TIFF's palettes have 16 bits a channel."""
    colours = np.moveaxis(np.asarray(page.colormap, np.uint16), 0, -1)
    looked_up = np.take(colours, values[..., 0].astype(np.int64), axis=0, mode="clip")
    return Samples(looked_up, contrast=(0.0, 65535.0))


def _from_cmyk(values: NDArray[Any]) -> NDArray[Any]:
    """Convert cyan, magenta, yellow, black to RGB of the same dtype."""
    full = float(np.iinfo(values.dtype).max) if values.dtype.kind in "ui" else 1.0
    ink = values.astype(np.float64) / full
    rgb = (1 - ink[..., :3]) * (1 - ink[..., 3:]) * full
    return (np.rint(rgb) if values.dtype.kind in "ui" else rgb).astype(values.dtype)


def _nodata(page: Any) -> float | None:
    """Return GDAL's value for pixels that were not measured."""
    text = page.tags.valueof(_NODATA, default=None)
    try:
        return None if text is None else float(str(text).strip("\0 "))
    except ValueError:
        return None


def why_unreadable(page: Any, n_bytes: int, filename: str) -> str:
    """Say why a page could not be decoded: its end is missing, a codec is unknown, or its data is damaged."""
    ends = [offset + count for offset, count in zip(page.dataoffsets, page.databytecounts, strict=False)]
    promised = max(ends, default=0)
    if promised > n_bytes:
        return (
            f"{filename} is truncated: its header speaks of {promised:,} bytes, "
            f"and the file has {n_bytes:,}; save or copy it again"
        )
    codec = _codec(page)
    if not _is_known(page):
        return (
            f"{filename} is compressed with {codec}, which cannot be read; "
            "save it without compression, or with LZW or Deflate (ZIP)"
        )
    return f"{filename} cannot be read: its {codec} data is damaged; save or copy it again"


def _codec(page: Any) -> str:
    name = getattr(page.compression, "name", None)
    return name if name else f"TIFF's method {int(page.compression)}"


def _is_known(page: Any) -> bool:
    try:
        tifffile.TIFF.DECOMPRESSORS[page.compression]
        return page.predictor == 1 or tifffile.TIFF.UNPREDICTORS[page.predictor] is not None
    except Exception:  # KeyError or ValueError, as it likes
        return False
