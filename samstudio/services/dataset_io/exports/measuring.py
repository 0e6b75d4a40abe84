"""An object's measurements, as scikit-image's ``regionprops`` defines them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.measure import regionprops

from samstudio.masks import Mask, RunLengths


@dataclass(frozen=True)
class Shape:
    """An object's shape, in pixels.

    ``perimeter`` is 0 for objects of a pixel or a line of them. ``feret_diameter``: the largest
    distance between two points of its outline. ``centroid``: (x, y), where (0, 0)
    is the middle of the first pixel. ``circularity``: 4 pi area / perimeter^2; None
    where there is no perimeter. ``eccentricity``: 0 for a circle, towards 1 for a line.
    ``orientation``: of the long axis against the x axis, in degrees from -90 to 90, counted
    from x towards y, which points down.
    """

    area: int
    perimeter: float
    equivalent_diameter: float
    feret_diameter: float
    centroid: tuple[float, float]
    circularity: float | None
    eccentricity: float
    orientation: float


def shape_of(mask: RunLengths) -> Shape:
    """Measure an object's shape; the mask must not be empty."""
    crop = mask.decode_box()
    x0, y0, _, _ = mask.box
    (region,) = regionprops(crop.astype(np.uint8))
    row, column = region.centroid
    perimeter = float(region.perimeter)
    return Shape(
        area=mask.area,
        perimeter=perimeter,
        equivalent_diameter=float(region.equivalent_diameter_area),
        feret_diameter=feret_diameter(region.image_convex),
        centroid=(x0 + float(column), y0 + float(row)),
        circularity=4 * math.pi * mask.area / perimeter**2 if perimeter else None,
        eccentricity=float(region.eccentricity),
        orientation=_from_x_axis(float(region.orientation)),
    )


def feret_diameter(convex: Mask) -> float:
    """Return the largest distance between two points of an outline through the middles of pixels' sides.

    ``convex``: the mask's convex hull. That is ``regionprops``' ``feret_diameter_max``, which compares
    every point of the outline with every other; here its corners are compared.
    """
    rings, _ = cv2.findContours(convex.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    pixels = np.concatenate([np.asarray(ring).reshape(-1, 2) for ring in rings]).astype(np.float32)
    sides = np.concatenate([pixels + side for side in ((0.5, 0), (-0.5, 0), (0, 0.5), (0, -0.5))])
    hull = cv2.convexHull(sides.astype(np.float32)).reshape(-1, 2).astype(float)
    apart = hull[:, None] - hull[None]
    return math.sqrt(float(np.square(apart).sum(axis=2).max()))


def intensity_of(mask: RunLengths, values: NDArray[Any]) -> tuple[list[float], list[float]]:
    """Return the mean and the standard deviation of an image's values on the object, by channel.

    ``values``: HxW or HxWxC, of the mask's size.
    """
    x0, y0, x1, y1 = (int(side) for side in mask.box)
    inside = values[y0 : y1 + 1, x0 : x1 + 1][mask.decode_box()].astype(np.float64)
    inside = inside.reshape(len(inside), -1)
    return inside.mean(axis=0).tolist(), inside.std(axis=0).tolist()


def _from_x_axis(orientation: float) -> float:
    """Turn ``regionprops``' angle, against the rows' axis and counter-clockwise, into one against x."""
    degrees = 90 - math.degrees(orientation)
    return degrees - 180 if degrees > 90 else degrees
