"""The file that an export writes for an image: the original, where other programs see the picture in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from PIL import ExifTags
from PIL import Image as Pictures

from samstudio.domain import Image
from samstudio.services.dataset_io.exports.names import StemNames
from samstudio.services.images import ImageService

COMMON = ("JPEG", "PNG", "TIFF", "BMP", "WEBP")
"""Formats, by Pillow's names, that other programs read."""

UPRIGHT = (None, 1)
"""EXIF orientations of a file whose rows are the picture's."""

_PAGE = re.compile(r"#\d+$")
"""How the name of an image ends that is one page of a file."""


@dataclass(frozen=True)
class Picture:
    """An image's file for an export.

    ``path``: the file that is written as the image's. ``original``: the file
    that the image came in as, where that is another, and its name in the export;
    None where it is ``path``, or is written for an earlier page of it already.
    """

    path: Path
    original: tuple[Path, str] | None = None
    replaced: bool = False
    """Whether ``path`` is not the file that the image came in as."""


class ExportPictures:
    """The files of the images of one export."""

    def __init__(self, images: ImageService) -> None:
        self._images = images
        self._names = StemNames()
        self._written: set[Path] = set()

    def of(self, image: Image) -> Picture:
        """Return an image's file.

        An original goes out byte for byte. Where masks would not fit what other
        programs make of it (a file of several pages, or one that is turned by its
        EXIF, or that they cannot read), the pixels as they are annotated go out,
        and the original beside them.

        Raises:
            NotFound: The image is gone.
            OSError: A file of it cannot be read.
        """
        shown, original = self._images.files(image.id)
        original.open("rb").close()
        if original == shown or shows_alone(original, image):
            return Picture(original)
        shown.open("rb").close()
        if original in self._written:
            return Picture(shown, replaced=True)
        self._written.add(original)
        name = self._names.take(Path(_PAGE.sub("", image.filename)).stem, image.id) + original.suffix
        return Picture(shown, (original, name), replaced=True)


def shows_alone(original: Path, image: Image) -> bool:
    """Tell whether other programs see this image in a file: one picture, upright, of the image's size."""
    try:
        with Pictures.open(original) as picture:
            turned = picture.getexif().get(ExifTags.Base.Orientation)
            fits = picture.size == (image.width, image.height) and getattr(picture, "n_frames", 1) == 1
            return fits and turned in UPRIGHT and picture.format in COMMON
    except Exception:  # Pillow raises a dozen types on what it does not read
        return False
