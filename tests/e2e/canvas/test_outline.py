"""Correcting an outline by its points, as a person does."""

from __future__ import annotations

import numpy as np
from playwright.sync_api import expect

from tests.e2e.drawing import Hand, bits, stored
from tests.e2e.page import CANVAS, StudioPage

POINTS = f"""async () => {{
  const load = (path) => import(new URL(`studio/canvas/${{path}}.js`, document.baseURI).href);
  const {{ outlineIn }} = await load("model/outlines");
  const outline = outlineIn({CANVAS}.stage.scene());
  return outline && outline.loops.map(({{ points, vertices }}) => vertices.map((at) => points[at]));
}}"""


def _points(page: StudioPage) -> list[list[tuple[float, float]]]:
    found: list[list[tuple[float, float]]] = page.page.evaluate(POINTS)
    return found


def _rightmost(page: StudioPage) -> tuple[float, float]:
    x, y = max(_points(page)[0])
    return x, y


def test_points_of_an_accepted_objects_outline_are_dragged_added_and_taken_away(page: StudioPage) -> None:
    page.drag((100, 60), (220, 180))
    page.accept()
    before = stored(page)[0]["bits"]
    page.press("j")
    slider = page.page.get_by_label("Detail of the outline")
    expect(slider).to_be_visible()
    page.click(160, 120)
    assert page.known("selection"), "a click takes the object that is there"
    expect(page.page.locator("[data-outline-detail-text]")).to_have_text(f"{len(_points(page)[0])} points")

    for _ in range(6):
        page.press("[")
    few = len(_points(page)[0])
    for _ in range(12):
        page.press("]")
    assert few < len(_points(page)[0])
    for _ in range(12):
        page.press("[")
    assert len(_points(page)[0]) == few
    assert page.known("draft")["mask"] is None, "looking at more or fewer points changes nothing"

    x, y = _rightmost(page)
    hand = Hand(page)
    hand.stroke((x, y), (x + 40, y))
    moved = bits(page)
    assert page.known("draft")["of"], "it is being corrected"
    changed = np.argwhere(moved != before)
    assert moved.sum() > before.sum()
    assert changed[:, 1].min() > 100, "the far side stays to the pixel"
    assert len(_points(page)[0]) == few

    # A new point out of an edge, then one taken away, and each taken back by itself.
    (ax, ay), (bx, by) = sorted(_points(page)[0])[-2:]
    hand.stroke(((ax + bx) / 2, (ay + by) / 2), ((ax + bx) / 2 - 20, (ay + by) / 2))
    assert len(_points(page)[0]) == few + 1
    dented = bits(page)
    assert not np.array_equal(dented, moved)
    hand.stroke(_rightmost(page), button="right")
    assert len(_points(page)[0]) == few
    assert bits(page).sum() < dented.sum()
    page.press("Control+z")
    assert np.array_equal(bits(page), dented)
    page.press("Control+z")
    assert np.array_equal(bits(page), moved)
    assert len(_points(page)[0]) == few
    page.press("Enter")
    expect(page.objects).to_have_count(1)
    assert np.array_equal(stored(page)[0]["bits"], moved)
    page.press("Control+z")
    page.press("Escape")
