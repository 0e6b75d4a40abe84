"""EXIF's eight orientations."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray
from PIL import Image

TAG = 0x0112


def checked(value: object) -> int:
    """Return an orientation, 1 to 8; anything else counts as upright."""
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def orientation_of(image: Image.Image) -> int:
    """Return a Pillow image's orientation; damaged EXIF counts as upright."""
    try:
        return checked(image.getexif().get(TAG, 1))
    except Exception:  # damaged EXIF raises a dozen types; a picture is more than its EXIF
        return 1


def upright(values: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Turn HxW[xC] values upright."""
    if orientation in (5, 6, 7, 8):
        values = values.swapaxes(0, 1)
    if orientation in (2, 3, 6, 7):
        values = values[:, ::-1]
    if orientation in (3, 4, 7, 8):
        values = values[::-1]
    return values
