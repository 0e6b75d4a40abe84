"""The app as a person with a mouse and a keyboard uses it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Locator, Page, Request, expect

CANVAS = 'document.querySelector("[data-canvas]").samstudio'

# Pixels of the draft layer inside an image rectangle that have paint on them.
PAINTED = """
([layer, x0, y0, x1, y1]) => {
  const { stage } = CANVAS;
  const canvas = document.querySelector(`canvas[data-layer=${layer}]`);
  const ratio = canvas.width / canvas.clientWidth;
  const [left, top] = stage.toScreen(x0, y0).map((v) => Math.round(v * ratio));
  const [right, bottom] = stage.toScreen(x1, y1).map((v) => Math.round(v * ratio));
  const { data } = canvas.getContext("2d").getImageData(left, top, right - left, bottom - top);
  let painted = 0;
  for (let i = 3; i < data.length; i += 4) painted += data[i] > 20;
  return painted / (data.length / 4);
}
""".replace("CANVAS", CANVAS)


TOURED = """
const kept = JSON.parse(localStorage.getItem("samstudio.preferences") ?? "{}");
localStorage.setItem("samstudio.preferences", JSON.stringify({ ...kept, toured: true }));
"""
"""The first-run tour was seen already."""

OURS = ("status of 4", "willReadFrequently")
"""Refused uploads, which the browser logs by itself, and the tests' own reading of pixels."""


CUT_OFF = ("Connection errored out", "signal is aborted")
"""What Gradio logs of an event that was on its way when the page or the connection went."""


class StudioPage:
    """A page of the app, with what its user does."""

    def __init__(self, page: Page, url: str, *, toured: bool = True) -> None:
        self.page = page
        if toured:
            page.add_init_script(TOURED)
        self.url = url
        self.noise: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.noise.append(f"page error: {error}"))
        page.on("request", self._request)
        page.set_default_timeout(20_000)
        self.open()

    def open(self) -> None:
        """Load, or load again; what Gradio logs of events that leaving the page cuts off is no failure."""
        before = len(self.noise)
        self.page.goto(self.url)
        self.page.wait_for_selector("[data-canvas][data-state=mounted]")
        heard = self.noise[before:]
        self.noise[before:] = [line for line in heard if not any(text in line for text in CUT_OFF)]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(text in message.text for text in OURS):
            self.noise.append(f"{message.type}: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.noise.append(f"asked elsewhere: {request.url}")

    def check_quiet(self) -> None:
        """Nothing was logged as an error, and nothing was asked of another server."""
        assert not self.noise, "\n".join(self.noise)

    # ------------------------------------------------------------ canvas

    def known(self, key: str) -> Any:
        """A value of the canvas's store."""
        return self.page.evaluate(f"{CANVAS}.store.get({key!r})")

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the image is on the page."""
        stage = self.page.locator("[data-stage]").bounding_box()
        assert stage
        sx, sy = self.page.evaluate(f"([x, y]) => {CANVAS}.stage.toScreen(x, y)", [x, y])
        return stage["x"] + sx, stage["y"] + sy

    def pixel_at(self, px: float, py: float) -> tuple[float, float]:
        """Which point of the image is at a place of the page."""
        (x0, y0), (x1, y1) = self.at(0, 0), self.at(1, 1)
        return (px - x0) / (x1 - x0), (py - y0) / (y1 - y0)

    def middle(self, x: int, y: int) -> tuple[float, float]:
        """The middle of a pixel of the image, on the page."""
        return self.at(x + 0.5, y + 0.5)

    def drag(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        """Drag a box with the mouse from pixel to pixel, and wait for the answer."""
        (ax, ay), (bx, by) = self.middle(*start), self.middle(*end)
        self.page.mouse.move(ax, ay)
        self.page.mouse.down()
        self.page.mouse.move((ax + bx) / 2, (ay + by) / 2)
        self.page.mouse.move(bx, by)
        self.page.mouse.up()
        self.settle()

    def click(self, x: int, y: int, *, button: str = "left", alt: bool = False) -> None:
        """Click on a pixel of the image, and wait for the answer."""
        if alt:
            self.page.keyboard.down("Alt")
        self.page.mouse.click(*self.middle(x, y), button=button)  # type: ignore[arg-type]
        if alt:
            self.page.keyboard.up("Alt")
        self.settle()

    def settle(self) -> None:
        """Wait until the server has answered and the frame is painted."""
        self.page.wait_for_function(f"!{CANVAS}.store.get('thinking') && !{CANVAS}.store.get('saving')")
        self.page.evaluate(
            "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )

    def press(self, key: str) -> None:
        """Press a key, and wait until whatever it started is over."""
        self.page.keyboard.press(key)
        self.page.evaluate(f"() => {CANVAS}.session.idle")
        self.settle()

    def accept(self) -> int:
        """Accept with Enter; → how many objects are listed then."""
        before = self.objects.count()
        self.page.keyboard.press("Enter")
        expect(self.objects).to_have_count(before + 1)
        self.settle()
        return before + 1

    def painted(self, x0: float, y0: float, x1: float, y1: float, *, layer: str = "draft") -> float:
        """The share of a rectangle of the image with paint of a layer on it."""
        # Away with the cursor: its crosshair is paint too.
        self.page.mouse.move(2, 2)
        self.settle()
        share: float = self.page.evaluate(PAINTED, [layer, x0, y0, x1, y1])
        return share

    @property
    def objects(self) -> Locator:
        """The accepted objects' rows."""
        return self.page.locator("[data-object]")

    @property
    def thumbs(self) -> Locator:
        """The images' thumbnails."""
        return self.page.locator(".ss-thumb")

    @property
    def notice(self) -> Locator:
        """The inline message."""
        return self.page.locator("[data-notice]")

    def upload(self, *files: Path) -> None:
        """Choose files with the Add button, and wait until all were sent."""
        with self.page.expect_file_chooser() as chooser:
            self.page.locator("[data-choose]:visible").first.click()
        chooser.value.set_files(list(files))
        self.page.wait_for_function("document.querySelector('[data-upload]').hidden")

    def open_image(self, name: str) -> None:
        """Open an image by its thumbnail and wait until it is on screen."""
        self.page.locator(f'.ss-thumb[title="{name}"]').click()
        self.page.wait_for_function(
            f"{CANVAS}.store.get('picture') && {CANVAS}.store.get('image').filename === {name!r}"
        )
        self.settle()

    # ------------------------------------------------------------ pages

    def tab(self, name: str) -> None:
        """Choose a tab by its title."""
        self.page.get_by_role("tab", name=name, exact=True).click()

    @property
    def live(self) -> Locator:
        """The name of the live version in the header."""
        return self.page.locator("[data-live-name]")
