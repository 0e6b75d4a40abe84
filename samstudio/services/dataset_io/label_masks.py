"""Reading and writing of label masks: PNGs of one value a pixel, 0 background, each other value an object."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from samstudio.domain import InvalidInput, Size
from samstudio.masks.png import read_values

MAX_LABEL = 65535


def read_labels(path: Path, *, size: Size) -> NDArray[np.int32]:
    """Read a label PNG as int32 HxW.

    ``size`` (H, W) is the image's; it is compared with the header before a
    pixel is decoded.

    Raises:
        InvalidInput: The file cannot be read, has colours, or has another size; the sentence names it.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror or error}") from error
    return read_values(data, size=size, name=f"mask {path.name}").astype(np.int32)


def write_labels(path: Path, labels: NDArray[np.uint16]) -> None:
    """Write uint16 HxW labels as a 16-bit grey PNG."""
    Image.fromarray(labels).save(path, "PNG")
