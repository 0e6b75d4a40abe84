"""The size of a pixel: as a person writes it, and as files of pictures have it.

Files have resolutions that nobody measured, too: 72 or 300 dots an inch are for printing. A size in inches
or centimetres of a dot counts only where it is finer than anything prints.
"""

from __future__ import annotations

import math
import re

from samstudio.domain import InvalidInput, PixelSize

UNITS = {"nm": "nm", "um": "um", "µm": "um", "μm": "um", "mm": "mm", "cm": "cm", "m": "m"}
"""Units that a person can give, and how they are stored."""

MICROMETRES = {
    **{"pm": 1e-6, "å": 1e-4, "angstrom": 1e-4, "angstroms": 1e-4, "cm": 1e4, "m": 1e6},
    **dict.fromkeys(("nm", "nanometer", "nanometre", "nanometers", "nanometres"), 1e-3),
    **dict.fromkeys(("um", "µm", "μm", "micron", "microns", "micrometer", "micrometre"), 1.0),
    **dict.fromkeys(("micrometers", "micrometres"), 1.0),
    **dict.fromkeys(("mm", "millimeter", "millimetre", "millimeters", "millimetres"), 1e3),
    **dict.fromkeys(("meter", "metre", "meters", "metres"), 1e6),
    **dict.fromkeys(("centimeter", "centimetre", "centimeters", "centimetres"), 1e4),
    **dict.fromkeys(("in", "inch", "inches"), 25_400.0),
}
"""Units as files spell them, in lower case, in micrometres."""

KEPT = {1e-3: "nm", 1.0: "um", 1e3: "mm"}
"""Units of files in which sizes are kept; others become um or mm."""

FINEST_PRINT = 10.0
"""Micrometres between the dots of 2,540 an inch: what is as coarse says how to print a picture."""

SMALLEST, LARGEST = 1e-7, 1e10
"""Micrometres that the side of a pixel can be: from 0.1 pm to 10 km."""

MOST_STRETCHED = 100
"""A pixel whose sides differ more is not believed."""

_SIZE = re.compile(r"(?P<width>[0-9.eE+-]+)(?:\s*[x×]\s*(?P<height>[0-9.eE+-]+))?\s*(?P<unit>[a-zµμ]+)")


def parsed(text: str) -> PixelSize:
    """Read a size such as ``0.25um``, or ``0.25x0.5um`` of pixels that are not square.

    Raises:
        InvalidInput: It is none.
    """
    found = _SIZE.fullmatch(text.strip())
    try:
        width = float(found["width"]) if found else math.nan
        height = float(found["height"]) if found and found["height"] else width
    except ValueError:
        width = height = math.nan
    if found is None or found["unit"] not in UNITS:
        width = math.nan
    size = PixelSize(width, height, UNITS.get(found["unit"], "") if found else "")
    return checked(size, text)


def checked(size: PixelSize, text: str = "") -> PixelSize:
    """Return a size that a person gave.

    Args:
        size: The size.
        text: As the person wrote it.

    Raises:
        InvalidInput: It is no length with a unit of `UNITS`.
    """
    known = size.unit in UNITS.values()
    if not (known and 0 < size.width < math.inf and 0 < size.height < math.inf):
        raise InvalidInput(
            f"the pixel size {text or written(size)!r} is no length with a unit, such as 0.25um or 0.1mm"
        )
    return size


def written(size: PixelSize) -> str:
    """Return a size as `parsed` reads it."""
    height = "" if size.height == size.width else f"x{size.height:.12g}"
    return f"{size.width:.12g}{height}{size.unit}"


def measured(width: float, height: float, unit: str, unit_of_height: str = "") -> PixelSize | None:
    """Return a size that a file says somebody measured; None where it is no length, or cannot be true.

    Args:
        width: Of a pixel.
        height: Of a pixel.
        unit: Of the width, as the file spells it.
        unit_of_height: Where it is another.
    """
    scale = _micrometres(unit)
    across, down = width * scale, height * _micrometres(unit_of_height or unit)
    if not (SMALLEST <= across <= LARGEST and SMALLEST <= down <= LARGEST):  # false for NaN, too
        return None
    if max(across, down) > MOST_STRETCHED * min(across, down):
        return None
    kept = KEPT.get(scale) or ("um" if max(across, down) < 100 else "mm")
    in_kept = MICROMETRES[kept]
    return PixelSize(_rounded(across / in_kept), _rounded(down / in_kept), kept)


def of_density(across: float, down: float, unit: str) -> PixelSize | None:
    """Return the size where there are so many pixels in a unit; None where that is for printing.

    Args:
        across: Pixels in a unit from left to right.
        down: Pixels in a unit from top to bottom.
        unit: ``inch`` or ``cm``, which are for printing, or another, as the file spells it.
    """
    if not (across > 0 and down > 0):
        return None
    size = measured(1 / across, 1 / down, unit)
    if size is None or _micrometres(unit) not in (MICROMETRES["in"], MICROMETRES["cm"]):
        return size
    return size if size.unit == "um" and max(size.width, size.height) < FINEST_PRINT else None


def turned(size: PixelSize | None, orientation: int) -> PixelSize | None:
    """Return the size in a picture that was turned upright from one of EXIF's orientations."""
    if size is None or orientation < 5:
        return size
    return PixelSize(size.height, size.width, size.unit)


def _micrometres(unit: str) -> float:
    return MICROMETRES.get(unit.replace("\\u00B5", "µ").strip().strip("\0").lower(), math.nan)


def _rounded(length: float) -> float:
    """Round to what files mean: their fractions have nine digits."""
    return float(f"{length:.9g}")
