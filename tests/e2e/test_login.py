"""Logging in, seeing the canvas, logging out: a real browser, on an address that others can reach."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from playwright.sync_api import Browser, expect

from tests.processes import App


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    arguments = ["--storage", str(tmp_path / "storage"), "serve", "--host", "0.0.0.0", "--port", "0"]
    env = {"SAMSTUDIO_LOG_FORMAT": "json", "GRADIO_NUM_WORKERS": "1"}
    with App.of_module("samstudio", *arguments, env=env) as app:
        yield app


def test_in_and_out(app: App, browser: Browser) -> None:
    # Nothing is set, so the app made a password up and told it to whoever started it.
    made_up = re.search(r"^    ([a-z0-9-]{19})$", app.log, re.MULTILINE)
    assert made_up
    password = made_up[1]
    assert httpx.get(f"{app.url}config").status_code == 401
    # Gradio's file workers would listen on ports of their own, which have no authentication.
    assert not psutil.Process(app.process.pid).children(recursive=True)

    context = browser.new_context(viewport={"width": 1280, "height": 720})
    page = context.new_page()
    page.goto(f"{app.url}?view=1")
    expect(page).to_have_title("Log in · SAM Studio")
    page.get_by_label("Password").fill("wrong horse")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Try again")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(f"{app.url}?view=1")
    page.wait_for_selector("[data-canvas][data-state=mounted]")
    expect(page.locator("[data-live-name]")).to_have_text("stock")

    # The password changes, or the login grows old, while the page is open: it asks again.
    context.clear_cookies()
    expect(page.get_by_label("Password")).to_be_visible(timeout=15_000)
    page.get_by_label("Password").fill(password)
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-canvas][data-state=mounted]")

    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("status")).to_have_text("You are logged out.")
    page.goto(app.url)
    expect(page).to_have_title("Log in · SAM Studio")
    context.close()

    lines = [json.loads(line) for line in app.log.splitlines() if line.startswith("{")]
    assert {"GET /config 401", "POST /login 401"} <= {line["message"].rsplit(" ", 2)[0] for line in lines}
    assert all(
        len(line["request_id"]) == 32
        for line in lines
        if line["logger"] == "samstudio.web.observability.middleware"
    )
    assert app.log.count(password) == 1, "said at the start, never again"
    assert "wrong horse" not in app.log
