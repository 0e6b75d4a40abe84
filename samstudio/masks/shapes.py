"""Drawn shapes as masks, each in the convention of the tool that drew it.

A point (x, y) is in pixels of the image; whole numbers are the corners of
pixels. COCO's tools, CVAT, Label Studio and VIA fill polygons as pycocotools
does; labelme fills them with Pillow, which takes the border's pixels as well.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image as Pictures
from PIL import ImageDraw
from pycocotools import mask as coco

from samstudio.domain import InvalidInput, Point, Size
from samstudio.masks.crops import placed
from samstudio.masks.run_lengths import RunLengths

FAR = 10
"""A shape may leave its image by this many times the image's longer side; beyond that it is a mistake."""

ELLIPSE_POINTS = 360


def checked_points(points: Sequence[Point], *, size: Size, least: int = 3) -> list[Point]:
    """Return a shape's points.

    Args:
        points: (x, y) in pixels.
        size: (H, W) of the image.
        least: How many a shape of this kind needs.

    Raises:
        InvalidInput: There are fewer, or one is no number or lies far outside the image.
    """
    if len(points) < least:
        raise InvalidInput(f"its outline has {len(points)} points, fewer than {least}")
    far = FAR * max(size)
    for x, y in points:
        if not (math.isfinite(x) and math.isfinite(y)):
            raise InvalidInput("one of its points is no number")
        if max(abs(x), abs(y)) > far:
            raise InvalidInput(f"its point ({x:g}, {y:g}) lies far outside the image")
    return list(points)


def coco_polygon(points: Sequence[Point], *, size: Size) -> RunLengths:
    """Fill a polygon on an image of ``size`` (H, W) as pycocotools does.

    Raises:
        InvalidInput: It has fewer than 3 points, or one that is no number or far outside the image.
    """
    height, width = size
    numbers = [value for point in checked_points(points, size=size) for value in point]
    return RunLengths.parse(coco.merge(coco.frPyObjects([numbers], height, width)))


def pillow_polygon(points: Sequence[Point], *, size: Size) -> RunLengths:
    """Fill a polygon on an image of ``size`` (H, W) as labelme does, with Pillow: its border's pixels too.

    Raises:
        InvalidInput: It has fewer than 3 points, or one that is no number or far outside the image.
    """
    checked = checked_points(points, size=size)
    return _drawn(checked, size, lambda draw: draw.polygon(checked, outline=1, fill=1))


def pillow_circle(centre: Point, edge: Point, *, size: Size) -> RunLengths:
    """Fill a circle through a point on an image of ``size`` (H, W) as labelme does, with Pillow.

    Raises:
        InvalidInput: A point is no number or lies far outside the image.
    """
    (x, y), (edge_x, edge_y) = checked_points((centre, edge), size=size, least=2)
    radius = math.hypot(x - edge_x, y - edge_y)
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


def union(masks: Sequence[RunLengths]) -> RunLengths:
    """Return the pixels that any of several masks of one size has."""
    if len(masks) == 1:
        return masks[0]
    return RunLengths.parse(coco.merge([mask.to_rle() for mask in masks]))


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
    return placed(np.asarray(picture)[top:, left:] > 0, left=left, top=top, size=size)
