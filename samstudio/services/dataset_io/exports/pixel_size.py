"""The size of a pixel, of one image or of all."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from samstudio.domain import Image, InvalidInput

UNITS = {"nm": "nm", "um": "um", "µm": "um", "μm": "um", "mm": "mm", "cm": "cm", "m": "m"}
"""Units that can be given, and how a table writes them."""

_SIZE = re.compile(r"(?P<length>[0-9.eE+-]+)\s*(?P<unit>[a-zµμ]+)")


@dataclass(frozen=True)
class PixelSize:
    """The side of a square pixel, in a unit of `UNITS`."""

    length: float
    unit: str


@dataclass(frozen=True)
class PixelSizes:
    """The pixel sizes of a dataset: of all its images, and of those that have another, by name."""

    of_all: PixelSize | None = None
    by_name: Mapping[str, PixelSize] = field(default_factory=dict)

    def of(self, image: Image) -> PixelSize | None:
        """Return an image's pixel size, which may be given for all pages of its file; None where none is."""
        of_file = self.by_name.get(image.filename.rpartition("#")[0], self.of_all)
        return self.by_name.get(image.filename, of_file)

    @classmethod
    def parse(cls, texts: Iterable[str]) -> PixelSizes:
        """Read sizes such as ``0.25um`` (of all images) and ``a.tif=0.5um`` (of the image of that name).

        Raises:
            InvalidInput: One of them is none.
        """
        of_all, by_name = None, {}
        for text in texts:
            name, _, size = text.rpartition("=")
            if name:
                by_name[name] = _parse(size)
            else:
                of_all = _parse(size)
        return cls(of_all, by_name)


NO_SIZES = PixelSizes()
"""Of a dataset whose pixel sizes nobody gave."""


def _parse(text: str) -> PixelSize:
    found = _SIZE.fullmatch(text.strip())
    try:
        length = float(found["length"]) if found else math.nan
    except ValueError:
        length = math.nan
    if found is None or found["unit"] not in UNITS or not 0 < length < math.inf:
        raise InvalidInput(f"the pixel size {text!r} is no length with a unit, such as 0.25um or 0.1mm")
    return PixelSize(length, UNITS[found["unit"]])
