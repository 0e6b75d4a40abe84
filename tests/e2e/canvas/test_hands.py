"""Fingers, a pen, the keyboard alone, and a reader of screens: everyone can draw."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import CDPSession, expect

from tests.e2e.page import CANVAS, StudioPage
from tests.processes import App

NAMED = {
    "button",
    "slider",
    "checkbox",
    "textbox",
    "option",
    "combobox",
    "tab",
    "application",
    "dialog",
    "listbox",
}


INSIDE = """() => {
  const card = document.querySelector(".ss-tour").getBoundingClientRect();
  const frame = document.querySelector("[data-canvas]").getBoundingClientRect();
  return card.left >= frame.left && card.right <= frame.right && card.top >= frame.top
    && card.bottom <= frame.bottom;
}"""

FOCUS = """() => {
  const element = document.activeElement;
  const style = getComputedStyle(element);
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  const name = element.getAttribute("aria-label") ?? element.textContent.trim().slice(0, 40);
  return [name, outlined || style.boxShadow !== "none" || element === document.body];
}"""

CUT_OFF = """() => [...document.querySelectorAll("[data-canvas] button, [data-canvas] input")]
  .filter((element) => element.offsetParent !== null && !element.closest("dialog"))
  .filter((element) => {
    const { left, right, bottom } = element.getBoundingClientRect();
    const outside = right > innerWidth + 1 || left < -1 || bottom > innerHeight + 1;
    return outside || element.scrollWidth > element.clientWidth + 2;
  })
  .map((element) => element.getAttribute("aria-label") ?? element.textContent)"""


def _picture(folder: Path) -> Path:
    path = folder / f"{folder.name}.png"
    seed = abs(hash(str(folder))) % 2**32
    pixels = np.random.default_rng(seed).integers(60, 120, (30, 40, 3), dtype=np.uint8)
    Image.fromarray(pixels).resize((400, 300), Image.Resampling.NEAREST).save(path)
    return path


@pytest.fixture
def at_work(fake_app: App, visit: Callable[..., StudioPage], tmp_path: Path) -> Callable[..., StudioPage]:
    """A page with a picture of its own open."""

    def open_page(**how: Any) -> StudioPage:
        page = visit(fake_app, **how)
        path = _picture(tmp_path)
        page.upload(path)
        page.open_image(path.name)
        return page

    return open_page


class Fingers:
    """Touches, sent as a touch screen sends them."""

    def __init__(self, page: StudioPage) -> None:
        self.page = page
        self.cdp: CDPSession = page.page.context.new_cdp_session(page.page)

    def send(self, kind: str, *places: tuple[float, float]) -> None:
        points = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(places)]
        self.cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def drag(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        (ax, ay), (bx, by) = self.page.middle(*start), self.page.middle(*end)
        self.send("touchStart", (ax, ay))
        self.send("touchMove", ((ax + bx) / 2, (ay + by) / 2))
        self.send("touchMove", (bx, by))
        self.send("touchEnd")
        self.page.settle()

    def hold(self, x: int, y: int) -> None:
        self.send("touchStart", self.page.middle(x, y))
        self.page.page.wait_for_timeout(700)
        self.send("touchEnd")
        self.page.settle()


def test_a_finger_draws_a_box_taps_and_takes_away_by_a_long_press(at_work: Callable[..., StudioPage]) -> None:
    page = at_work(has_touch=True)
    finger = Fingers(page)
    finger.drag((100, 50), (200, 150))
    assert page.known("draft")["box"] == [100, 50, 200, 150]
    finger.send("touchStart", page.middle(260, 100))
    finger.send("touchEnd")
    page.settle()
    finger.hold(150, 100)
    points = page.known("draft")["points"]
    assert [(p["x"], p["y"], p["label"]) for p in points] == [(260, 100, 1), (150, 100, 0)]


def test_two_fingers_move_and_zoom_without_drawing(at_work: Callable[..., StudioPage]) -> None:
    page = at_work(has_touch=True)
    before = page.known("view")
    (ax, ay), (bx, by) = page.middle(150, 150), page.middle(250, 150)
    finger = Fingers(page)
    finger.send("touchStart", (ax, ay))
    finger.send("touchStart", (ax, ay), (bx, by))
    middle = ((ax + bx) / 2, ay)
    point = page.pixel_at(*middle)
    for step in range(1, 6):
        spread = 12 * step
        finger.send("touchMove", (ax - spread, ay + 5 * step), (bx + spread, by + 5 * step))
    finger.send("touchEnd")
    page.settle()
    ratio = (bx - ax + 120) / (bx - ax)
    assert page.known("view")["scale"] == pytest.approx(before["scale"] * ratio, rel=0.01)
    assert page.at(*point) == pytest.approx((middle[0], middle[1] + 25), abs=1.0), (
        "what lay between the fingers still does"
    )
    assert page.known("draft")["box"] is None
    assert page.known("draft")["points"] == []


def test_a_pen_draws_and_then_fingers_only_move_the_picture(at_work: Callable[..., StudioPage]) -> None:
    page = at_work(has_touch=True)
    page.press("b")
    finger = Fingers(page)

    def pen(kind: str, x: int, y: int, buttons: int) -> None:
        px, py = page.middle(x, y)
        event = {"type": kind, "x": px, "y": py, "pointerType": "pen", "button": "left", "buttons": buttons}
        finger.cdp.send("Input.dispatchMouseEvent", {**event, "clickCount": 1})

    pen("mousePressed", 100, 100, 1)
    pen("mouseMoved", 140, 100, 1)
    pen("mouseReleased", 140, 100, 0)
    page.settle()
    mask = page.page.evaluate(f"(({{x, y, w, h}}) => [x, y, w, h])({CANVAS}.store.get('draft').mask)")
    assert mask[2] > 40
    assert mask[3] == 20
    view = page.known("view")
    finger.drag((200, 200), (220, 220))
    assert page.known("view")["x"] > view["x"], "the finger moved the picture"
    after = page.page.evaluate(f"(({{x, y, w, h}}) => [x, y, w, h])({CANVAS}.store.get('draft').mask)")
    assert after == mask, "and drew nothing"


def test_everything_is_drawn_by_keyboard(at_work: Callable[..., StudioPage]) -> None:
    page = at_work()
    page.page.locator("[data-stage]").focus()
    page.press("k")
    expect(page.page.locator("[data-announcement]")).to_have_text("200, 150")
    for key in (
        "Shift+ArrowLeft",
        "Shift+ArrowUp",
        "b",
        "Shift+ArrowRight",
        "Shift+ArrowDown",
        "ArrowDown",
        "b",
    ):
        page.press(key)
    assert page.known("draft")["box"] == [180, 130, 200, 151]
    page.press("Shift+ArrowRight")
    page.press("Space")
    page.press("Shift+ArrowRight")
    page.press("Shift+Space")
    points = page.known("draft")["points"]
    assert [(p["x"], p["y"], p["label"]) for p in points] == [(220, 151, 1), (240, 151, 0)]
    page.accept()
    page.press("k")
    title = page.page.locator("[data-title]").inner_text()
    page.press("ArrowDown")
    expect(page.page.locator("[data-object][aria-current]")).to_have_count(1)
    assert page.page.locator("[data-title]").inner_text() == title
    page.press("Delete")
    expect(page.objects).to_have_count(0)


def test_the_keyboards_cursor_stays_in_sight_when_the_picture_is_zoomed(
    at_work: Callable[..., StudioPage],
) -> None:
    page = at_work()
    page.page.locator("[data-stage]").focus()
    page.press("k")
    for _ in range(10):
        page.press("+")
    for _ in range(8):
        page.press("Shift+ArrowRight")
    stage = page.page.locator("[data-stage]").bounding_box()
    assert stage
    x, y = page.middle(360, 150)
    assert stage["x"] <= x <= stage["x"] + stage["width"]
    assert stage["y"] <= y <= stage["y"] + stage["height"]


def test_the_tour_shows_four_steps_once(
    fake_app: App, visit: Callable[..., StudioPage], tmp_path: Path
) -> None:
    page = visit(fake_app, toured=False)
    page.upload(_picture(tmp_path))
    tour = page.page.get_by_role("dialog", name="Tour")
    for number in (1, 2, 3, 4):
        expect(tour).to_contain_text(f"{number} of 4")
        assert page.page.evaluate(INSIDE), "the card lies within the canvas"
        tour.locator(".ss-primary").click()
    expect(tour).to_be_hidden()
    page.open()
    page.page.wait_for_function(f"{CANVAS}.store.get('picture')")
    expect(tour).to_be_hidden()
    page.press("?")
    page.page.get_by_role("button", name="Show the tour").click()
    expect(tour).to_contain_text("1 of 4")
    page.page.keyboard.press("Escape")
    expect(tour).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_control_has_a_name_and_shows_its_focus(
    at_work: Callable[..., StudioPage], scheme: str
) -> None:
    page = at_work(color_scheme=scheme)
    page.drag((100, 50), (200, 150))
    page.accept()
    page.objects.locator("button").first.click()
    page.page.get_by_role("button", name="Brightness, contrast, opacity (Y)").click()
    tree = page.page.context.new_cdp_session(page.page).send("Accessibility.getFullAXTree")["nodes"]
    named = [node for node in tree if not node.get("ignored") and node.get("role", {}).get("value") in NAMED]
    nameless = [node for node in named if not node.get("name", {}).get("value", "").strip()]
    assert len(named) > 40
    assert nameless == []
    page.page.keyboard.press("Escape")
    seen: set[str] = set()
    for _ in range(60 + page.thumbs.count()):  # each picture of the strip is a stop
        page.page.keyboard.press("Tab")
        name, visible = page.page.evaluate(FOCUS)
        assert visible, f"{name!r} does not show that it has the focus"
        seen.add(name)
    assert {"Brush (B)", "Undo (Ctrl+Z)", "Keys (?)", "New category"} <= seen


@pytest.mark.parametrize("size", [(1280, 720), (1024, 640)])
def test_nothing_is_cut_off_in_a_small_window(
    at_work: Callable[..., StudioPage], size: tuple[int, int]
) -> None:
    page = at_work(width=size[0], height=size[1])
    page.press("b")
    hidden = page.page.evaluate(CUT_OFF)
    assert hidden == []
    over = page.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not over
