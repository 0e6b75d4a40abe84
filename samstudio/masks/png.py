"""PNGs of masks: the crop that a browser draws, and files of one value a pixel that come in."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Picture
from PIL.PngImagePlugin import PngImageFile

from samstudio.domain import InvalidInput, Size
from samstudio.masks.arrays import Mask

LABEL_MODES = ("1", "L", "P", "I;16", "I")
"""Pillow's modes of one value a pixel; a palette's colours are only for looking."""


def palette_png(crop: Mask, color: tuple[int, int, int] = (255, 255, 255)) -> bytes:
    """Return a bool HxW mask as a 1-bit palette PNG: ``color`` (RGB) on the foreground, else transparent."""
    picture = Picture.fromarray(np.ascontiguousarray(crop, dtype=np.uint8)).convert("P")
    picture.putpalette([0, 0, 0, *color])
    out = io.BytesIO()
    picture.save(out, format="PNG", bits=1, transparency=0, compress_level=1)
    return out.getvalue()


def read_values(data: bytes, *, size: Size, name: str) -> NDArray[Any]:
    """Read a PNG of one value a pixel, of an image of ``size`` (H, W), as an HxW array of its own dtype.

    The size is compared with the header before a pixel is decoded.

    Args:
        data: The file's bytes.
        size: (H, W) of the image, in pixels.
        name: What the sentences call it.

    Raises:
        InvalidInput: It cannot be read, has colours, or has another size.
    """
    try:
        picture = PngImageFile(io.BytesIO(data))
    except Exception as error:  # Pillow raises a dozen types on bytes that are no PNG
        raise InvalidInput(f"{name} is not a PNG that can be read: masks are PNG files") from error
    if picture.mode not in LABEL_MODES:
        raise InvalidInput(
            f"{name} has {picture.mode} colours: a mask has one value a pixel "
            "(grey or palette), 0 for background and another one for each object"
        )
    if picture.size != size[::-1]:
        width, height = picture.size
        raise InvalidInput(
            f"{name} is {width}x{height} pixels but its image is {size[1]}x{size[0]}: they must have one size"
        )
    try:
        return np.asarray(picture)
    except Exception as error:  # as above
        raise InvalidInput(f"{name} is truncated or damaged; save or copy it again") from error
