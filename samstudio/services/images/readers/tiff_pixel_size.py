"""The size of a pixel that a TIFF file has from a measurement: of OME, ImageJ, an instrument, or its tags."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias
from xml.etree import ElementTree

from samstudio.domain import PixelSize
from samstudio.services.images.pixel_size import measured, of_density
from samstudio.services.images.readers.tiff_instruments import size_of_instrument

_ACROSS, _DOWN, _UNIT = 282, 283, 296  # XResolution, YResolution, ResolutionUnit
_UNITS = {2: "inch", 3: "cm"}

SizeOf: TypeAlias = Callable[[Any], PixelSize | None]
"""Returns the size of a pixel of a tifffile page; None where the file does not say."""


def pixel_sizes(file: Any) -> SizeOf:
    """Return what gives the pixel sizes of the pages of a `tifffile.TiffFile`."""
    for find in (_of_ome, _of_imagej, _of_instrument):
        try:
            found = find(file)
        except Exception:  # damaged metadata makes tifffile raise nearly anything; a picture is more than it
            continue
        if found is not None:
            return found
    return _guarded_tags


def _of_ome(file: Any) -> SizeOf | None:
    if not file.is_ome:
        return None
    root = ElementTree.fromstring(file.ome_metadata)
    sizes = [_physical(each) for each in root.iter() if each.tag.rpartition("}")[2] == "Pixels"]
    if not any(sizes):
        return None
    if len(set(sizes)) == 1:
        return lambda _page: sizes[0]
    if len(file.series) != len(sizes):  # which page is of which image is not known
        return lambda _page: None
    by_page = {
        page.index: size
        for series, size in zip(file.series, sizes, strict=True)
        for page in series.pages
        if page is not None
    }
    return lambda page: by_page.get(page.index)


def _physical(pixels: Any) -> PixelSize | None:
    across, down = pixels.get("PhysicalSizeX"), pixels.get("PhysicalSizeY")
    if across is None or down is None:
        return None
    units = [pixels.get(f"PhysicalSize{axis}Unit", "µm") for axis in "XY"]
    return measured(float(across), float(down), *units)


def _of_imagej(file: Any) -> SizeOf | None:
    """Return ImageJ's sizes: its unit is in its own words, and the tags count pixels in it."""
    metadata = file.imagej_metadata if file.is_imagej else None
    if not metadata or "unit" not in metadata:
        return None
    across, down = _densities(file.pages[0])
    unit = str(metadata["unit"])
    of_height = str(metadata.get("yunit", unit))
    if of_height == unit:
        size = of_density(across, down, unit)
    else:
        size = measured(1 / across, 1 / down, unit, of_height)
    return lambda _page: size


def _of_instrument(file: Any) -> SizeOf | None:
    """Return an instrument's size for the pages that have as many pixels as the first: others are reduced."""
    size = size_of_instrument(file)
    if size is None:
        return None
    pixels = file.pages[0].shape[:2]
    return lambda page: size if page.shape[:2] == pixels else None


def _guarded_tags(page: Any) -> PixelSize | None:
    try:
        unit = _UNITS.get(int(page.tags.valueof(_UNIT, default=2)))
        return of_density(*_densities(page), unit) if unit else None
    except Exception:  # as above
        return None


def _densities(page: Any) -> tuple[float, float]:
    """Return how many pixels are in a unit, across and down; 0 where the page does not say."""
    across, down = (page.tags.valueof(tag, default=(0, 1)) for tag in (_ACROSS, _DOWN))
    return across[0] / across[1], down[0] / down[1]
