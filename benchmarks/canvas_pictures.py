"""Pictures for `benchmarks.canvas`: a hundred objects on mottled ground, with the mask of each."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from samstudio.masks import Mask

GRID = 10


@dataclass(frozen=True, eq=False)
class Thing:
    """An object of a picture: its mask (bool HxW of the crop), the crop's corner, and its middle."""

    mask: Mask
    x: int
    y: int

    @property
    def box(self) -> tuple[int, int, int, int]:
        """XYXY, the indices of its corner pixels."""
        height, width = self.mask.shape
        return self.x, self.y, self.x + width - 1, self.y + height - 1

    @property
    def middle(self) -> tuple[int, int]:
        """The pixel in the middle of its box."""
        height, width = self.mask.shape
        return self.x + width // 2, self.y + height // 2


@dataclass(frozen=True, eq=False)
class Scene:
    """A picture (uint8 HxWx3) with its hundred things."""

    pixels: NDArray[np.uint8]
    things: list[Thing]

    @property
    def jpeg(self) -> bytes:
        """The picture as a file."""
        buffer = io.BytesIO()
        Image.fromarray(self.pixels).save(buffer, format="JPEG", quality=90)
        return buffer.getvalue()

    def mask(self, thing: Thing) -> Mask:
        """Return a thing's mask at the picture's size."""
        whole = np.zeros(self.pixels.shape[:2], dtype=np.bool_)
        height, width = thing.mask.shape
        whole[thing.y : thing.y + height, thing.x : thing.x + width] = thing.mask
        return whole


def make_scene(width: int, height: int, seed: int) -> Scene:
    """Blobs with wavy edges and a shine, each in its field of a ten by ten grid."""
    rng = np.random.default_rng(seed)
    pixels = _ground(width, height, rng)
    step_x, step_y = width / GRID, height / GRID
    things = []
    for index in range(GRID * GRID):
        thing, shades = _blob(step_x, step_y, rng)
        row, column = divmod(index, GRID)
        h, w = thing.shape
        x = int(column * step_x + (step_x - w) / 2)
        y = int(row * step_y + (step_y - h) / 2)
        pixels[y : y + h, x : x + w][thing] = shades[thing]
        things.append(Thing(thing, x, y))
    return Scene(pixels, things)


def _ground(width: int, height: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    coarse = rng.integers(60, 110, (height // 16 + 2, width // 16 + 2, 3), dtype=np.uint8)
    smooth = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
    grain = rng.integers(-6, 7, (height, width, 1), dtype=np.int16)
    found: NDArray[np.uint8] = np.clip(np.asarray(smooth, np.int16) + grain, 0, 255).astype(np.uint8)
    return found


def _blob(step_x: float, step_y: float, rng: np.random.Generator) -> tuple[Mask, NDArray[np.uint8]]:
    """Draw the mask of a blob, tight, and its colours (uint8 HxWx3)."""
    rx, ry = step_x * rng.uniform(0.25, 0.42), step_y * rng.uniform(0.25, 0.42)
    ys, xs = np.mgrid[-ry : ry + 1, -rx : rx + 1]
    angle = np.arctan2(ys / ry, xs / rx)
    waves = 0.88 + 0.12 * np.sin(rng.integers(3, 9) * angle + rng.uniform(0, 6))
    far = np.hypot(xs / rx, ys / ry) / waves
    inside = far <= 1
    rows, columns = np.flatnonzero(inside.any(1)), np.flatnonzero(inside.any(0))
    tight = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    shine = (1.15 - 0.5 * far[tight])[..., None]
    colour = rng.uniform(120, 240, 3)
    return inside[tight], np.clip(colour * shine, 0, 255).astype(np.uint8)
