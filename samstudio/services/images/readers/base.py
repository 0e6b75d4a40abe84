"""The interface of a picture reader: recognises a kind of file, opens it by its header, gives its pages.

A reader says what the file says: values, which of them is transparency, what is no data. How they become
colours is `samstudio.services.images.rendering`'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from numpy.typing import NDArray

from samstudio.domain import PixelSize

Range: TypeAlias = tuple[float, float]
"""(low, high): the values that are shown as black and as white."""


class SizeCheck(Protocol):
    """Raises InvalidInput when a picture of that size is too large to decode."""

    def __call__(self, width: int, height: int, channels: int = 1) -> None:
        """Check a width and a height in pixels."""


@dataclass(frozen=True, eq=False)
class Samples:
    """One page's values, HxWxC in the file's own dtype, upright; without transparency.

    Attributes:
        values: HxWxC, C at least 1, neither scaled nor inverted.
        alpha: Opacity, HxW of an unsigned or float dtype; None where the file declares none.
        colours: Whether the channels are colours, which share one contrast; else each has its own.
        inverted: Whether small values are white.
        nodata: The value of pixels that were not measured.
        contrast: The range that the file asks to be shown.
        notes: Sentences on what was left out or decided.
        keep_suffix: The suffix under which a browser shows exactly these pixels from the file itself.
        pixel_size: How large a pixel of ``values`` is, where the file has it from a measurement.
    """

    values: NDArray[Any]
    alpha: NDArray[Any] | None = None
    colours: bool = True
    inverted: bool = False
    nodata: float | None = None
    contrast: Range | None = None
    notes: tuple[str, ...] = ()
    keep_suffix: str | None = None
    pixel_size: PixelSize | None = None


class OpenPicture(Protocol):
    """A picture file whose header was read."""

    @property
    def pages(self) -> int:
        """How many pictures it holds, at least 1."""

    @property
    def group(self) -> str | None:
        """What pictures of one origin share, such as a DICOM series; None where the file says nothing."""

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on what of the file is not among its pages."""

    def read(self, page: int) -> Samples:
        """Decode a page, the first is 0.

        Raises:
            InvalidInput: It cannot be read, or is too large; the sentence names the file.
        """


class PictureReader(Protocol):
    """A kind of picture file: how it is recognised and opened."""

    @property
    def name(self) -> str:
        """The kind as stored and said, e.g. ``TIFF``; at most 16 characters."""

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Names that such files have, lower case; originals are stored under the first."""

    @property
    def media_types(self) -> tuple[str, ...]:
        """Their media types."""

    def recognises(self, data: bytes) -> bool:
        """Tell by its first bytes whether a file is of this kind."""

    def may_hold_pages(self, head: bytes) -> bool:
        """Tell by its first 64 KB whether a file may hold several pictures."""

    def open(self, data: bytes, *, filename: str, check_size: SizeCheck) -> OpenPicture:
        """Read the header.

        Raises:
            InvalidInput: It cannot be read or is too large; the sentence names the file.
        """
