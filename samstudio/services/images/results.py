"""What adding and looking at images gives."""

from __future__ import annotations

from dataclasses import dataclass

from samstudio.domain import Image, PixelSize, Size


@dataclass(frozen=True)
class AddedImage:
    """The result of `ImageService.add`; ``created`` is False when these pixels were stored already.

    ``notes``: sentences on what was decided or left out when it was read, for a person to check.
    ``page`` of ``pages``: which of its file's pictures it is, from 1.
    """

    image: Image
    created: bool
    notes: tuple[str, ...] = ()
    page: int = 1
    pages: int = 1


@dataclass(frozen=True)
class RefusedPage:
    """A page that could not be read: its name (``stack.tif#3``) and a sentence that says why."""

    name: str
    why: str


@dataclass(frozen=True)
class IdentifiedImage:
    """The result of `ImageService.identify`: ``size`` (H, W); ``known`` where these pixels are stored.

    ``notes``: as of `AddedImage`. ``pixel_size``: that its file says.
    """

    image_id: str
    size: Size
    known: bool
    notes: tuple[str, ...] = ()
    pixel_size: PixelSize | None = None
