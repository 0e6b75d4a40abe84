"""The gallery at full size in a real Chromium: ``python -m benchmarks.scale_page [--folder FOLDER]``.

The app over the made dataset of `benchmarks.scale` (100,000 images, 1,000,000 annotations, SQLite), in which
every image is one of 102 real JPEGs up to 12 megapixels, so that every card has a picture with its masks.

- First paint: from the press on the Dataset tab to the frame in which the first card with its picture, and
  all cards in view with theirs, are drawn; the first time (small pictures are made on the way, from
  the JPEGs) and, after the page was loaded again, as people mostly meet it.
- Frames a second while a gesture scrolls the gallery for some seconds, by `requestAnimationFrame`, slowly
  (1,000 pixels a second) and quickly (8,000).
- A jump: from a drag of the scroll bar to another place until all cards in view have their pictures.
- Resident memory of the server after a walk through all tabs and the gallery, beside that of an app with a
  single image after the same walk (so that both have the model in memory).

Expected before measuring, on two idle cores without a GPU: first paint 0.8 s the first time and 0.4 s
afterwards; 58 frames a second; a jump 0.5 s; 150 MB more memory.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, ViewportSize

from benchmarks.canvas_page import TOURED, a_browser
from benchmarks.scale_fill import fill, is_filled, picture_files, write_pictures
from benchmarks.serving import ServedApp
from samstudio.db.engine import open_database

ROOM: ViewportSize = {"width": 1440, "height": 900}
TABS = ("Fine-tune", "Dataset")
SPEEDS = {"slow": 1000, "quick": 8000}
SECONDS = 5

WATCH = """
() => {
  const scroller = () => document.querySelector("#dataset [data-scroller]");
  const inView = () => {
    const room = scroller().getBoundingClientRect();
    return [...scroller().querySelectorAll("[data-index]")].filter((card) => {
      const { top, bottom, width } = card.getBoundingClientRect();
      return width > 0 && bottom > room.top && top < room.bottom;
    });
  };
  const isDrawn = (card) => {
    const picture = card.querySelector("img");
    return picture !== null && picture.complete && picture.naturalWidth > 0;
  };
  // When the first card in view has its picture, and all have: in the frame after the one that had them.
  const pictures = (since) => new Promise((done) => {
    const seen = {};
    const look = () => {
      const cards = scroller()?.clientWidth ? inView() : [];
      const now = performance.now() - since;
      if (cards.some(isDrawn)) seen.first ??= now;
      if (cards.length && cards.every(isDrawn)) done({ ...seen, all: now, cards: cards.length });
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  const pressed = new Promise((done) => {
    const begin = (event) => pictures(event.timeStamp).then(done);
    document.addEventListener("pointerdown", begin, { once: true, capture: true });
  });
  const jump = (part) => {
    scroller().scrollTop = part * scroller().scrollHeight;
    return pictures(performance.now());
  };
  const frames = () => {
    const at = [];
    let running = true;
    const tick = (now) => {
      at.push(now);
      if (running) requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
    return () => {
      running = false;
      return at;
    };
  };
  window.watch = { pressed, jump, frames };
}
"""


class GalleryPage:
    """The app's page with the gallery not yet opened."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.page: Page = browser.new_context(viewport=ROOM).new_page()
        self.page.set_default_timeout(120_000)
        self.page.add_init_script(f"localStorage.setItem('samstudio.preferences', {TOURED})")
        self._load(url)

    def _load(self, url: str) -> None:
        self.page.goto(url)
        self.page.wait_for_selector("[data-canvas][data-state=mounted]")
        self.page.wait_for_timeout(4000)  # the page has come to rest: people look at it before they press

    def tab(self, name: str) -> None:
        """Press a tab."""
        self.page.get_by_role("tab", name=name, exact=True).click()

    def first_paint(self) -> dict[str, float]:
        """Open the gallery; return milliseconds to the first picture and to all, and how many cards."""
        self.page.evaluate(WATCH)
        self.tab("Dataset")
        found: dict[str, float] = self.page.evaluate("() => watch.pressed")
        return found

    def frames(self, speed: int) -> dict[str, float]:
        """Scroll down for some seconds; return frames a second and the longest interval in milliseconds."""
        session = self.page.context.new_cdp_session(self.page)
        self.page.evaluate("() => { window.stop = watch.frames(); }")
        gesture = {"x": 700, "y": 600, "yDistance": -speed * SECONDS, "speed": speed}
        session.send("Input.synthesizeScrollGesture", {**gesture, "gestureSourceType": "mouse"})
        at: list[float] = self.page.evaluate("() => window.stop()")
        session.detach()
        spans = [later - earlier for earlier, later in pairwise(at)]
        return {"fps": 1000 * len(spans) / (at[-1] - at[0]), "longest_ms": max(spans)}

    def jump(self, part: float) -> dict[str, float]:
        """Go to a part of the list, 0 to 1, as a drag of the scroll bar does; see `first_paint`."""
        found: dict[str, float] = self.page.evaluate("(part) => watch.jump(part)", part)
        return found

    def close(self) -> None:
        """Close it with all that its browser kept."""
        self.page.context.close()


def measure(browser: Browser, app: ServedApp) -> Iterator[tuple[str, Any]]:
    """Tell what a visitor of the large dataset meets, by name."""
    page = GalleryPage(browser, app.url)
    yield "paint_first", page.first_paint()
    page.close()
    page = GalleryPage(browser, app.url)
    yield "paint_again", page.first_paint()
    for name, speed in SPEEDS.items():
        yield f"scroll_{name}", page.frames(speed)
    yield "jump_ms", statistics.median(page.jump(part)["all"] for part in (0.5, 0.9, 0.25, 0.7, 0.1))
    page.close()


def walked_mb(browser: Browser, app: ServedApp) -> float:
    """Return the server's resident megabytes after a walk through everything."""
    page = GalleryPage(browser, app.url)
    for name in TABS:
        page.tab(name)
        page.page.wait_for_timeout(3000)
    session = page.page.context.new_cdp_session(page.page)
    gesture = {"x": 700, "y": 600, "yDistance": -20_000, "speed": 8000, "gestureSourceType": "mouse"}
    session.send("Input.synthesizeScrollGesture", gesture)
    page.page.wait_for_timeout(3000)
    page.close()
    return app.resident_bytes() / 1e6


def one_image(app: ServedApp) -> None:
    """Put one picture into an empty app."""
    name, data = next(picture_files())
    app.upload(data, Path(name).name)


def prepared(folder: Path, images: int, annotations: int) -> None:
    """Make the dataset in a storage folder, unless it is there."""
    database = open_database(f"sqlite:///{folder.absolute()}/studio.db")
    if not is_filled(database, images, annotations):
        fill(database, images, annotations)
    database.close()
    write_pictures(folder / "images")


def _tell(found: dict[str, Any], name: str, value: Any) -> None:
    found[name] = value
    print(f"{name:14} {json.dumps(value)}", flush=True)


def main() -> None:
    """Measure, print a line a figure, and with ``--json`` one line at the end."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=100_000)
    parser.add_argument("--annotations", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="keep the storage folder there, and use it again")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with ExitStack() as stack:
        temporary = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder = args.folder or temporary / "large"
        prepared(folder, args.images, args.annotations)
        browser = stack.enter_context(a_browser())
        found: dict[str, Any] = {}
        with ServedApp(folder) as app:
            for name, value in measure(browser, app):
                _tell(found, name, value)
            _tell(found, "large_mb", walked_mb(browser, app))
        with ServedApp(temporary / "small") as app:
            _tell(found, "empty_mb", app.resident_bytes() / 1e6)
            one_image(app)
            _tell(found, "small_mb", walked_mb(browser, app))
    if args.json:
        print(json.dumps(found))


if __name__ == "__main__":
    main()
