"""Sets built otherwise than the real ones: ``python -m benchmarks.made_sets OUT_DIR``.

Each is drawn from a seed onto real textures (crops of photographs that scikit-image ships), in the
layout that `benchmarks.recipes` reads: *easy* (large, plain objects that stock gets almost right),
*cracks* (lines of two to four pixels), *tiny* (objects of six to twelve pixels), *noisy* (easy objects
whose masks are drawn carelessly: shifted, too large, too small), *one_object* (one object an image, of
one kind, on three images to learn from).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from skimage import data

SIZE = (384, 512)
IMAGES = 36

Pixels = NDArray[np.uint8]
Labels = NDArray[np.uint8]
Maker = Callable[[np.random.Generator, Pixels], tuple[Pixels, Labels]]


def background(rng: np.random.Generator) -> Pixels:
    """Take a crop of a photograph's texture, blurred and toned down."""
    source = [data.gravel, data.brick, data.grass, data.coffee, data.rocket][rng.integers(5)]()
    pixels = np.asarray(source if source.ndim == 3 else np.stack([source] * 3, axis=-1), np.uint8)
    height, width = SIZE
    scale = max(height / pixels.shape[0], width / pixels.shape[1]) * rng.uniform(1.0, 1.6)
    pixels = cv2.resize(pixels, None, fx=scale, fy=scale).astype(np.uint8)
    top = int(rng.integers(pixels.shape[0] - height + 1))
    left = int(rng.integers(pixels.shape[1] - width + 1))
    crop = cv2.GaussianBlur(pixels[top : top + height, left : left + width], (0, 0), 1.2)
    return np.asarray(crop * 0.6 + 60, np.uint8)


def blob(rng: np.random.Generator, centre: tuple[float, float], radius: float) -> Labels:
    """Draw a smooth closed shape, 1 inside: uint8 HxW."""
    angles = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    waves = sum(rng.normal(0, 0.12 / n) * np.cos(n * angles + rng.uniform(0, 6.3)) for n in range(2, 6))
    reach = radius * (1 + waves)
    outline = np.stack([centre[0] + reach * np.cos(angles), centre[1] + reach * np.sin(angles)], axis=-1)
    mask = np.zeros(SIZE, np.uint8)
    cv2.fillPoly(mask, [np.rint(outline).astype(np.int32)], 1)
    return mask


def paint(rng: np.random.Generator, pixels: Pixels, mask: Labels, contrast: float) -> Pixels:
    """Colour a mask, shaded like a solid thing."""
    colour = rng.uniform(0, 255, 3)
    shade = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 9)[..., None]
    soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 0.8)[..., None] * contrast
    painted = pixels * (1 - soft) + colour * (0.6 + 0.4 * shade) * soft
    return np.asarray(painted.clip(0, 255), np.uint8)


def easy(rng: np.random.Generator, pixels: Pixels) -> tuple[Pixels, Labels]:
    """Two to four large objects."""
    labels = np.zeros(SIZE, np.uint8)
    for value in range(1, int(rng.integers(3, 6))):
        centre = (rng.uniform(80, SIZE[1] - 80), rng.uniform(80, SIZE[0] - 80))
        mask = blob(rng, centre, rng.uniform(35, 65))
        if (labels[mask > 0] > 0).any():
            continue
        pixels = paint(rng, pixels, mask, 0.9)
        labels[mask > 0] = value
    return pixels, labels


def cracks(rng: np.random.Generator, pixels: Pixels) -> tuple[Pixels, Labels]:
    """One or two dark, wandering lines."""
    labels = np.zeros(SIZE, np.uint8)
    for value in range(1, int(rng.integers(2, 4))):
        steps = rng.normal(0, 0.35, 40).cumsum() + rng.uniform(0, 6.3)
        path = np.stack([np.cos(steps), np.sin(steps)], axis=-1).cumsum(axis=0) * 8
        path += [rng.uniform(120, SIZE[1] - 120), rng.uniform(100, SIZE[0] - 100)]
        mask = np.zeros(SIZE, np.uint8)
        cv2.polylines(mask, [np.rint(path).astype(np.int32)], False, 1, int(rng.integers(2, 5)))
        soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 0.7)[..., None]
        pixels = np.asarray(pixels * (1 - 0.55 * soft), np.uint8)
        labels[(mask > 0) & (labels == 0)] = value
    return pixels, labels


def tiny(rng: np.random.Generator, pixels: Pixels) -> tuple[Pixels, Labels]:
    """Six to twelve specks, six to twelve pixels across."""
    labels = np.zeros(SIZE, np.uint8)
    for value in range(1, int(rng.integers(7, 14))):
        centre = (rng.uniform(20, SIZE[1] - 20), rng.uniform(20, SIZE[0] - 20))
        mask = blob(rng, centre, rng.uniform(3, 6))
        if mask.sum() < 12 or (labels[mask > 0] > 0).any():
            continue
        pixels = paint(rng, pixels, mask, 0.8)
        labels[mask > 0] = value
    return pixels, labels


def noisy(rng: np.random.Generator, pixels: Pixels) -> tuple[Pixels, Labels]:
    """Easy objects under careless masks."""
    pixels, clean = easy(rng, pixels)
    labels = np.zeros(SIZE, np.uint8)
    for value in np.unique(clean[clean > 0]):
        mask = np.asarray(clean == value, np.uint8)
        size = int(rng.integers(3, 12))
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
        changed = cv2.dilate(mask, kernel) if rng.random() < 0.5 else cv2.erode(mask, kernel)
        moved = np.roll(changed, rng.integers(-6, 7, size=2), axis=(0, 1))
        labels[(moved > 0) & (labels == 0)] = value
    return pixels, labels


def one_object(rng: np.random.Generator, pixels: Pixels) -> tuple[Pixels, Labels]:
    """One object: a disc with a rim, of which the rim belongs to it."""
    centre = (rng.uniform(100, SIZE[1] - 100), rng.uniform(100, SIZE[0] - 100))
    radius = rng.uniform(30, 60)
    whole, inner = blob(rng, centre, radius), blob(rng, centre, radius * 0.6)
    pixels = paint(rng, pixels, whole, 0.45)
    return paint(rng, pixels, inner, 0.9), whole


MAKERS: dict[str, Maker] = {maker.__name__: maker for maker in (easy, cracks, tiny, noisy, one_object)}


def make(folder: Path, name: str, *, seed: int = 7) -> Path:
    """Write one set; returns its folder."""
    rng = np.random.default_rng([seed, list(MAKERS).index(name)])
    for kind in ("images", "masks"):
        (folder / name / kind).mkdir(parents=True, exist_ok=True)
    for number in range(IMAGES):
        pixels, labels = MAKERS[name](rng, background(rng))
        noise = rng.normal(0, 4, pixels.shape)
        pixels = np.asarray((pixels + noise).clip(0, 255), np.uint8)
        Image.fromarray(pixels).save(folder / name / "images" / f"{name}_{number:03}.png")
        Image.fromarray(labels).save(folder / name / "masks" / f"{name}_{number:03}.png")
    return folder / name


if __name__ == "__main__":
    for made in MAKERS:
        print(make(Path(sys.argv[1]), made))
