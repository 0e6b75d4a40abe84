"""What tests of people at work share: pages that may lose the server, masks, what the server has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import BrowserContext, Error, Page, expect

from tests.e2e.page import CANVAS, CUT_OFF, StudioPage

expect.set_options(timeout=20_000)  # a page learns of others, and of the server, when it next asks

LOSS = (
    *("Failed to fetch", "net::ERR_", "Failed to load resource", "Could not connect"),
    *CUT_OFF,
)
"""What the browser and Gradio log by themselves when a server is not there."""

MASK = """(what) => {
  const { store } = CANVAS;
  const mask = what === "draft" ? store.get("draft").mask : what === "base" ? store.get("draft").base
    : store.get("objects").find((one) => one.id === what)?.mask;
  return mask ? [mask.x, mask.y, mask.w, mask.h, Array.from(mask.bits).join("")] : null;
}""".replace("CANVAS", CANVAS)

ASK = """async ([name, payload]) => {
  const { core } = CANVAS.session;
  return core.transport.call(name, { image_id: core.store.get("image").id, ...payload });
}""".replace("CANVAS", CANVAS)


class Person(StudioPage):
    """Someone at work, whose server may be away."""

    def check_quiet(self) -> None:
        self.noise = [line for line in self.noise if not any(text in line for text in LOSS)]
        super().check_quiet()

    def idle(self) -> None:
        """Wait until everything asked so far is done and kept; an unexpected dialog ends the wait."""
        self.page.wait_for_function(f"() => {CANVAS}.session.idle.then(() => true)")

    def press(self, key: str) -> None:
        """Press a key, and wait until whatever it started is over."""
        self.page.keyboard.press(key)
        self.idle()
        self.settle()

    def begin(self, picture: Path) -> None:
        """Add a picture and open it."""
        self.upload(picture)
        self.open_image(picture.name)

    def back_to(self, name: str) -> None:
        """Load the page again, and open an image."""
        self.open()
        self.open_image(name)
        self.idle()

    def mask(self, what: str | int = "draft") -> Any:
        """The pixels of the draft, of its base or of an object, as (x, y, w, h, bits)."""
        return self.page.evaluate(MASK, what)

    def stored(self) -> list[dict[str, Any]]:
        """The open image's objects as the server has them now."""
        objects: list[dict[str, Any]] = self.page.evaluate(ASK, ["changes", {"known": {}}])["objects"]
        return objects

    def stroke(self, *points: tuple[int, int]) -> None:
        """Brush along pixels of the image."""
        (left, top), (right, _) = self.middle(0, 0), self.middle(1, 0)
        scale = right - left
        places = [(left + scale * x, top + scale * y) for x, y in points]
        self.page.mouse.move(*places[0])
        self.page.mouse.down()
        for place in places[1:]:
            self.page.mouse.move(*place)
        self.page.mouse.up()

    def brush(self, *points: tuple[int, int]) -> None:
        """Choose the brush, draw one stroke, and wait until it is there and kept."""
        self.press("b")
        self.stroke(*points)
        self.press("b")

    def box(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        """Choose the box tool and drag one."""
        self.press("s")
        self.drag(start, end)

    def enter(self) -> None:
        """Accept or save, whatever comes of it, and wait until it is over."""
        self.press("Enter")

    def edit(self, index: int = 0) -> None:
        """Take an accepted object up again."""
        self.objects.nth(index).locator(".ss-object-main").dblclick()
        self.page.wait_for_function(f"{CANVAS}.store.get('draft').of")

    @property
    def unsent(self) -> Any:
        """The rows of objects that are not saved yet."""
        return self.page.locator("[data-unsent]")

    @property
    def dialog(self) -> Any:
        """The choice between two people's changes."""
        return self.page.locator("[data-conflict]")

    @property
    def lost(self) -> Any:
        """The header's word that the server is away."""
        return self.page.locator("[data-lost]")

    @contextmanager
    def offline(self) -> Iterator[None]:
        """No connection meanwhile; afterwards it is waited for until the page knows that it is back."""
        self.page.context.set_offline(True)
        try:
            yield
        finally:
            self.page.context.set_offline(False)
        self.page.wait_for_function(f"{CANVAS}.store.get('connected')")
        expect(self.lost).to_be_hidden()

    def crash(self) -> None:
        """The page's process dies, without a farewell."""
        with suppress(Error):
            self.page.goto("chrome://crash", timeout=3_000)
        self.page.close()


def person(context: BrowserContext, url: str, page: Page | None = None) -> Person:
    """Someone who opens the app in a window of that browser."""
    return Person(page or context.new_page(), url)


def picture(folder: Path, name: str = "", *, width: int = 240, height: int = 180) -> Path:
    """A picture that no other test has."""
    path = folder / f"{folder.name}{name}.png"
    seed = abs(hash(str(path))) % 2**32
    pixels = np.random.default_rng(seed).integers(60, 120, (height // 10, width // 10, 3), dtype=np.uint8)
    Image.fromarray(pixels).resize((width, height), Image.Resampling.NEAREST).save(path)
    return path


def answering(function: str, answer: Callable[[Any], None], times: int = 1) -> Callable[[Any], None]:
    """A route handler that gives the first `times` calls of a server function to `answer`."""
    left = [times]

    def handle(route: Any) -> None:
        if route.request.post_data_json["fn_name"] != function or left[0] == 0:
            route.fallback()
            return
        left[0] -= 1
        answer(route)

    return handle


def reply_lost(route: Any) -> None:
    """The server does what it was asked; its answer never arrives."""
    route.fetch()
    route.abort()
