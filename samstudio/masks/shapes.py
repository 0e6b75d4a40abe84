"""Drawn shapes: as masks in labelme's convention, and as outlines of any tool's.

A point (x, y) is in pixels of the image; whole numbers are the corners of
pixels. labelme fills shapes with Pillow, which takes the border's pixels as well.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pictures
from PIL import ImageDraw

from samstudio.domain import Point, Size
from samstudio.masks.crops import placed
from samstudio.masks.run_lengths import RunLengths

ELLIPSE_POINTS = 360


def pillow_polygon(points: Sequence[Point], *, size: Size) -> RunLengths:
    """Fill a polygon on an image of ``size`` (H, W) as labelme does, with Pillow: its border's pixels too.

    It has at least 3 points, all of them near the image: Pillow counts in 32 bits.
    """
    return _drawn(points, size, lambda draw: draw.polygon(list(points), outline=1, fill=1))


def filled_polygon(points: NDArray[np.int32], *, size: Size) -> RunLengths:
    """Fill a polygon of whole points Nx2 (x, y) as OpenCV does, the pixels of its border with it.

    It is drawn within its box, which ends where the image does: OpenCV cuts lines there, and rounds.

    Args:
        points: int32 Nx2, none of them negative.
        size: (H, W) of the image, in pixels; what lies beyond is cut off.
    """
    (left, top), (right, bottom) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    height, width = min(bottom + 1, size[0]) - top, min(right + 1, size[1]) - left
    crop = np.zeros((max(1, height), max(1, width)), np.uint8)
    cv2.fillPoly(crop, [points - np.array([left, top], np.int32)], 1)
    return placed(crop.view(bool), left=left, top=top, size=size)


def pillow_circle(centre: Point, edge: Point, *, size: Size) -> RunLengths:
    """Fill a circle through a point on an image of ``size`` (H, W) as labelme does, with Pillow.

    Both points lie near the image: Pillow counts in 32 bits.
    """
    (x, y), radius = centre, math.dist(centre, edge)
    corners = [(x - radius, y - radius), (x + radius, y + radius)]
    return _drawn(corners, size, lambda draw: draw.ellipse(corners, outline=1, fill=1))


def ellipse_points(centre: Point, radii: tuple[float, float], *, degrees: float = 0.0) -> list[Point]:
    """Return the outline of an ellipse.

    Args:
        centre: (x, y) in pixels.
        radii: Along x and along y before it is turned, in pixels.
        degrees: How far it is turned about its centre, clockwise on the screen.
    """
    angles = np.linspace(0, 2 * math.pi, ELLIPSE_POINTS, endpoint=False)
    points = np.stack((np.cos(angles) * radii[0], np.sin(angles) * radii[1]), axis=1)
    return turned([(centre[0] + x, centre[1] + y) for x, y in points.tolist()], about=centre, degrees=degrees)


def turned(points: Sequence[Point], *, about: Point, degrees: float) -> list[Point]:
    """Return points turned about another one, clockwise on the screen, where y grows down."""
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    x0, y0 = about
    return [
        (x0 + (x - x0) * cosine - (y - y0) * sine, y0 + (x - x0) * sine + (y - y0) * cosine)
        for x, y in points
    ]


def _drawn(reach: Sequence[Point], size: Size, draw: Callable[[ImageDraw.ImageDraw], None]) -> RunLengths:
    """Return what Pillow draws; ``reach`` are points that the shape does not go beyond.

    The picture begins where the image does, since Pillow rounds otherwise elsewhere, and
    ends with the shape.
    """
    xs, ys = [x for x, _ in reach], [y for _, y in reach]
    left, top = max(0, math.floor(min(xs)) - 1), max(0, math.floor(min(ys)) - 1)
    right, bottom = min(size[1], math.ceil(max(xs)) + 2), min(size[0], math.ceil(max(ys)) + 2)
    picture = Pictures.new("L", (max(0, right), max(0, bottom)))
    if right > left and bottom > top:
        draw(ImageDraw.Draw(picture))
    drawn = np.asarray(picture.crop((left, top, max(left, right), max(top, bottom))))
    return placed(drawn > 0, left=left, top=top, size=size)
