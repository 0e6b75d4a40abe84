"""Masks as the comparison draws them: a coloured crop for an answer, an outline for the true mask."""

from __future__ import annotations

import base64
from typing import Any

import cv2
import numpy as np

from samstudio.domain import Annotation, InvalidInput
from samstudio.masks import RunLengths, decode_rle
from samstudio.masks.png import palette_png
from samstudio.services.comparison.types import ScoredMask

Color = tuple[int, int, int]


def answer_json(answer: ScoredMask, color: Color) -> dict[str, Any]:
    """Return ``{iou, problem, x, y, w, h, src}`` for an answer; of an empty mask only the first two.

    ``src`` is a data address of a PNG of the ``w`` x ``h`` crop at pixel (``x``, ``y``).
    """
    given: dict[str, Any] = {"iou": answer.iou, "problem": answer.problem}
    if answer.crop is None:
        return given
    crop = decode_rle(answer.crop)
    height, width = crop.shape
    (x, y) = answer.corner
    return given | {"x": x, "y": y, "w": width, "h": height, "src": _address(palette_png(crop, color))}


def _address(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode('ascii')}"


def outline(annotation: Annotation) -> str:
    """Return the border of the true mask as an SVG path in the image's pixels; empty for a damaged mask."""
    try:
        mask = RunLengths.parse(annotation.rle)
        crop = mask.decode_box().astype(np.uint8)
    except InvalidInput:
        return ""
    x0, y0 = int(mask.box[0]), int(mask.box[1])
    # OpenCV's outline runs through the middles of pixels: at twice the size, a quarter pixel from the edge.
    twice = np.pad(crop.repeat(2, axis=0).repeat(2, axis=1), 1)
    borders, _ = cv2.findContours(twice, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    return "".join(_path(border[:, 0].astype(np.float64), x0, y0) for border in borders)


def _path(points: np.ndarray[Any, np.dtype[np.float64]], left: int, top: int) -> str:
    # One for the padding, half a pixel to its middle, then back to the picture's own size.
    placed = (points - 0.5) / 2 + (left, top)
    return "M" + "L".join(f"{x:g},{y:g}" for x, y in placed) + "Z"
