"""The canvas in a real browser, driven with real mouse events and watched from inside the page."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psutil
from playwright.sync_api import Browser, Page, TimeoutError, ViewportSize, sync_playwright

from tests.browser import arguments, ensure

ROOM: ViewportSize = {"width": 1440, "height": 900}
TOURED = json.dumps('{"toured": true}')
CANVAS = 'document.querySelector("[data-canvas]").samstudio'

Point = tuple[float, float]

WATCH = """
() => {
  const { store, session, stage } = CANVAS;
  const { renderer } = stage;
  const seen = { released: 0, key: 0, moved: 0 };
  window.addEventListener("pointerup", (event) => { seen.released = event.timeStamp; }, true);
  window.addEventListener("keydown", (event) => { seen.key = event.timeStamp; }, true);
  // Of several moves in one frame the first waited longest.
  window.addEventListener("pointermove", (event) => { seen.moved ||= event.timeStamp; }, true);
  const frame = () => new Promise(requestAnimationFrame);

  // When a mask that was not there before is on screen: in the frame after the one that painted it.
  const mask = () => {
    const before = store.get("draft").mask;
    performance.clearResourceTimings();
    return new Promise((done) => {
      renderer.onPaint = async (layers) => {
        const now = store.get("draft").mask;
        if (!layers.includes("draft") || !now || now === before) return;
        renderer.onPaint = null;
        await frame();
        const shown = performance.now();
        const { marks, server } = session.prompting.timing;
        const asked = performance.getEntriesByType("resource")
          .filter((one) => one.name.includes("component_server") && one.startTime >= marks.sent - 1)
          .sort((a, b) => a.startTime - b.startTime)[0];
        const handled = asked.responseStart - asked.requestStart;
        const candidates = store.get("draft").candidates?.length ?? 0;
        done({ released: seen.released, ...marks, shown, server, handled, candidates });
      };
    });
  };

  const opened = () => {
    const before = store.get("image").id;
    return new Promise((done) => {
      renderer.onPaint = async (layers) => {
        const { image, picture } = store.values;
        if (!layers.includes("picture") || !picture || image.id === before) return;
        renderer.onPaint = null;
        await frame();
        done(performance.now() - seen.key);
      };
    });
  };

  // Frame intervals, JavaScript's share of each, and how long moves waited for their frame, until `stop`.
  const record = () => {
    const found = { intervals: [], costs: [], waits: [] };
    const paint = renderer.paint;
    let last = performance.now();
    let running = true;
    renderer.paint = function () {
      const started = performance.now();
      paint.call(renderer);
      found.costs.push(performance.now() - started);
    };
    renderer.onPaint = async (layers) => {
      if (!layers.includes("draft") || !seen.moved) return;
      const { moved } = seen;
      seen.moved = 0;
      await frame();
      if (running) found.waits.push(performance.now() - moved);
    };
    const tick = (now) => {
      found.intervals.push(now - last);
      last = now;
      if (running) requestAnimationFrame(tick);
    };
    requestAnimationFrame((now) => { last = now; requestAnimationFrame(tick); });
    seen.moved = 0;
    return () => {
      running = false;
      delete renderer.paint;
      renderer.onPaint = null;
      return found;
    };
  };
  window.watch = { mask, opened, record };
}
""".replace("CANVAS", CANVAS)


class CanvasPage:
    """One page of the app, with a mouse."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        page.set_default_timeout(60_000)
        # Without the tour, which is for a person's first visit.
        page.add_init_script(f"localStorage.setItem('samstudio.preferences', {TOURED})")
        page.goto(url)
        page.wait_for_selector("[data-canvas][data-state=mounted]")
        page.wait_for_function(f"{CANVAS}.store.get('picture')")
        page.evaluate(WATCH)

    def open(self, image_id: str) -> None:
        """Open an image, and wait until it can be prompted and its neighbour is loaded."""
        if self.page.evaluate(f"{CANVAS}.store.get('image').id") != image_id:
            self.page.evaluate(f"(id) => void {CANVAS}.session.images.open(id)", image_id)
        self.page.wait_for_function(
            f"(id) => {{ const {{ image, picture, ready }} = {CANVAS}.store.values;"
            "return image?.id === id && picture && ready; }",
            arg=image_id,
            timeout=180_000,
        )
        self.page.wait_for_timeout(1500)
        self.settle()

    def settle(self) -> None:
        """Wait until every layer shows what it should."""
        self.page.evaluate(f"() => {CANVAS}.stage.renderer.whenSettled()")

    def at(self, x: float, y: float) -> Point:
        """Where the middle of a pixel of the image is on the page."""
        stage = self.page.locator("[data-stage]").bounding_box()
        assert stage
        sx, sy = self.page.evaluate(f"([x, y]) => {CANVAS}.stage.toScreen(x, y)", [x + 0.5, y + 0.5])
        return stage["x"] + sx, stage["y"] + sy

    def middle(self) -> Point:
        """Return the middle of the stage."""
        stage = self.page.locator("[data-stage]").bounding_box()
        assert stage
        return stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2

    def timed(self, name: str, act: Callable[[], None]) -> Any:
        """Return what `watch.NAME` saw of an act; None where nothing came of it."""
        self.page.evaluate(f"() => {{ window.waiting = watch.{name}(); }}")
        act()
        try:
            self.page.wait_for_function("window.waiting.then(() => true)", timeout=20_000)
        except TimeoutError:
            return None
        return self.page.evaluate("() => window.waiting")

    def recorded(self, act: Callable[[], None]) -> dict[str, list[float]]:
        """Return what `watch.record` saw during an act."""
        self.page.evaluate("() => { window.stop = watch.record(); }")
        act()
        found: dict[str, list[float]] = self.page.evaluate("() => window.stop()")
        return found

    def rest(self, place: Point, seconds: float = 0.35) -> None:
        """Move the mouse to a place and leave it there, as a hand does before it presses."""
        self.page.mouse.move(*place)
        time.sleep(seconds)

    def drag(self, start: Point, end: Point) -> None:
        """Drag from here to there in a few steps."""
        self.page.mouse.down()
        for step in range(1, 7):
            self.page.mouse.move(
                start[0] + (end[0] - start[0]) * step / 6, start[1] + (end[1] - start[1]) * step / 6
            )
            time.sleep(0.016)
        self.page.mouse.up()

    def click(self) -> None:
        """Press and release the left button."""
        self.page.mouse.down()
        self.page.mouse.up()

    def circle(self, seconds: float, radius: float, turns: float) -> None:
        """Move the mouse round the middle of the stage, about every 8 ms."""
        x, y = self.middle()
        started = time.perf_counter()
        while (passed := time.perf_counter() - started) < seconds:
            angle = 2 * math.pi * turns * passed / seconds
            self.page.mouse.move(x + radius * math.sin(angle), y + radius * (1 - math.cos(angle)))
            time.sleep(0.004)

    def clear(self) -> None:
        """No draft."""
        self.page.keyboard.press("Escape")
        self.page.wait_for_function(f"!{CANVAS}.store.get('draft').mask && !{CANVAS}.store.get('thinking')")

    def memory(self) -> dict[str, float]:
        """Megabytes: JavaScript's heap after collecting, and the largest page process's resident memory."""
        session = self.page.context.new_cdp_session(self.page)
        session.send("HeapProfiler.collectGarbage")
        session.send("Performance.enable")
        metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
        session.detach()
        return {"js_heap_mb": metrics["JSHeapUsedSize"] / 1e6, "page_rss_mb": _largest_page() / 1e6}


def _largest_page() -> int:
    sizes = [0]
    for process in psutil.Process().children(recursive=True):
        try:
            if "--type=renderer" in process.cmdline():
                sizes.append(process.memory_info().rss)
        except psutil.Error:
            continue
    return max(sizes)


@contextmanager
def a_browser() -> Iterator[Browser]:
    """Start a real Chromium, without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=ensure(), args=arguments())
        yield browser
        browser.close()
