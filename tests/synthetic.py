"""Small pictures whose right answer SAM gets systematically wrong, and learns within seconds.

Each picture shows bright cores on a mottled ground, each in a halo that only its coarser grain tells
from the ground; the wanted mask is the whole ellipse. Stock SAM often answers the core alone (mIoU about
0.8), so a tuning job that works must gain, and a gate that works must see it; and nothing in it says that
a cup is anything but a cup.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

CORE = 0.6
"""The radius of an object's bright part, of its whole radius."""


def picture(seed: int, *, size: int = 256, objects: int = 2) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """One picture (uint8 HxWx3) and its label mask (uint8 HxW)."""
    rng = np.random.default_rng(seed)
    ys, xs = np.mgrid[:size, :size]
    ground = 90 + 25 * np.sin(xs / rng.uniform(9, 17)) * np.cos(ys / rng.uniform(9, 17))
    pixels = np.repeat((ground + rng.normal(0, 6, (size, size)))[..., None], 3, axis=2)
    labels = np.zeros((size, size), np.uint8)
    for label in range(1, objects + 1):
        rx, ry = rng.integers(size // 12, size // 6, 2)
        column = (label - 0.5) * size / objects
        cx, cy = int(column), int(rng.integers(ry + 4, size - ry - 4))
        radius = np.hypot((xs - cx) / rx, (ys - cy) / ry)
        core, halo = radius <= CORE, (radius > CORE) & (radius <= 1)
        pixels[halo] += rng.normal(0, 15, (int(halo.sum()), 3))
        pixels[core] = rng.uniform(150, 240, 3) + rng.normal(0, 6, (int(core.sum()), 3))
        labels[radius <= 1] = label
    return pixels.clip(0, 255).astype(np.uint8), labels


def write_folder(folder: Path, *, count: int, first_seed: int = 0, size: int = 256) -> tuple[Path, Path]:
    """Write ``count`` pictures and masks as PNG; returns the folders (images, masks)."""
    images, masks = folder / "images", folder / "masks"
    images.mkdir(parents=True)
    masks.mkdir()
    for index in range(count):
        pixels, labels = picture(first_seed + index, size=size)
        Image.fromarray(pixels).save(images / f"picture_{index:02d}.png")
        Image.fromarray(labels).save(masks / f"picture_{index:02d}.png")
    return images, masks
