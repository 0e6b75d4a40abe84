"""The values of a mask file, before anything is made of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

PLAIN = ("Comment", "label map: 0 is background")
"""A text in the PNGs of our exports; whoever reads it need not guess what the values mean."""


@dataclass(frozen=True)
class PageOf:
    """Which page an image is of its file: ``number``, from 1, of ``count``.

    ``first``: whether it is the first that comes in, to which what is said of the whole file belongs.
    """

    number: int
    count: int
    first: bool


@dataclass(frozen=True, eq=False)
class MaskPicture:
    """A mask file's values and what the file says of them.

    ``values``: HxW numbers, HxWxC uint8 or uint16 colours (C 2 to 4, the last of
    2 and 4 is alpha), or NxHxW bool, one mask an object, where ``stacked``.
    ``palette``: uint8 Nx4 RGBA by value, None where the file has none.
    ``plain``: whether the file says that 0 is background and each other value an object.
    ``lossy``: whether the file's format changes values when it is saved.
    """

    name: str
    values: NDArray[Any]
    palette: NDArray[np.uint8] | None = None
    lossy: bool = False
    stacked: bool = False
    plain: bool = False
