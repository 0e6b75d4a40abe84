"""Canvas code run in the engine that runs it, on masks of numpy's: what tests of its mathematics share."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np

from tests.e2e.page import StudioPage

Pixels = np.ndarray[Any, np.dtype[Any]]
Path = list[tuple[float, float]]

PRELUDE = """
const load = (path) => import(new URL(`studio/canvas/${path}.js`, document.baseURI).href);
const masks = await load("model/masks/mask");
const shapes = await load("model/masks/shapes");
const cleaning = await load("model/masks/cleaning");
const drafts = await load("model/drafts");
const paint = await load("render/paint_cache");
const taken = ({ w, h, png }) =>
  masks.maskOf({ x: 0, y: 0, w, h, bits: Uint8Array.from(atob(png), (c) => c.charCodeAt(0)) });
const text = (bytes) => {
  let out = "";
  for (const byte of bytes) out += String.fromCharCode(byte);
  return btoa(out);
};
const given = (mask) =>
  mask && { x: mask.x, y: mask.y, w: mask.w, h: mask.h, area: mask.area, bits: text(mask.bits) };
"""


class Lab:
    """Runs canvas code on masks of numpy's."""

    def __init__(self, page: StudioPage) -> None:
        self.page = page.page

    def run(self, script: str, argument: Any = None) -> Any:
        return self.page.evaluate(f"async (input) => {{ {PRELUDE} {script} }}", argument)

    def collect_garbage(self) -> None:
        session = self.page.context.new_cdp_session(self.page)
        for _ in range(3):
            session.send("HeapProfiler.collectGarbage")


def sent(mask: Pixels) -> dict[str, Any]:
    """A bool HxW mask for ``taken`` in the page."""
    height, width = mask.shape
    return {"w": width, "h": height, "png": base64.b64encode(mask.astype(np.uint8).tobytes()).decode()}


def got(given: dict[str, Any] | None, shape: tuple[int, ...]) -> Pixels:
    """The HxW mask of what ``given`` gave; it must be tight, counted and inside the image."""
    mask = np.zeros(shape, dtype=bool)
    if given is None:
        return mask
    x, y, w, h = (given[key] for key in ("x", "y", "w", "h"))
    bits = np.frombuffer(base64.b64decode(given["bits"]), dtype=np.uint8)
    assert min(x, y, shape[1] - x - w, shape[0] - y - h) >= 0, "it leaves the image"
    assert (bits.size, bits.max()) == (w * h, 1), "not zeros and ones, or empty and not null"
    crop = bits.reshape(h, w).astype(bool)
    assert all(side.any() for side in (crop[0], crop[-1], crop[:, 0], crop[:, -1])), "it is not tight"
    assert given["area"] == crop.sum()
    mask[y : y + h, x : x + w] = crop
    return mask


def blobs(rng: np.random.Generator, shape: tuple[int, int], count: int) -> Pixels:
    """Ellipses and holes in them."""
    mask = np.zeros(shape, dtype=np.uint8)
    for _ in range(count):
        center = (int(rng.integers(0, shape[1])), int(rng.integers(0, shape[0])))
        axes = (int(rng.integers(0, 18)), int(rng.integers(0, 18)))
        cv2.ellipse(mask, center, axes, float(rng.uniform(0, 180)), 0, 360, int(rng.random() < 0.7), -1)
    return mask.astype(bool)


def random_masks(seed: int, count: int) -> Iterator[Pixels]:
    """Masks of all kinds: blobs, noise from sparse to dense, full, a single pixel, empty."""
    rng = np.random.default_rng(seed)
    for i in range(count):
        shape = (int(rng.integers(1, 70)), int(rng.integers(1, 70)))
        if i % 8 == 7:
            mask = np.full(shape, i % 16 == 7)
        elif i % 8 == 6:
            mask = np.zeros(shape, dtype=bool)
            mask[rng.integers(0, shape[0]), rng.integers(0, shape[1])] = True
        elif i % 2:
            mask = rng.random(shape) < rng.choice([0.02, 0.2, 0.5, 0.8, 0.98])
        else:
            mask = blobs(rng, shape, int(rng.integers(1, 12)))
        yield mask
