"""TIFF: 8-bit colours by Pillow; more bits, more channels, stacks and rare codecs by tifffile."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any

import numpy as np
import tifffile
from PIL.TiffImagePlugin import TiffImageFile

from samstudio.domain import InvalidInput
from samstudio.services.images.pixel_size import turned
from samstudio.services.images.readers.base import OpenPicture, Samples, SizeCheck
from samstudio.services.images.readers.orientation import TAG, checked
from samstudio.services.images.readers.pillow_pages import load, samples_of
from samstudio.services.images.readers.tiff_pages import Part, Plane, planes
from samstudio.services.images.readers.tiff_pixel_size import SizeOf, pixel_sizes
from samstudio.services.images.readers.tiff_values import (
    check_page,
    check_segments,
    fits_pillow,
    page_samples,
    why_unreadable,
)


class TiffReader:
    """TIFF, BigTIFF, OME-TIFF and ImageJ's."""

    name = "TIFF"
    suffixes = (".tif", ".tiff")
    media_types = ("image/tiff",)

    def recognises(self, data: bytes) -> bool:
        """Tell whether a file begins as TIFF does."""
        return data.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"))

    def may_hold_pages(self, head: bytes) -> bool:  # noqa: ARG002
        """Tell that it may hold several pictures."""
        return True

    def open(self, data: bytes, *, filename: str, check_size: SizeCheck) -> OpenPicture:
        """Read the header.

        Raises:
            InvalidInput: It cannot be read or is too large.
        """
        try:
            file = tifffile.TiffFile(BytesIO(data))
            _ = file.pages[0]
            found, notes = planes(file, n_bytes=len(data), filename=filename)
        except Exception as error:  # damaged bytes make it raise nearly anything
            raise InvalidInput(
                f"{filename} starts like a TIFF file but its header cannot be read: "
                "it is truncated or damaged; save or copy it again"
            ) from error
        picture = TiffPicture(
            found,
            data,
            notes=notes,
            pixel_size_of=pixel_sizes(file),
            filename=filename,
            check_size=check_size,
        )
        picture.check(0)
        return picture


class TiffPicture:
    """A TIFF file; reduced copies and masks are not among its pages."""

    group: str | None = None

    def __init__(
        self,
        found: list[Plane],
        data: bytes,
        *,
        notes: tuple[str, ...],
        pixel_size_of: SizeOf,
        filename: str,
        check_size: SizeCheck,
    ) -> None:
        self._planes = found
        self._data = data
        self._pixel_size_of = pixel_size_of
        self._filename = filename
        self._check_size = check_size
        self.notes = notes
        self.pages = len(found)

    def check(self, page: int) -> None:
        """Check a page's header.

        Raises:
            InvalidInput: It is too large, or of a kind that cannot be read.
        """
        plane = self._planes[page]
        for part in plane:
            check_page(part.page, channels=len(plane), filename=self._filename, check_size=self._check_size)

    def read(self, page: int) -> Samples:
        """Decode a page, the first is 0.

        Raises:
            InvalidInput: It is truncated, too large, or of a kind or codec that cannot be read.
        """
        self.check(page)
        plane = self._planes[page]
        parts = [self._part(part) for part in plane]
        samples = parts[0] if len(parts) == 1 else _stacked(parts, self._filename)
        first = plane[0].page
        orientation = checked(first.tags.valueof(TAG, default=1))
        return replace(samples, pixel_size=turned(self._pixel_size_of(first), orientation))

    def _part(self, part: Part) -> Samples:
        check_segments(part.page, self._data, self._filename)
        if part.values is None and fits_pillow(part.page):
            by_pillow = self._by_pillow(part.page)
            if by_pillow is not None:
                return by_pillow
        try:
            values = part.page.asarray() if part.values is None else part.values()
        except Exception as error:  # as above, or a codec that it lacks
            raise InvalidInput(why_unreadable(part.page, len(self._data), self._filename)) from error
        return page_samples(part.page, values, self._filename)

    def _by_pillow(self, page: Any) -> Samples | None:
        """Decode a page of 8-bit colours; None where Pillow cannot, and tifffile may."""
        try:
            image = TiffImageFile(BytesIO(self._data))
            if page.index:
                image.seek(page.index)
            if image.size != (page.imagewidth, page.imagelength):
                return None
            load(image, self._filename)
        except Exception:  # as above
            return None
        return samples_of(image, self._filename)


def _stacked(channels: list[Samples], filename: str) -> Samples:
    """Put channels that are pages of their own into one picture, each with its own contrast."""
    first = channels[0]
    values = [each.values[..., :1] for each in channels]
    if any(each.shape != values[0].shape for each in values):
        raise InvalidInput(f"{filename} has channels of different sizes, which make no picture")
    together = np.concatenate(values, axis=-1)
    return Samples(together, colours=False, inverted=first.inverted, nodata=first.nodata, notes=first.notes)
