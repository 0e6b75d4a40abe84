"""Pixel sizes that are given for one export, of one image or of all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from samstudio.domain import Image, PixelSize
from samstudio.services.images.pixel_size import parsed


@dataclass(frozen=True)
class PixelSizes:
    """Sizes that go before those of the dataset: of all its images, and of those of a name."""

    of_all: PixelSize | None = None
    by_name: Mapping[str, PixelSize] = field(default_factory=dict)

    def of(self, image: Image) -> PixelSize | None:
        """Return an image's pixel size, which may be given for all pages of its file; None where none is."""
        of_file = self.by_name.get(file_of(image), self.of_all)
        return self.by_name.get(image.filename, of_file)

    @classmethod
    def parse(cls, texts: Iterable[str]) -> PixelSizes:
        """Read sizes such as ``0.25um`` (of all images) and ``a.tif=0.5um`` (of the images of that name).

        Raises:
            InvalidInput: One of them is none.
        """
        of_all, by_name = None, {}
        for text in texts:
            name, _, size = text.rpartition("=")
            if name:
                by_name[name] = parsed(size)
            else:
                of_all = parsed(size)
        return cls(of_all, by_name)


NO_SIZES = PixelSizes()
"""Of an export that nobody gave pixel sizes for."""


def file_of(image: Image) -> str:
    """Return the name of the file of several pages that an image is from; empty for none."""
    return image.filename.rpartition("#")[0]
