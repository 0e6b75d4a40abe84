"""An image with its mask drawn on it, for ``POST /mask/image``."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Picture
from PIL import ImageDraw

from samstudio.domain import Box
from samstudio.masks import Mask

COLOR = (230, 85, 63)
OPACITY = 0.5


def drawn_png(pixels: NDArray[np.uint8], mask: Mask, *, box: Box | None) -> bytes:
    """Return a PNG of uint8 HxWx3 ``pixels`` with a bool HxW ``mask`` drawn over them, and any ``box``."""
    painted = pixels.copy()
    inside = painted[mask].astype(np.float32)
    painted[mask] = ((1 - OPACITY) * inside + OPACITY * np.array(COLOR)).round().astype(np.uint8)
    picture = Picture.fromarray(painted)
    if box is not None:
        width = max(1, round(max(picture.size) / 400))
        ImageDraw.Draw(picture).rectangle(box, outline=COLOR, width=width)
    out = io.BytesIO()
    picture.save(out, format="PNG", compress_level=1)
    return out.getvalue()
