"""The map between image and screen, in the engine that runs it, over random views."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.e2e.page import StudioPage
from tests.processes import App

SETUP = """
const map = await import(new URL("studio/canvas/model/view.js", document.baseURI).href);
let state = 12345;
const random = (low, high) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return low + (state / 2 ** 32) * (high - low);
};
const any = () => {
  const image = { width: Math.ceil(random(1, 12000)), height: Math.ceil(random(1, 12000)) };
  const stage = { width: random(200, 3000), height: random(200, 2000) };
  let view = map.fit(image, stage);
  for (let i = 0; i < random(0, 12); i += 1) {
    view = map.zoomAt(view, Math.exp(random(-1, 1)), random(0, stage.width), random(0, stage.height));
    view = map.panBy(view, random(-300, 300), random(-300, 300));
  }
  return { image, stage, view };
};
const failures = [];
const check = (holds, what) => { if (!holds && failures.length < 5) failures.push(JSON.stringify(what)); };
"""

PROPERTIES = {
    "the middle of every pixel is in that pixel": """
      const { image, view } = any();
      const x = Math.floor(random(0, image.width)), y = Math.floor(random(0, image.height));
      const [px, py] = map.pixelAt(view, image, ...map.toScreen(view, x + 0.5, y + 0.5));
      check(px === x && py === y, { image, view, x, y, px, py });
    """,
    "the two directions are inverse to a thousandth of a pixel": """
      const { image, view } = any();
      const x = random(0, image.width), y = random(0, image.height);
      const [bx, by] = map.toImage(view, ...map.toScreen(view, x, y));
      check(Math.abs(bx - x) < 1e-3 && Math.abs(by - y) < 1e-3, { view, x, y, bx, by });
    """,
    "zooming keeps what is under the cursor": """
      const { stage, view } = any();
      const sx = random(0, stage.width), sy = random(0, stage.height);
      const before = map.toImage(view, sx, sy);
      const after = map.toImage(map.zoomAt(view, Math.exp(random(-2, 2)), sx, sy), sx, sy);
      check(Math.hypot(before[0] - after[0], before[1] - after[1]) < 1e-3, { view, before, after });
    """,
    "a point off the image belongs to the nearest pixel of its edge": """
      const { image, view } = any();
      const [x, y] = map.pixelAt(view, image, random(-9e4, 9e4), random(-9e4, 9e4));
      check(x >= 0 && y >= 0 && x < image.width && y < image.height, { view, x, y });
    """,
    "fitting shows the whole image, in the middle": """
      const { image, stage } = any();
      const view = map.fit(image, stage);
      const [right, bottom] = map.toScreen(view, image.width, image.height);
      const tiny = 1e-6;
      const { width, height } = stage;
      const inside = view.x >= -tiny && view.y >= -tiny && right <= width + tiny && bottom <= height + tiny;
      const middle = Math.abs(view.x + right - width) < tiny && Math.abs(view.y + bottom - height) < tiny;
      check((inside || view.scale === map.MIN_SCALE) && middle, { image, stage, view });
    """,
    "the image cannot be lost": """
      const { image, stage, view } = any();
      const kept = map.keepInSight(map.panBy(view, random(-1e5, 1e5), random(-1e5, 1e5)), image, stage);
      const [right, bottom] = map.toScreen(kept, image.width, image.height);
      check(kept.x <= stage.width - 63 && right >= 63, { kept });
      check(kept.y <= stage.height - 63 && bottom >= 63, { kept });
    """,
    "a box is the same from whichever corner": """
      const { image } = any();
      const pixel = () => [Math.floor(random(0, image.width)), Math.floor(random(0, image.height))];
      const [a, b] = [pixel(), pixel()];
      const drags = [[a, b], [b, a], [[a[0], b[1]], [b[0], a[1]]]];
      const boxes = drags.map(([from, to]) => map.boxBetween(from, to).join());
      check(new Set(boxes).size === 1, boxes);
    """,
}


@pytest.fixture
def page(fake_app: App, visit: Callable[..., StudioPage]) -> StudioPage:
    return visit(fake_app)


def test_the_map_holds_for_random_images_stages_and_views(page: StudioPage) -> None:
    for name, property_ in PROPERTIES.items():
        script = (
            f"async () => {{ {SETUP} for (let i = 0; i < 3000; i += 1) {{ {property_} }} return failures; }}"
        )
        assert page.page.evaluate(script) == [], name
