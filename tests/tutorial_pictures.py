"""The tutorial's pictures, taken by following it: ``python -m tests.tutorial_pictures``.

Draws the pictures with the page's own first Python block, annotates two of them in the real app,
presses Fine-tune now, and writes ``docs/img/tutorial-*.png``, each in Japanese too (``.ja.png``).
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser import arguments, ensure
from tests.code_blocks import blocks, run_python
from tests.e2e.page import CANVAS, StudioPage
from tests.pictures import IMAGES, write_picture
from tests.processes import ROOT, App

SIZE = {"width": 1280, "height": 680}
JOB_SECONDS = 400_000

FIRST, SECOND = "cell-040.png", "cell-041.png"
CELLS = {FIRST: ((36, 122, 92, 178), (162, 89, 222, 151)), SECOND: ((40, 104, 88, 164), (171, 78, 213, 152))}
"""The boxes of the cells on the two pictures that are annotated by hand."""

CORNERS = 20
"""Of the polygon that corrects a cell."""


def main() -> None:
    """Take them all; a press of Fine-tune now is among it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.chdir(folder)
        draw = next(block for block in blocks("tutorial.md") if block.language == "python")
        run_python(draw.source, {}, page="tutorial.md")
        storage = folder / "storage"
        with App.of_storage(storage) as app, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=ensure(), args=arguments())
            page = StudioPage(browser.new_page(viewport=SIZE), app.url)  # type: ignore[arg-type]
            _by_hand(page, folder / "tutorial/by-hand/images")
            _import(storage, folder / "tutorial/learn")
            _finetune(page)
            _afterwards(page)
            _difference(page)
            browser.close()


def _by_hand(page: StudioPage, images: Path) -> None:
    page.upload(images / FIRST, images / SECOND)
    page.open_image(FIRST)
    page.page.wait_for_function(f"{CANVAS}.store.get('ready')", timeout=60_000)
    field = page.page.locator("[data-new-category]")
    field.fill("cell")
    field.press("Enter")
    _box(page, FIRST, 1)
    _take(page, "box")
    _correct(page, FIRST, 1)
    _take(page, "corrected")
    page.accept()
    _box(page, FIRST, 0)
    _correct(page, FIRST, 0)
    page.accept()
    page.open_image(SECOND)
    for number in (0, 1):
        _box(page, SECOND, number)
        _correct(page, SECOND, number)
        page.accept()


def _box(page: StudioPage, name: str, number: int) -> None:
    x0, y0, x1, y1 = CELLS[name][number]
    page.press("s")
    page.drag((x0, y0), (x1, y1))
    page.page.mouse.move(4, 4)


def _correct(page: StudioPage, name: str, number: int) -> None:
    """A polygon round the whole cell; its corners keep off the handles of the box."""
    x0, y0, x1, y1 = CELLS[name][number]
    page.press("p")
    for corner in range(CORNERS):
        turn = (corner + 0.5) * 2 * math.pi / CORNERS
        x, y = (x0 + x1) / 2 + math.cos(turn) * (x1 - x0) / 2, (y0 + y1) / 2 + math.sin(turn) * (y1 - y0) / 2
        page.click(round(x), round(y))
    page.press("Enter")
    page.page.mouse.move(4, 4)


def _import(storage: Path, learn: Path) -> None:
    command = [sys.executable, "-m", "samstudio", "--storage", str(storage), "import", "--category", "cell"]
    folders = ["--images", str(learn / "images"), "--masks", str(learn / "masks")]
    subprocess.run([*command, *folders], cwd=ROOT, check=True)


def _finetune(page: StudioPage) -> None:
    page.tab("Fine-tune")
    page.page.get_by_role("button", name="Fine-tune now").click()
    page.page.locator("#job [role=status]").wait_for(timeout=JOB_SECONDS)
    page.page.wait_for_timeout(1500)
    _take(page, "verdict")


def _afterwards(page: StudioPage) -> None:
    """A box round a cell, answered by what was tuned; its accepted mask is out of the way."""
    page.tab("Annotate")
    page.open_image(SECOND)
    page.objects.last.get_by_role("button", name="Hide").click()
    _box(page, SECOND, 0)
    _take(page, "after")


def _difference(page: StudioPage) -> None:
    page.tab("Versions")
    shown = page.page.locator("#compare section").first
    page.page.wait_for_timeout(3000)  # until it is being scored
    shown.locator("[data-cmp=progress]").wait_for(state="hidden", timeout=JOB_SECONDS)
    shown.locator("[data-cmp=sort]").select_option("better")
    shown.locator("[data-cmp=list] button").first.click()
    shown.scroll_into_view_if_needed()
    page.page.wait_for_timeout(1000)
    write_picture(page.page, IMAGES / "tutorial-difference.png", shown)


def _take(page: StudioPage, name: str) -> None:
    page.page.wait_for_timeout(400)
    write_picture(page.page, IMAGES / f"tutorial-{name}.png")


if __name__ == "__main__":
    main()
