"""Masks in TIFF files: the numbers that are stored, not what a viewer would show of them."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL.TiffImagePlugin import TiffImageFile

from samstudio.domain import InvalidInput, Size
from samstudio.services.dataset_io.label_masks.picture import MaskPicture
from samstudio.services.dataset_io.label_masks.sizes import check_size

WHITE_IS_ZERO = 0
"""TIFF's photometric interpretation; whether 0 is shown white or black, it is the value 0."""

LOSSY = (6, 7, 33003, 33005, 34712)
"""TIFF's numbers of the compressions that change values: JPEG and JPEG 2000."""


def read_tiff(data: bytes, name: str, size: Size) -> MaskPicture:
    """Read a TIFF: one page of numbers or colours, or a stack of pages, one object each.

    Raises:
        InvalidInput: It cannot be read, or has another size.
    """
    try:
        with tifffile.TiffFile(BytesIO(data)) as file:
            layout = _layout(file, name, size)
            values = layout.arranged(_values(file, data))
            lossy = int(_first(file).compression) in LOSSY
            return MaskPicture(name, values, _palette(file), lossy=lossy, stacked=layout.stacked)
    except InvalidInput:
        raise
    except Exception as error:  # tifffile raises a dozen types on damaged files
        raise InvalidInput(f"{name} is a TIFF that cannot be read: {error}") from error


@dataclass(frozen=True)
class _Layout:
    """How a TIFF's array lies: its shape without sides of 1, and what its third side is."""

    shape: tuple[int, ...]
    planar: bool
    stacked: bool

    def arranged(self, values: NDArray[Any]) -> NDArray[Any]:
        shaped = values.reshape(self.shape)
        return np.ascontiguousarray(np.moveaxis(shaped, 0, -1)) if self.planar else shaped


def _layout(file: tifffile.TiffFile, name: str, size: Size) -> _Layout:
    """Return how the array lies.

    Raises:
        InvalidInput: It is not of the image's size, or has too many sides.
    """
    series = file.series[0]
    shape, axes = _without_ones(series.shape, series.axes)
    if len(file.series) > 1 or len(shape) not in (2, 3):
        sides = "x".join(map(str, shape))
        what = f"{len(file.series)} pictures" if len(file.series) > 1 else f"an array of {sides}"
        raise InvalidInput(f"{name} holds {what}: save one page for one image")
    if len(shape) == 2:
        check_size(name, size, shape)
        return _Layout(shape, planar=False, stacked=False)
    coloured = "S" in axes
    interleaved = coloured and axes.endswith("S")
    check_size(name, size, shape[:2] if interleaved else shape[1:])
    return _Layout(shape, planar=coloured and not interleaved, stacked=not coloured)


def _without_ones(shape: tuple[int, ...], axes: str) -> tuple[tuple[int, ...], str]:
    """Drop sides of 1 beyond the two that a picture has, the leading ones first."""
    kept, names = list(shape), list(axes)
    while len(kept) > 2 and 1 in kept:
        place = kept.index(1)
        del kept[place], names[place]
    return tuple(kept), "".join(names)


def _first(file: tifffile.TiffFile) -> tifffile.TiffPage:
    page = file.pages.first
    return page if isinstance(page, tifffile.TiffPage) else page.keyframe


def _palette(file: tifffile.TiffFile) -> NDArray[np.uint8] | None:
    found = _first(file).colormap
    if found is None:
        return None
    colours = np.full((found.shape[1], 4), 255, np.uint8)
    colours[:, :3] = (np.asarray(found).T >> 8).astype(np.uint8)
    return colours


def _values(file: tifffile.TiffFile, data: bytes) -> NDArray[Any]:
    try:
        return np.asarray(file.series[0].asarray())
    except ValueError:  # a compression that tifffile leaves to another package, and Pillow has
        if len(file.pages) > 1:
            raise
        values = np.asarray(TiffImageFile(BytesIO(data)))
    if int(_first(file).photometric) != WHITE_IS_ZERO:
        return values
    # Pillow gives what is shown.
    return ~values if values.dtype == np.bool_ else np.iinfo(values.dtype).max - values
