"""Decoding of picture files to RGB pixels as a person sees them, or a sentence that says why not.

`samstudio.services.images.readers` read values, `samstudio.services.images.rendering`
makes colours of them. Nothing here stores anything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from samstudio.domain import InvalidInput
from samstudio.services.images.file_types import reader_of
from samstudio.services.images.readers.base import OpenPicture, Samples, SizeCheck
from samstudio.services.images.rendering import AS_THE_FILE_SAYS, Pixels, ReadOptions, rendered

__all__ = [
    "LONGEST_TO_SHORTEST",
    "DecodedImage",
    "Pages",
    "Pixels",
    "ReadOptions",
    "decode_image",
    "original_values",
    "pixels_id",
    "read_pages",
]

T = TypeVar("T")

LONGEST_TO_SHORTEST = 1024
"""An image narrower than this has less than one row left once SAM resized its long side to 1024."""
FREE_CHANNELS = 4
"""A picture of more channels may have fewer pixels, so that it takes no more memory."""


@dataclass(frozen=True, eq=False)
class DecodedImage:
    """A decoded picture: ``pixels`` uint8 HxWx3 RGB; ``source_format`` e.g. ``JPEG``.

    Attributes:
        pixels: What is worked on.
        source_format: The reader's name.
        keep_suffix: The suffix under which the original bytes may be stored, because a browser shows
            exactly these pixels from them; None otherwise.
        page: Which of the file's pages it is, from 1.
        pages: How many pages the file has.
        notes: Sentences on what was decided or left out, for a person to check.
        reading: How the pixels came about, as JSON holds it; `ReadOptions.repeating` repeats it.
    """

    pixels: Pixels
    source_format: str
    keep_suffix: str | None
    page: int = 1
    pages: int = 1
    notes: tuple[str, ...] = ()
    reading: dict[str, Any] = field(default_factory=dict)


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


def decode_image(
    data: bytes,
    *,
    filename: str,
    max_pixels: int,
    page: int = 1,
    options: ReadOptions = AS_THE_FILE_SAYS,
) -> DecodedImage:
    """Decode one picture of a file to uint8 HxWx3 RGB.

    The header's size is checked before any pixel is decompressed.

    Args:
        data: The file.
        filename: What sentences call it.
        max_pixels: The largest picture accepted.
        page: Which page, from 1.
        options: What a person chose.

    Raises:
        InvalidInput: It cannot be read, is too large, or has no such page; the sentence starts with
            ``filename``.
    """
    pages = read_pages(data, filename=filename, max_pixels=max_pixels, options=options)
    return pages.decode(page)


def original_values(data: bytes, *, filename: str, page: int = 1) -> NDArray[Any]:
    """Return a page's values in the file's own dtype, HxW or HxWxC, upright; without alpha, palettes as RGB.

    Raises:
        InvalidInput: It cannot be read; the sentence starts with ``filename``.
    """
    values = read_pages(data, filename=filename, max_pixels=2**40).samples(page).values
    return values[..., 0] if values.shape[2] == 1 else values


def read_pages(
    data: bytes, *, filename: str, max_pixels: int, options: ReadOptions = AS_THE_FILE_SAYS
) -> Pages:
    """Open a picture file by its header; its pages are decoded one at a time.

    Args:
        data: The file.
        filename: What sentences call it.
        max_pixels: The largest picture accepted.
        options: What a person chose.

    Raises:
        InvalidInput: It cannot be read or is too large; the sentence starts with ``filename``.
    """
    reader = reader_of(data, filename=filename)
    check = _size_check(filename, max_pixels)
    picture = _guarded(lambda: reader.open(data, filename=filename, check_size=check), filename, reader.name)
    return Pages(picture, kind=reader.name, filename=filename, options=options)


class Pages:
    """The pictures of a file; iterating decodes one after the other."""

    def __init__(self, picture: OpenPicture, *, kind: str, filename: str, options: ReadOptions) -> None:
        self._picture = picture
        self._kind = kind
        self._filename = filename
        self._options = options
        self.count = picture.pages
        self.group = picture.group

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[DecodedImage]:
        return (self.decode(page) for page in range(1, self.count + 1))

    def samples(self, page: int) -> Samples:
        """Return a page's values, the first page is 1.

        Raises:
            InvalidInput: It cannot be read, or there is no such page.
        """
        if not 1 <= page <= self.count:
            many = "1 page" if self.count == 1 else f"{self.count:,} pages"
            raise InvalidInput(f"{self._filename} has {many}, and no page {page}")
        return _guarded(lambda: self._picture.read(page - 1), self._filename, self._kind)

    def decode(self, page: int) -> DecodedImage:
        """Decode a page, the first is 1.

        Raises:
            InvalidInput: It cannot be read, or there is no such page.
        """
        samples = self.samples(page)
        shown = _guarded(
            lambda: rendered(samples, self._options, filename=self._filename), self._filename, self._kind
        )
        of_file = self._picture.notes if page == 1 else ()
        return DecodedImage(
            shown.pixels,
            self._kind,
            samples.keep_suffix if self._options == AS_THE_FILE_SAYS else None,
            page=page,
            pages=self.count,
            notes=(*of_file, *samples.notes, *shown.notes),
            reading=shown.reading,
        )


def _guarded(read: Callable[[], T], filename: str, kind: str) -> T:
    """Read, and turn whatever a library raises on damaged bytes into a sentence."""
    try:
        return read()
    except InvalidInput:
        raise
    except Exception as error:  # the bytes are anyone's: libraries raise nearly anything
        raise InvalidInput(
            f"{filename} starts like a {kind} file but cannot be read: it is truncated or damaged"
        ) from error


def _size_check(filename: str, max_pixels: int) -> SizeCheck:
    def check(width: int, height: int, channels: int = 1) -> None:
        if width * height > max_pixels:
            raise InvalidInput(
                f"{filename} is {width}x{height} pixels ({width * height / 1e6:.0f} megapixels); "
                f"the limit is {max_pixels / 1e6:g} (SAMSTUDIO_MAX_IMAGE_MEGAPIXELS)"
            )
        if width * height * channels > max_pixels * FREE_CHANNELS:
            raise InvalidInput(
                f"{filename} has {channels:,} channels of {width}x{height} pixels; the limit is "
                f"{max_pixels / 1e6:g} megapixels of {FREE_CHANNELS} channels "
                "(SAMSTUDIO_MAX_IMAGE_MEGAPIXELS)"
            )
        if max(width, height) > LONGEST_TO_SHORTEST * min(width, height):
            raise InvalidInput(
                f"{filename} is {width}x{height} pixels, too narrow to work on: "
                f"its long side may be at most {LONGEST_TO_SHORTEST} times its short side"
            )

    return check
