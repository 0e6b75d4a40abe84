from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser import arguments, chromium_path
from tests.e2e.drawing import Asked, begin
from tests.e2e.lab import Lab
from tests.e2e.page import CANVAS, StudioPage
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
def dense(browser: Browser) -> Iterator[Callable[[float], Browser]]:
    """Browsers on a screen of that many device pixels a CSS pixel; an emulated one is none to a canvas."""
    launched: dict[float, Browser] = {}

    def of_ratio(ratio: float) -> Browser:
        if ratio not in launched:
            args = [*arguments(), f"--force-device-scale-factor={ratio}", "--window-size=1280,720"]
            launched[ratio] = browser.browser_type.launch(executable_path=chromium_path(), args=args)
        return launched[ratio]

    yield of_ratio
    for one in launched.values():
        one.close()


@pytest.fixture
def visit_dense(dense: Callable[[float], Browser]) -> Iterator[Callable[..., StudioPage]]:
    """As `visit`, on such a screen."""
    opened: list[StudioPage] = []

    def open_page(app: App, ratio: float) -> StudioPage:
        opened.append(StudioPage(dense(ratio).new_context(no_viewport=True).new_page(), app.url))
        return opened[-1]

    yield open_page
    for page in opened:
        page.page.context.close()
    for page in opened:
        page.check_quiet()


@pytest.fixture(scope="package")
def fake_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The page over a project whose decoder is a fake: its answers are known exactly."""
    with App.of_module("tests.unit.web.fakes", str(tmp_path_factory.mktemp("fake"))) as app:
        yield app


@pytest.fixture
def real_app(tmp_path: Path) -> Iterator[App]:
    """The real app over an empty storage folder, `tmp_path / "storage"`."""
    with App.of_storage(tmp_path / "storage") as app:
        yield app


@pytest.fixture(scope="module")
def shared(fake_app: App, browser: Browser) -> Iterator[StudioPage]:
    """One page for a module's tests: loading it takes longer than most of them."""
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    page = StudioPage(context.new_page(), fake_app.url)
    yield page
    context.close()
    page.check_quiet()


@pytest.fixture
def page(shared: StudioPage, tmp_path: Path) -> Iterator[StudioPage]:
    """That page with a picture of the test's own, the prompt tool and a brush of 20 pixels."""
    shared.page.mouse.move(2, 2)
    begin(shared, tmp_path)
    shared.page.evaluate(
        f"() => {CANVAS}.store.set({{ tool: 'prompt', many: false, brush: 20, notice: null }})"
    )
    shared.settle()
    yield shared
    shared.page.unroute_all()
    try:
        shared.check_quiet()
    finally:
        shared.noise.clear()  # the next test's is its own


@pytest.fixture
def asked(page: StudioPage) -> Iterator[Asked]:
    asked = Asked(page)
    yield asked
    asked.stop()


@pytest.fixture(scope="module")
def lab(fake_app: App, browser: Browser) -> Iterator[Lab]:
    """One page for all: these tests leave nothing behind in it."""
    context = browser.new_context()
    page = StudioPage(context.new_page(), fake_app.url)
    yield Lab(page)
    context.close()
    page.check_quiet()
