"""A picture file on its way in: opened once, its pages decoded one at a time."""

from __future__ import annotations

from dataclasses import replace

from samstudio.domain import InvalidInput
from samstudio.lazy import lazy
from samstudio.services.images.decoding import DecodedImage, read_pages
from samstudio.services.images.file_types import suffix_of
from samstudio.services.images.names import display_name
from samstudio.services.images.originals import Original, original_of
from samstudio.services.images.rendering import AS_THE_FILE_SAYS, ReadOptions


class PictureFile:
    """A file of one or more pictures; pages count from 1."""

    def __init__(
        self,
        data: bytes,
        *,
        filename: str,
        max_pixels: int,
        max_pages: int,
        options: ReadOptions = AS_THE_FILE_SAYS,
    ) -> None:
        """Open it by its header.

        Args:
            data: Its bytes.
            filename: Its name, as a person has it.
            max_pixels: The largest picture accepted.
            max_pages: How many pictures one file may bring in.
            options: What a person chose about reading it.

        Raises:
            InvalidInput: It cannot be read or is too large; the sentence names it.
        """
        self.data = data
        self.name = display_name(filename)
        self._pages = read_pages(data, filename=self.name, max_pixels=max_pixels, options=options)
        self._max_pages = max_pages

    @property
    def count(self) -> int:
        """How many pages it has, by its header."""
        return self._pages.count

    @property
    def origin(self) -> str | None:
        """What the file says that it belongs to, such as a DICOM series."""
        return self._pages.group

    @property
    def group(self) -> str | None:
        """The group of its pages: what the file says they belong to, or its name where it has several."""
        return self.origin or (self.name if self.count > 1 else None)

    def page_name(self, page: int) -> str:
        """Return the name of a page: ``name#page`` where there are several."""
        return self.name if self.count == 1 else display_name(f"{self.name}#{page}")

    def check_pages(self) -> None:
        """Check how many pages there are.

        Raises:
            InvalidInput: Too many to take them all.
        """
        if self.count > self._max_pages:
            raise InvalidInput(
                f"{self.name} has {self.count:,} pages; "
                f"the limit is {self._max_pages:,} (SAMSTUDIO_MAX_PAGES)"
            )

    def decode(self, page: int) -> DecodedImage:
        """Decode a page.

        Raises:
            InvalidInput: It cannot be read, is too large, or is not there; the sentence names the file.
        """
        return self._pages.decode(page)

    def original(self, decoded: DecodedImage, shown: str) -> Original:
        """Name the place of the original: ``shown``, what browsers show, where that is the original."""
        found = replace(self._original, file=self._original.file + suffix_of(decoded.source_format))
        return replace(found, file=shown) if decoded.keep_suffix else found

    @property
    def sha256(self) -> str:
        """The hash of its bytes, 64 hex digits."""
        return self._original.sha256

    @lazy
    def _original(self) -> Original:
        return original_of(self.data, suffix="")
