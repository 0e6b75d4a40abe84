"""The documentation's pictures of the tabs beside the canvas: ``python -m tests.tab_pictures DATA_DIR``.

Imports twelve images of a folder with ``images/`` and ``masks/``, presses Fine-tune now in the real app,
and writes ``docs/img/{dataset,import,fine-tune-running,versions,difference}.png``, each in Japanese too
(``.ja.png``). The pictures that are in the repository were taken of BBBC038 (nuclei; CC0).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser import arguments, ensure
from tests.e2e.page import StudioPage
from tests.pictures import IMAGES, write_picture
from tests.processes import ROOT, App

SIZE = {"width": 1280, "height": 860}
JOB_SECONDS = 300_000


def main(data: Path) -> None:
    """Take them all; a press of Fine-tune now is among it."""
    with tempfile.TemporaryDirectory() as folder:
        _import(Path(folder), data)
        with App.of_storage(Path(folder)) as app, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=ensure(), args=arguments())
            page = StudioPage(browser.new_page(viewport=SIZE), app.url)  # type: ignore[arg-type]
            _dataset(page)
            _plan(page, _zipped(data, Path(folder) / "nuclei.zip"))
            _finetune(page)
            _versions(page)
            browser.close()


def _import(storage: Path, data: Path) -> None:
    command = [sys.executable, "-m", "samstudio", "--storage", str(storage), "import", "--limit", "12"]
    folders = ["--images", str(data / "images"), "--masks", str(data / "masks"), "--category", "nucleus"]
    subprocess.run([*command, *folders], cwd=ROOT, check=True)


def _dataset(page: StudioPage) -> None:
    page.tab("Dataset")
    page.page.wait_for_timeout(1500)
    write_picture(page.page, IMAGES / "dataset.png")


def _zipped(data: Path, path: Path) -> Path:
    """Write a zip of images that are not imported yet, two of them without masks."""
    with zipfile.ZipFile(path, "w") as archive:
        for number, image in enumerate(sorted((data / "images").iterdir())[10:20]):
            archive.write(image, f"images/{image.name}")
            if number not in (4, 7):
                archive.write(data / "masks" / f"{image.stem}.png", f"masks/{image.stem}.png")
    return path


def _plan(page: StudioPage, path: Path) -> None:
    dialog = page.page.locator(".ss-import:not(.ss-export)")
    page.page.get_by_role("button", name="Import", exact=True).click()
    with page.page.expect_file_chooser() as chooser:
        dialog.get_by_role("button", name="Choose files").click()
    chooser.value.set_files(path)
    dialog.locator(".ss-counts").wait_for()
    page.page.wait_for_timeout(800)
    write_picture(page.page, IMAGES / "import.png")
    dialog.get_by_role("button", name="Cancel", exact=True).click()


def _finetune(page: StudioPage) -> None:
    page.tab("Fine-tune")
    page.page.get_by_role("button", name="Fine-tune now").click()
    page.page.locator("#job").get_by_text("Judging").wait_for(timeout=JOB_SECONDS)
    write_picture(page.page, IMAGES / "fine-tune-running.png")
    page.page.locator("#job [role=status]").wait_for(timeout=JOB_SECONDS)


def _versions(page: StudioPage) -> None:
    page.tab("Versions")
    shown = page.page.locator("#compare")
    page.page.wait_for_timeout(1000)
    shown.locator("[data-cmp=progress]").wait_for(state="hidden", timeout=JOB_SECONDS)
    page.page.wait_for_timeout(800)
    write_picture(page.page, IMAGES / "versions.png")
    shown.locator("[data-cmp=sort]").select_option("better")
    shown.locator("[data-cmp=list] button").nth(1).click()
    shown.scroll_into_view_if_needed()
    page.page.wait_for_timeout(800)
    write_picture(page.page, IMAGES / "difference.png", shown)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
