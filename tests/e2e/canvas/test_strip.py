"""The strip shows a part of the list; the keys walk all of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.e2e.page import CANVAS, StudioPage
from tests.processes import App

SHOWN = 2
"""How many images the strip lists at first, in these tests: 200 otherwise."""


def _pictures(folder: Path, names: list[str]) -> list[Path]:
    for name in names:
        draw = np.random.default_rng(abs(hash((str(folder), name))) % 2**32)
        Image.fromarray(draw.integers(0, 255, (30, 40, 3), dtype=np.uint8)).save(folder / name)
    return [folder / name for name in names]


@pytest.fixture
def page(fake_app: App, visit: Callable[..., StudioPage]) -> StudioPage:
    page = visit(fake_app)
    page.page.evaluate(f"async () => {{ {CANVAS}.store.set({{ limit: {SHOWN} }}); }}")
    return page


def _title(page: StudioPage) -> str:
    return page.page.evaluate(f"() => {CANVAS}.store.get('image')?.filename ?? ''")


def _every_image(page: StudioPage) -> list[str]:
    found = page.page.evaluate(
        """async () => {
             const reply = await fetch("api/v1/images?limit=500");
             return (await reply.json()).items.map((one) => one.filename);
           }"""
    )
    return list(found)


def _walk(page: StudioPage, key: str, names: list[str]) -> None:
    for name in names:
        page.press(key)
        page.page.wait_for_function(
            f"(name) => {CANVAS}.store.get('image')?.filename === name && {CANVAS}.store.get('opened')",
            arg=name,
        )
        page.page.wait_for_function(
            f"(name) => {CANVAS}.store.get('images').some((one) => one.filename === name)", arg=name
        )
        selected = page.page.locator("[data-strip] [aria-selected=true]")
        expect(selected).to_have_attribute("title", name)


def test_the_keys_walk_past_the_end_of_the_strip_both_ways(page: StudioPage, tmp_path: Path) -> None:
    page.upload(*_pictures(tmp_path, [f"walk {n}.png" for n in range(5)]))
    every = _every_image(page)
    assert len(every) >= 2 * SHOWN
    first = page.page.evaluate(
        "async () => (await (await fetch('api/v1/images?limit=1')).json()).items[0].id"
    )
    page.page.evaluate(f"(id) => {CANVAS}.session.images.open(id)", first)
    page.page.wait_for_function(f"(id) => {CANVAS}.store.get('image')?.id === id", arg=first)
    _walk(page, "ArrowRight", every[1:])
    page.press("ArrowRight")
    page.settle()
    assert _title(page) == every[-1], "there is none after the last one"
    expect(page.page.locator("[data-strip] .ss-more").first).to_have_text("Show earlier ones")
    _walk(page, "ArrowLeft", every[-2::-1])
    page.press("ArrowLeft")
    page.settle()
    assert _title(page) == every[0]


def test_an_image_added_beyond_the_strip_has_neighbours(page: StudioPage, tmp_path: Path) -> None:
    """The 201st: it was open, and on no strip; → went to the first image, ← nowhere."""
    names = [f"added {n}.png" for n in range(SHOWN + 2)]
    *others, last = _pictures(tmp_path, names)
    page.upload(*others)
    page.upload(last)
    every = _every_image(page)
    page.page.wait_for_function(f"(name) => {CANVAS}.store.get('image')?.filename === name", arg=last.name)
    _walk(page, "ArrowLeft", every[-2 : -SHOWN - 3 : -1])
    _walk(page, "ArrowRight", every[-SHOWN - 1 :])


def test_the_strip_grows_at_either_end(page: StudioPage, tmp_path: Path) -> None:
    page.upload(*_pictures(tmp_path, [f"grow {n}.png" for n in range(SHOWN + 3)]))
    every = _every_image(page)
    listed = f"() => {CANVAS}.store.get('images').map((one) => one.filename)"
    page.page.evaluate(f"() => {CANVAS}.session.images.refresh()")
    while page.page.evaluate(listed) != every:
        before = len(page.page.evaluate(listed))
        page.page.locator("[data-strip] .ss-more").first.click()
        page.page.wait_for_function(f"(n) => {CANVAS}.store.get('images').length > n", arg=before)
    expect(page.page.locator("[data-strip] .ss-more")).to_have_count(0)
