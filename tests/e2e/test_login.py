"""Logging in, seeing the canvas, logging out, in a real browser; and a server that others can reach."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.processes import App

PASSWORD = "correct horse"


def _app(storage: Path, *arguments: str, **env: str) -> App:
    command = [sys.executable, "-m", "samstudio", "--storage", str(storage), "serve", "--port", "0"]
    return App([*command, *arguments], env=env)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with _app(tmp_path / "storage", SAMSTUDIO_PASSWORD=PASSWORD) as app:
        yield app


def test_in_and_out(app: App, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 720}, java_script_enabled=True)
    page = context.new_page()
    page.goto(f"{app.url}?view=1")
    expect(page).to_have_title("Log in · SAM Studio")
    page.get_by_label("Password").fill("wrong horse")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Try again")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(f"{app.url}?view=1")
    page.wait_for_selector("[data-canvas][data-state=mounted]")
    expect(page.locator("[data-live-name]")).to_have_text("stock")

    # The password changes, or the login grows old, while the page is open: it asks again.
    context.clear_cookies()
    expect(page.get_by_label("Password")).to_be_visible(timeout=15_000)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-canvas][data-state=mounted]")

    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("status")).to_have_text("You are logged out.")
    page.goto(app.url)
    expect(page).to_have_title("Log in · SAM Studio")
    context.close()
    assert PASSWORD not in app.log
    assert "wrong horse" not in app.log


def test_where_others_can_reach_it_a_password_is_made_up(tmp_path: Path) -> None:
    with _app(tmp_path / "storage", "--host", "0.0.0.0", SAMSTUDIO_LOG_FORMAT="json") as app:
        made_up = re.search(r"^    ([a-z0-9-]{19})$", app.log, re.MULTILINE)
        assert made_up
        assert httpx.get(f"{app.url}config").status_code == 401
        with httpx.Client(base_url=app.url) as client:
            assert client.post("/login", data={"password": made_up[1]}).status_code == 303
            assert client.get("/config").status_code == 200
