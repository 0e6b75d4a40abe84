"""See the difference: two versions side by side, by mouse, finger and keyboard, over the fake studio."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from tests.e2e.page import CANVAS, StudioPage
from tests.processes import App


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with App.of_module("tests.unit.web.fakes", str(tmp_path / "fake")) as app:
        yield app


def test_two_versions_side_by_side(app: App, visit: Callable[..., StudioPage], tmp_path: Path) -> None:
    page = visit(app, has_touch=True)
    page.tab("Versions")
    expect(part(page, "nothing")).to_contain_text("Nothing to compare on yet")
    _annotate(page, tmp_path)
    _tune(page)

    # What got worse comes first, and is looked at.
    page.tab("Versions")
    rows = part(page, "list").get_by_role("button")
    expect(rows).to_have_count(2, timeout=20_000)
    expect(rows.first).to_contain_text("−0.", timeout=20_000)
    expect(rows.first).to_contain_text("B learned from")
    expect(rows.last).to_contain_text("+0.")
    expect(part(page, "text")).to_contain_text("v1 learned from 2 of these 2 objects")
    expect(part(page, "where")).to_contain_text("narrow.png")
    for layer in ("layer-a", "layer-b"):
        expect(part(page, layer).locator("image.cmp-chosen")).to_have_count(1)

    _wipe(page)

    # The keyboard goes to another object.
    rows.first.focus()
    page.page.keyboard.press("ArrowDown")
    page.page.keyboard.press("Enter")
    expect(part(page, "where")).to_contain_text("wide.png")
    expect(rows.last).to_have_attribute("aria-current", "true")
    part(page, "sort").select_option("better")
    expect(rows.first).to_contain_text("wide.png")
    outline = part(page, "layer-true").locator(".cmp-over")
    expect(outline).to_be_visible()
    part(page, "outline").click()
    expect(outline).to_be_hidden()

    _blend_and_keep(page)
    _open_the_worst(page)

    # The pair that was chosen stays when another version comes; a page that is new shows the newest.
    _tune(page, "v3")
    page.tab("Versions")
    part(page, "b").scroll_into_view_if_needed()  # nothing is asked while nobody sees it
    expect(part(page, "b").locator("option")).to_have_count(4)
    expect(part(page, "b")).to_have_value("2")
    page.open()
    page.tab("Versions")
    expect(part(page, "a")).to_have_value("1")
    expect(part(page, "b")).to_have_value("3")


def part(page: StudioPage, name: str) -> Locator:
    """A part of the comparison."""
    return page.page.locator(f'#compare [data-cmp="{name}"]')


def _annotate(page: StudioPage, folder: Path) -> None:
    """Two pictures with an object each: the fake's tuning is better on wide ones, worse on narrow ones."""
    page.tab("Annotate")
    for seed, name in enumerate(("wide", "narrow")):
        pixels = np.random.default_rng(seed).integers(0, 255, (120, 160, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{name}.png")
    page.upload(folder / "wide.png", folder / "narrow.png")
    for name, right in (("wide", 100), ("narrow", 44)):
        page.open_image(f"{name}.png")
        page.drag((30, 30), (right, 80))
        page.accept()


def _tune(page: StudioPage, made: str = "v1") -> None:
    page.tab("Fine-tune")
    page.page.get_by_role("button", name="Fine-tune now").click()
    expect(page.live).to_have_text(made, timeout=20_000)


def _wipe(page: StudioPage) -> None:
    """By keyboard, mouse and finger."""
    wipe = page.page.get_by_role("slider", name="Wipe between A and B")
    expect(wipe).to_have_attribute("aria-valuenow", "28")  # through the middle of the object
    wipe.focus()
    page.page.keyboard.press("ArrowRight")
    expect(wipe).to_have_attribute("aria-valuenow", "30")
    page.page.keyboard.press("Home")
    expect(wipe).to_have_attribute("aria-valuenow", "0")
    stage = part(page, "stage").bounding_box()
    assert stage
    middle = stage["y"] + stage["height"] / 2
    page.page.mouse.move(stage["x"] + 5, middle)
    page.page.mouse.down()
    page.page.mouse.move(stage["x"] + stage["width"] * 0.75, middle)
    page.page.mouse.up()
    expect(wipe).to_have_attribute("aria-valuenow", "75")
    page.page.touchscreen.tap(stage["x"] + stage["width"] * 0.25, middle)
    expect(wipe).to_have_attribute("aria-valuenow", "25")
    expect(wipe).to_have_attribute("aria-valuetext", "stock on 25 % of the picture, v1 on the rest")


def _blend_and_keep(page: StudioPage) -> None:
    """Half of the way from stock, looked at and kept."""
    keep = part(page, "keep")
    expect(keep).to_be_disabled()
    expect(part(page, "badge-b")).to_contain_text("B · v1 · 1.000")
    part(page, "strength-at").fill("2")
    expect(part(page, "badge-b")).to_contain_text("B · ½ v1 · 0.8", timeout=20_000)
    keep.click()
    message = page.page.locator("#versions-message")
    expect(message).to_contain_text("Kept as version 2. It is not live", timeout=20_000)
    expect(page.page.locator("#versions")).to_contain_text("Half of the way from stock to version 1")
    expect(part(page, "b")).to_have_value("2")

    page.page.get_by_role("button", name="Details").last.click()
    details = page.page.locator(".ss-details")
    expect(details).to_contain_text("2 objects")
    expect(details.get_by_role("img", name="Loss")).to_be_visible()


def _open_the_worst(page: StudioPage) -> None:
    """From the list of worst objects to the canvas, at that object."""
    part(page, "todo-list").get_by_role("button").first.click()
    page.page.wait_for_function(f"{CANVAS}.store.get('image')?.filename === 'narrow.png'")
    page.page.wait_for_function(f"{CANVAS}.store.get('selection').length === 1")
    expect(page.objects.first).to_have_attribute("aria-current", "true")
