"""The orientations of an image: as it is, mirrored, upside down, turned by 180 degrees; all keep (H, W).

In segment-anything's convention a pixel's centre is its integer coordinate, so
mirroring moves x to W - 1 - x. An embedding of a flipped image is filed under the
image's id with a letter behind it, which no id ends with: ids are hexadecimal.
Not here: whether an embedding exists.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from samstudio.domain import Box, Point, Size

Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True)
class Orientation:
    """A way to flip an image; applied twice, it gives the image again.

    ``mirrored``: left and right are exchanged. ``upside_down``: top and bottom are.
    ``suffix``: what follows the image's id in the key of its embedding.
    """

    name: str
    suffix: str
    mirrored: bool
    upside_down: bool

    def key(self, image_id: str) -> str:
        """Return the key of the embedding of an image in this orientation."""
        return image_id + self.suffix

    def apply(self, array: NDArray[Scalar]) -> NDArray[Scalar]:
        """Flip an array HxW or HxWxC of any dtype; the result is C-contiguous and of the same shape."""
        rows = slice(None, None, -1 if self.upside_down else 1)
        columns = slice(None, None, -1 if self.mirrored else 1)
        return np.ascontiguousarray(array[rows, columns])

    def point(self, point: Point, size: Size) -> Point:
        """Return where an XY point, in pixels, of an image of ``size`` (H, W) lies in the flipped image."""
        x, y = point
        return (size[1] - 1 - x if self.mirrored else x, size[0] - 1 - y if self.upside_down else y)

    def points(self, points: Iterable[Point], size: Size) -> tuple[Point, ...]:
        """Return `point` of each XY point, in order."""
        return tuple(self.point(point, size) for point in points)

    def box(self, box: Box, size: Size) -> Box:
        """Return where an XYXY box, in pixels, of an image of ``size`` (H, W) lies in the flipped image."""
        x0, y0, x1, y1 = box
        (left, top), (right, bottom) = self.points(((x0, y0), (x1, y1)), size)
        return (min(left, right), min(top, bottom), max(left, right), max(top, bottom))


IDENTITY = Orientation("as it is", "", mirrored=False, upside_down=False)
MIRRORED = Orientation("mirrored", "h", mirrored=True, upside_down=False)
UPSIDE_DOWN = Orientation("upside down", "v", mirrored=False, upside_down=True)
TURNED = Orientation("turned by 180 degrees", "r", mirrored=True, upside_down=True)

FLIPS = (MIRRORED, UPSIDE_DOWN, TURNED)
ALL = (IDENTITY, *FLIPS)

_BY_SUFFIX = {orientation.suffix: orientation for orientation in FLIPS}
_FLIPPED_KEY = re.compile(rf"[0-9a-f]+[{''.join(_BY_SUFFIX)}]")


def split_key(key: str) -> tuple[str, Orientation]:
    """Return the image id and the orientation of an embedding's key; any other text is an id as it is."""
    if _FLIPPED_KEY.fullmatch(key):
        return key[:-1], _BY_SUFFIX[key[-1]]
    return key, IDENTITY
