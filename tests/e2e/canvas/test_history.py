"""A name is typed once; what its owner does is recorded under it, and read on the canvas."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.e2e.people import person, picture
from tests.processes import App

NAME = "山田 <b>Ann</b>"


def test_who_did_what_is_read_on_the_canvas(browser: Browser, tmp_path: Path) -> None:
    mine = picture(tmp_path)
    with App.of_storage(tmp_path / "storage") as app, browser.new_context() as context:
        who = person(context, app.url)
        page = who.page
        page.locator(".ss-author summary").click()
        page.keyboard.type(f"  {NAME} ")
        page.keyboard.press("Enter")
        expect(page.locator("[data-author-name]")).to_have_text(NAME)
        who.begin(mine)
        who.brush((60, 60), (90, 80))
        who.press("Enter")
        who.back_to(mine.name)
        expect(page.locator("[data-author-name]"), "it is kept").to_have_text(NAME)
        page.locator(".ss-object-main").first.click()
        who.press("Shift+H")
        history = page.locator("[data-history-entries] li")
        expect(history).to_have_count(1)
        expect(history.locator(".ss-history-what")).to_have_text("Drawn · Accepted")
        expect(history.locator(".ss-history-who")).to_have_text(NAME)
        who.check_quiet()
