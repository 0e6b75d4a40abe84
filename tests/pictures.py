"""The documentation's pictures of the canvas, taken from the real app: ``python -m tests.pictures``.

Drives the real app, with real weights, over the sample images, and writes each state of the
canvas to ``docs/img/canvas-*.png``, and in Japanese to ``canvas-*.ja.png``: the Japanese
documentation shows ``x.ja.png`` wherever a page names ``x.png``.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from tests.browser import arguments, ensure
from tests.e2e.page import CANVAS, StudioPage
from tests.processes import App

IMAGES = Path(__file__).parent.parent / "docs" / "img"
SIZE = {"width": 1280, "height": 720}
PROPOSED = ((20, 170, 68, 222), (78, 170, 128, 222), (130, 172, 180, 222))
COINS = ((125, 26, 180, 75), (190, 28, 244, 74), (253, 32, 299, 74), (303, 14, 367, 74), (23, 102, 69, 148))

Scene = Callable[[StudioPage], None]

SPEAK = """async (language) => {
  const { i18n } = await import(new URL("studio/static/i18n/i18n.js", document.baseURI).href);
  await i18n.choose(language);
}"""
"""What the page's switch does, with the mouse where it is."""


def preview(page: StudioPage) -> None:
    """What a click would give, under the resting mouse."""
    page.open_image("coffee.png")
    page.page.mouse.move(*page.middle(300, 220))
    page.page.wait_for_function(f"{CANVAS}.store.get('preview')")


def candidates(page: StudioPage) -> None:
    """One click, three masks."""
    page.open_image("coffee.png")
    page.click(300, 220)
    page.press("c")


def refined(page: StudioPage) -> None:
    """A box, and a click that takes away."""
    page.open_image("coffee.png")
    page.drag((75, 22), (482, 395))
    page.click(360, 300, button="right")


def batch(page: StudioPage) -> None:
    """Five boxes, asked together."""
    page.open_image("coins.png")
    page.page.keyboard.down("Shift")
    for x0, y0, x1, y1 in COINS:
        page.drag((x0, y0), (x1, y1))
    page.page.keyboard.up("Shift")
    page.page.wait_for_function(f"{CANVAS}.store.get('waiting').length === 4")


def brush(page: StudioPage) -> None:
    """The brush at work."""
    page.open_image("chelsea.png")
    page.drag((110, 60), (330, 290))
    page.press("b")
    page.page.mouse.move(*page.middle(300, 60))
    page.page.mouse.down()
    for x, y in ((320, 70), (335, 95), (345, 130), (350, 160)):
        page.page.mouse.move(*page.middle(x, y), steps=4)


def polygon(page: StudioPage) -> None:
    """A polygon that cuts."""
    page.open_image("rocket.jpg")
    page.drag((300, 60), (350, 380))
    page.press("p")
    page.click(290, 300, button="right")
    for x, y in ((360, 300), (360, 330)):
        page.click(x, y)
    page.page.mouse.move(*page.middle(295, 332))


def objects(page: StudioPage) -> None:
    """Accepted objects; two of them selected, one locked, one hidden."""
    batch(page)
    page.page.keyboard.press("Enter")
    page.page.wait_for_function(f"{CANVAS}.store.get('objects').length === 5")
    rows = page.page.locator("[data-object]")
    rows.nth(3).get_by_role("button", name="Lock").click()
    rows.nth(4).get_by_role("button", name="Hide").click()
    rows.nth(0).locator(".ss-object-main").click()
    rows.nth(1).locator(".ss-object-main").click(modifiers=["Shift"])


def display(page: StudioPage) -> None:
    """Brightness and contrast; outlines only."""
    page.open_image("cell.png")
    page.drag((330, 290), (500, 460))
    page.press("o")
    page.page.get_by_role("button", name="Brightness, contrast, opacity (Y)").click()
    page.page.locator("[data-set=brightness]").fill("1.4")
    page.page.locator("[data-set=contrast]").fill("1.5")


def lost(page: StudioPage) -> None:
    """Accepted while the server does not answer."""
    refined(page)
    page.page.route(re.compile("component_server"), lambda route: route.abort())
    page.page.keyboard.press("Enter")
    page.page.get_by_text("not saved yet").wait_for()
    page.page.wait_for_timeout(2500)


def conflict(page: StudioPage) -> None:
    """Two people, one object."""
    refined(page)
    page.accept()
    other = page.page.context.browser.new_context(viewport=SIZE).new_page()  # type: ignore[union-attr]
    theirs = StudioPage(other, page.url)
    page.objects.first.dblclick()
    _correct(page, (130, 280), (190, 340))
    theirs.open_image("coffee.png")
    theirs.objects.first.dblclick()
    _correct(theirs, (420, 150), (460, 200))
    theirs.press("Enter")
    page.page.keyboard.press("Enter")
    page.page.get_by_role("button", name="Keep mine").wait_for()
    other.close()


def _correct(page: StudioPage, start: tuple[int, int], end: tuple[int, int]) -> None:
    page.press("e")
    for _ in range(7):
        page.press("]")
    page.drag(start, end)


def proposed(page: StudioPage) -> None:
    """Objects that another program asked a decoder for."""
    page.open_image("coins.png")
    route = f"{page.url}/api/v1/images/{page.known('image')['id']}/annotations"
    for box in PROPOSED:
        body = {"category": "coin", "prompt": {"box": box}}
        assert page.page.request.post(route.replace("//api", "/api"), data=body).ok
    page.page.wait_for_function(f"{CANVAS}.store.get('objects').some((one) => one.status === 'proposed')")
    page.page.wait_for_timeout(2500)
    page.press("ArrowDown")


def keys(page: StudioPage) -> None:
    """The list of keys."""
    page.open_image("astronaut.png")
    page.press("?")


def dark(page: StudioPage) -> None:
    """In the dark."""
    page.open_image("astronaut.png")
    page.drag((70, 5), (390, 510))


def tour(page: StudioPage) -> None:
    """The first of the tour's four steps."""
    page.page.get_by_role("dialog", name="Tour").wait_for()


SCENES: dict[str, Scene] = {
    scene.__name__: scene
    for scene in (
        tour,
        preview,
        candidates,
        refined,
        brush,
        polygon,
        batch,
        objects,
        display,
        conflict,
        lost,
        proposed,
    )
} | {"keys": keys, "dark": dark}


def _take(browser: Browser, url: str, name: str, scene: Scene) -> None:
    scheme = "dark" if name == "dark" else "light"
    context = browser.new_context(viewport=SIZE, color_scheme=scheme)  # type: ignore[arg-type]
    page = StudioPage(context.new_page(), url, toured=name != "tour")
    page.page.wait_for_function(f"{CANVAS}.store.get('picture')")
    scene(page)
    page.page.wait_for_timeout(400)
    write_picture(page.page, IMAGES / f"canvas-{name}.png")
    context.close()


def write_picture(page: Page, path: Path, part: Locator | None = None) -> None:
    """A small PNG of what an English page shows, or of a part of it, and one of the same in Japanese."""
    _write(part or page, path)
    _speak(page, "ja")
    _write(part or page, path.with_suffix(".ja.png"))
    _speak(page, "en")


def _speak(page: Page, language: str) -> None:
    page.evaluate(SPEAK, language)
    page.wait_for_function("(language) => document.documentElement.lang === language", arg=language)
    page.wait_for_timeout(300)  # other words take other room


def _write(shown: Page | Locator, path: Path) -> None:
    picture = Image.open(io.BytesIO(shown.screenshot())).convert("RGB")
    picture.quantize(256, method=Image.Quantize.MEDIANCUT).save(path, optimize=True)
    print(path)


def main(names: list[str]) -> None:
    """Take all pictures, or the named ones."""
    with (
        tempfile.TemporaryDirectory() as folder,
        App.of_storage(Path(folder)) as app,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=ensure(), args=arguments())
        first = StudioPage(browser.new_page(), app.url)
        first.page.get_by_role("button", name="Try with sample images").click()
        first.page.wait_for_function(f"{CANVAS}.store.get('images').length > 5")
        while not first.page.evaluate(f"{CANVAS}.store.get('images').every((one) => one.ready)"):
            time.sleep(1)
            first.page.evaluate(f"{CANVAS}.session.images.refresh()")
        first.page.close()
        for name in names or SCENES:
            _take(browser, app.url, name, SCENES[name])
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
