"""Reading and writing of label masks: PNGs of one value a pixel, 0 background, each other value an object."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngImageFile

from samstudio.domain import InvalidInput, Size

LABEL_MODES = ("1", "L", "P", "I;16", "I")
"""Pillow's modes of one value a pixel; a palette's colours are only for looking."""

MAX_LABEL = 65535


def read_labels(path: Path, *, size: Size) -> NDArray[np.int32]:
    """Read a label PNG as int32 HxW.

    ``size`` (H, W) is the image's; it is compared with the header before a
    pixel is decoded.

    Raises:
        InvalidInput: The file cannot be read, has colours, or has another size; the sentence names it.
    """
    try:
        picture = PngImageFile(BytesIO(path.read_bytes()))
    except Exception as error:  # Pillow raises a dozen types on bytes that are no PNG
        raise InvalidInput(f"mask {path.name} is not a PNG that can be read: masks are PNG files") from error
    if picture.mode not in LABEL_MODES:
        raise InvalidInput(
            f"mask {path.name} has {picture.mode} colours: a mask has one value a pixel "
            "(grey or palette), 0 for background and another one for each object"
        )
    if picture.size != size[::-1]:
        width, height = picture.size
        raise InvalidInput(
            f"mask {path.name} is {width}x{height} pixels but its image is {size[1]}x{size[0]}: "
            "they must have one size"
        )
    try:
        return np.asarray(picture).astype(np.int32)
    except Exception as error:  # as above
        raise InvalidInput(f"mask {path.name} is truncated or damaged; save or copy it again") from error


def write_labels(path: Path, labels: NDArray[np.uint16]) -> None:
    """Write uint16 HxW labels as a 16-bit grey PNG."""
    Image.fromarray(labels).save(path, "PNG")
