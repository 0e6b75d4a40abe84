"""Masks between Python and the browser: a 1-bit PNG of the bounding box.

A crop keeps a click on a 12-megapixel image as quick as one on a small image.
Nothing here decides what a mask means.
"""

from __future__ import annotations

import base64
import binascii
import io
from typing import Any

import numpy as np
from PIL import Image as Picture

from samstudio.domain import InvalidInput, Size
from samstudio.masks import Mask, RunLengths, mask_to_box
from samstudio.masks.png import palette_png


def to_wire(mask: Mask) -> dict[str, Any] | None:
    """Return ``{"png", "x", "y", "w", "h"}`` of a bool HxW mask; None when it is empty.

    ``png`` is base64 of a palette PNG of the ``w`` x ``h`` crop whose corner is
    pixel (``x``, ``y``); foreground is opaque white, background transparent.
    """
    if not mask.any():
        return None
    x0, y0, x1, y1 = (int(side) for side in mask_to_box(mask))
    return _wired(mask[y0 : y1 + 1, x0 : x1 + 1], x0, y0)


def stored_to_wire(mask: RunLengths) -> dict[str, Any]:
    """Return the same as `to_wire` for a stored mask that is not empty.

    Only the bounding box is decoded, not the whole of what may be a 12-megapixel image.
    """
    return _wired(mask.decode_box(), int(mask.box[0]), int(mask.box[1]))


def _wired(crop: Mask, x: int, y: int) -> dict[str, Any]:
    height, width = crop.shape
    png = base64.b64encode(palette_png(crop)).decode("ascii")
    return {"png": png, "x": x, "y": y, "w": width, "h": height}


def from_wire(wire: Any, *, size: Size) -> Mask:
    """Return the bool HxW mask of what the browser sent for an image of ``size`` (height, width).

    A pixel is foreground where the PNG's alpha is above 127.

    Raises:
        InvalidInput: it is not such a crop, does not fit in the image, or is empty.
    """
    height, width = size
    try:
        x, y, w, h = (int(wire[key]) for key in ("x", "y", "w", "h"))
        data = base64.b64decode(wire["png"], validate=True)
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise InvalidInput("the mask did not arrive whole; draw it once more") from error
    if x < 0 or y < 0 or w <= 0 or h <= 0 or x + w > width or y + h > height:
        raise InvalidInput(f"the mask does not fit in its image, which is {width}x{height} pixels")
    mask = np.zeros(size, dtype=np.bool_)
    mask[y : y + h, x : x + w] = _alpha(data, width=w, height=h) > 127
    if not mask.any():
        raise InvalidInput("the mask is empty: it has no pixel to keep")
    return mask


def _alpha(data: bytes, *, width: int, height: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    try:
        with Picture.open(io.BytesIO(data), formats=("PNG",)) as picture:
            if picture.size != (width, height):
                raise InvalidInput("the mask's picture is not of the size it says")
            return np.asarray(picture.convert("RGBA").getchannel("A"))
    except (OSError, ValueError, SyntaxError) as error:
        raise InvalidInput("the mask did not arrive whole; draw it once more") from error
