"""The magic wand: exactly the pixels of OpenCV's flood fill, added and cut by clicks."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import expect

from tests.e2e.drawing import SMALL, Bits, Hand, bits
from tests.e2e.lab import Lab
from tests.e2e.page import CANVAS, StudioPage

Colors = NDArray[np.uint8]

FLOOD = """
const { flood } = await load("model/pixels/flood");
return input.map(({ data, width, height, x, y, tolerance }) => {
  const pixels = { data: Uint8ClampedArray.from(atob(data), (c) => c.charCodeAt(0)), width, height };
  const crop = flood(pixels, x, y, tolerance);
  return { ...crop, bits: text(crop.bits), area: crop.bits.reduce((sum, bit) => sum + bit, 0) };
});
"""


def _region(colors: Colors, x: int, y: int, tolerance: int) -> Bits:
    """What OpenCV makes of it: neighbours side by side, compared with the first pixel."""
    mask = np.zeros((colors.shape[0] + 2, colors.shape[1] + 2), np.uint8)
    kind = 4 | cv2.FLOODFILL_MASK_ONLY | cv2.FLOODFILL_FIXED_RANGE
    cv2.floodFill(colors.copy(), mask, (x, y), 0, (tolerance,) * 3, (tolerance,) * 3, kind)
    return mask[1:-1, 1:-1].astype(bool)


def _given(colors: Colors, **how: Any) -> dict[str, Any]:
    opaque = np.dstack([colors, np.full(colors.shape[:2], 255, np.uint8)])
    height, width = colors.shape[:2]
    return {"data": base64.b64encode(opaque.tobytes()).decode(), "width": width, "height": height, **how}


def test_the_region_is_that_of_a_flood_fill(lab: Lab) -> None:
    rng = np.random.default_rng(5)
    cases = []
    for i in range(80):
        height, width = (int(side) for side in rng.integers(1, 40, 2))
        step = int(rng.choice([1, 4, 16]))
        colors = rng.integers(0, 64, (height, width, 3)).astype(np.uint8) // step * step * (i % 3 + 1)
        where = {"x": int(rng.integers(0, width)), "y": int(rng.integers(0, height))}
        cases.append((colors, {**where, "tolerance": int(rng.choice([0, 8, 20, 40, 255]))}))
    answers = lab.run(FLOOD, [_given(colors, **how) for colors, how in cases])
    for (colors, how), answer in zip(cases, answers, strict=True):
        region = np.zeros(colors.shape[:2], bool)
        crop = np.frombuffer(base64.b64decode(answer["bits"]), np.uint8).reshape(answer["h"], answer["w"])
        region[answer["y"] : answer["y"] + answer["h"], answer["x"] : answer["x"] + answer["w"]] = crop
        assert np.array_equal(region, _region(colors, **how)), how


def test_clicks_add_and_cut_regions_and_a_drag_sets_the_tolerance(page: StudioPage, tmp_path: Path) -> None:
    colors = np.asarray(Image.open(tmp_path / f"{tmp_path.name}-{SMALL[1]}.png").convert("RGB"))
    page.press("t")
    slider = page.page.get_by_label("Tolerance of the wand")
    slider.fill("3")
    first, second = _region(colors, 105, 75, 3), _region(colors, 255, 165, 3)
    page.click(105, 75)
    page.press("]")  # after what the click began
    page.press("[")
    assert page.known("tolerance") == 3
    assert np.array_equal(bits(page), first)
    page.click(255, 165)
    page.page.evaluate(f"() => {CANVAS}.session.idle")
    assert np.array_equal(bits(page), first | second)
    page.click(105, 75, alt=True)
    page.page.evaluate(f"() => {CANVAS}.session.idle")
    assert np.array_equal(bits(page), (first | second) & ~first)
    page.press("Control+z")
    page.press("Control+z")
    assert np.array_equal(bits(page), first)

    hand = Hand(page)
    hand.stroke((205, 105), (205 + 100, 105))
    page.page.evaluate(f"() => {CANVAS}.session.idle")
    tolerance = page.known("tolerance")
    assert tolerance > 20
    assert np.array_equal(bits(page), first | _region(colors, 205, 105, tolerance))
    assert page.known("preview") is None
    page.press("Escape")
    assert page.known("draft")["mask"] is None
    expect(page.notice).to_be_hidden()
