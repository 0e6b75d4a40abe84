from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser import arguments, chromium_path
from tests.e2e.page import StudioPage
from tests.processes import App


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    path = chromium_path()
    assert path, "no Chromium here: run `python -m tests.browser`"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments())
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., StudioPage]]:
    """Open an app in a fresh browser context; afterwards nothing may have gone wrong in it."""
    opened: list[StudioPage] = []

    def open_page(
        app: App, *, width: int = 1280, height: int = 720, ratio: float = 1.0, toured: bool = True, **how: Any
    ) -> StudioPage:
        """``how``: more of Playwright's options of a browser context, such as ``has_touch``."""
        context = browser.new_context(
            viewport={"width": width, "height": height},
            device_scale_factor=ratio,
            accept_downloads=True,
            **how,
        )
        page = StudioPage(context.new_page(), app.url, toured=toured)
        opened.append(page)
        return page

    yield open_page
    for page in opened:
        page.page.context.close()
    for page in opened:
        page.check_quiet()


@pytest.fixture(scope="package")
def fake_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The page over a studio in memory whose answers are known exactly."""
    with App.of_module("tests.unit.ui.fakes", str(tmp_path_factory.mktemp("fake"))) as app:
        yield app


@pytest.fixture
def real_app(tmp_path: Path) -> Iterator[App]:
    """The real app over an empty storage folder, `tmp_path / "storage"`."""
    with App.of_storage(tmp_path / "storage") as app:
        yield app
