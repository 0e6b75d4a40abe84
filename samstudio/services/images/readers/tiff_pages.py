"""What of a TIFF file is a picture: pages, and which of them are the channels of one.

OME-TIFF, ImageJ and tifffile's own files say what their dimensions are: channels (C) belong to one
picture, time, depth and every other dimension are pages. Other files are a chain of pages, of which
reduced copies and masks are no pictures.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from samstudio.text import plural

MAX_CHANNELS = {"imagej": 7}
"""The most channels that a picture has by the kind of its file: ImageJ shows no more at once.

tifffile calls the pages of an ImageJ stack channels where nobody says what they are.
"""
MAX_CHANNELS_ELSEWHERE = 64

THUMBNAIL = 512
"""A smaller copy of the same proportions is a thumbnail up to this longer side, in pixels."""


@dataclass(frozen=True, eq=False)
class Part:
    """One channel of a picture, or all of them: a tifffile page, or ``values`` where pages are not apart."""

    page: Any
    values: Callable[[], NDArray[Any]] | None = None


Plane: TypeAlias = tuple[Part, ...]
"""One picture: its channels."""


def planes(file: Any, *, n_bytes: int, filename: str) -> tuple[list[Plane], tuple[str, ...]]:
    """Return a file's pictures, at least one, and sentences on what is none.

    Args:
        file: A `tifffile.TiffFile`.
        n_bytes: Its size.
        filename: What sentences call it.
    """
    declared = _declared(file, n_bytes)
    if declared:
        return declared, ()
    pages = [page.aspage() for page in file.pages]
    if len(pages) == 1:
        return [(Part(pages[0]),)], ()
    kept = _whole(pages)
    return [(Part(page),) for page in kept], _left_out(pages, kept, filename)


def _declared(file: Any, n_bytes: int) -> list[Plane]:
    """Return the pictures of a file that says which dimensions are channels; none for other files."""
    try:
        every = list(file.series)
    except Exception:  # metadata that contradicts the pages: believe the pages
        return []
    if not any(_channel_axis(series) is not None or _is_packed(series) for series in every):
        return []
    found: list[Plane] = []
    for series in every:
        if not _reduced(series.keyframe):
            found += _of_series(series, n_bytes)
    return found


def _leading(series: Any) -> tuple[str, tuple[int, ...]]:
    """Return the axes and the shape of what is above one page."""
    axes, shape = series.get_axes(squeeze=False), series.get_shape(squeeze=False)
    inside = set(series.keyframe.axes) | {"Y", "X"}
    depth = next((at for at, axis in enumerate(axes) if axis in inside), len(axes))
    return axes[:depth], tuple(shape[:depth])


def _channel_axis(series: Any) -> int | None:
    """Return which of the leading axes are the channels of one picture; None where there are none."""
    axes, shape = _leading(series)
    at = axes.find("C")
    most = MAX_CHANNELS.get(series.kind, MAX_CHANNELS_ELSEWHERE)
    return at if at >= 0 and 1 < shape[at] <= most else None


def _is_packed(series: Any) -> bool:
    """Tell whether one page's header stands for many, as ImageJ writes large stacks."""
    return len(series.pages) == 1 and int(np.prod(_leading(series)[1])) > 1


def _of_series(series: Any, n_bytes: int) -> list[Plane]:
    shape = _leading(series)[1]
    n_parts = int(np.prod(shape))
    parts = _packed_parts(series, n_parts, n_bytes) if _is_packed(series) else _page_parts(series)
    if len(parts) != n_parts or None in parts:
        return [(part,) for part in parts if part is not None]
    channels = _channel_axis(series)
    numbers = np.arange(n_parts).reshape(shape)
    if channels is None:
        return [(part,) for part in parts if part is not None]
    of_pictures = np.moveaxis(numbers, channels, -1).reshape(-1, shape[channels])
    return [tuple(part for part in (parts[n] for n in row) if part is not None) for row in of_pictures]


def _page_parts(series: Any) -> list[Part | None]:
    return [None if page is None else Part(page.aspage()) for page in series.pages]


def _packed_parts(series: Any, n_parts: int, n_bytes: int) -> list[Part | None]:
    page = series.keyframe
    if series.nbytes > n_bytes:  # its pixels are not compressed, so they cannot all be there
        return [Part(page)]
    whole: list[NDArray[Any]] = []

    def values(number: int) -> NDArray[Any]:
        if not whole:
            whole.append(series.asarray(squeeze=False).reshape(n_parts, *page.shape))
        return np.asarray(whole[0][number])

    return [Part(page, lambda n=n: values(n)) for n in range(n_parts)]  # type: ignore[misc]


def _whole(pages: list[Any]) -> list[Any]:
    """Drop the pages that are masks or reduced copies of another; keep all where that would leave none."""
    kept = [page for page in pages if not _reduced(page)] or pages
    largest = max(kept, key=lambda page: page.imagewidth * page.imagelength)
    return [page for page in kept if not _looks_reduced(page, largest)] or kept


def _reduced(page: Any) -> bool:
    """Tell whether a page says that it is a reduced copy or a mask of another."""
    old_subfile_type = page.tags.valueof(255, default=0)
    return bool(page.subfiletype & 1 or page.subfiletype & 4 or old_subfile_type == 2)


def _looks_reduced(page: Any, largest: Any) -> bool:
    """Tell whether a page is, by its size, a thumbnail or a pyramid's level of the largest one."""
    width, height = page.imagewidth, page.imagelength
    if not width or not height or largest.imagewidth < 2 * width or largest.imagelength < 2 * height:
        return False
    across, down = largest.imagewidth / width, largest.imagelength / height
    slack = max(across / width, down / height)  # a pixel of rounding
    if abs(across - down) > slack:
        return False
    power = 2.0 ** round(np.log2(across))
    return bool(max(width, height) <= THUMBNAIL or abs(across - power) <= slack)


def _left_out(pages: list[Any], kept: list[Any], filename: str) -> tuple[str, ...]:
    whole = {id(page) for page in kept}
    others = [(n, page) for n, page in enumerate(pages, 1) if id(page) not in whole]
    if not others:
        return ()
    sizes = ", ".join(
        f"{n} ({page.imagewidth}x{page.imagelength} pixels)" for n, page in itertools.islice(others, 5)
    )
    more = f" and {len(others) - 5} more" if len(others) > 5 else ""
    what = "is a reduced copy or a mask" if len(others) == 1 else "are reduced copies or masks"
    every = plural(len(pages), "page")
    return (f"{filename} has {every}, of which {sizes}{more} {what} of another: left out",)
