"""Masks that annotation files hold as PNGs in base64."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL.PngImagePlugin import PngImageFile

from samstudio.domain import InvalidInput, Size
from samstudio.masks import Mask
from samstudio.masks.png import LABEL_MODES

ALPHA_MODES = ("LA", "RGBA")
NO_PNG = "its mask is no PNG in base64"


def mask_of_png(text: Any, *, sizes: Sequence[Size]) -> Mask:
    """Read a PNG of one value a pixel as a bool mask: every value but 0 is inside.

    Its size is compared with its box before a pixel is decoded.

    Args:
        text: The PNG in base64.
        sizes: (H, W) of the box that it fills, in pixels, and others that it may have.

    Raises:
        InvalidInput: It is no such PNG, has colours, or has another size.
    """
    picture = _opened(text)
    if picture.mode not in LABEL_MODES:
        raise InvalidInput(f"its mask has {picture.mode} colours; it needs one value a pixel")
    width, height = picture.size
    if (height, width) not in sizes:
        box = sizes[0]
        raise InvalidInput(f"its mask is {width}x{height} pixels but its box {box[1]}x{box[0]}")
    return _filled(picture)


def mask_of_opacity(url: Any, *, size: Size) -> Mask:
    """Read a PNG in a ``data:`` URL as a bool mask of ``size`` (H, W): what is not transparent is inside.

    Raises:
        InvalidInput: It is no such PNG, has no transparency, or has another size.
    """
    start, _, text = url.partition(",") if isinstance(url, str) else ("", "", None)
    picture = _opened(text if start.startswith("data:image/png;base64") else None)
    if picture.mode not in ALPHA_MODES:
        raise InvalidInput("its mask has no transparency: nothing says what is inside")
    if picture.size != size[::-1]:
        width, height = picture.size
        raise InvalidInput(f"its mask is {width}x{height} pixels but its image {size[1]}x{size[0]}")
    return _filled(picture)[..., -1]


def _filled(picture: PngImageFile) -> Mask:
    """Return whether each value of a picture is not 0, HxW or HxWxC."""
    try:
        return np.asarray(np.asarray(picture) > 0)
    except Exception as error:  # Pillow raises a dozen types on damaged files
        raise InvalidInput("its mask is a truncated or damaged PNG") from error


def _opened(text: Any) -> PngImageFile:
    if not isinstance(text, str):
        raise InvalidInput(NO_PNG)
    try:
        return PngImageFile(io.BytesIO(base64.b64decode(text, validate=True)))
    except Exception as error:  # as above, and base64's own
        raise InvalidInput(NO_PNG) from error
