"""What the header says on a Space whose disk is emptied at each restart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.page import StudioPage
from tests.processes import App


@pytest.fixture
def on_a_space(tmp_path: Path) -> Iterator[App]:
    with App.of_module("tests.unit.web.fakes", str(tmp_path), env={"SPACE_ID": "ada/studio"}) as app:
        yield app


def test_a_disk_that_is_not_kept_is_said_calmly(on_a_space: App, visit: Callable[..., StudioPage]) -> None:
    page = visit(on_a_space).page
    notice = page.get_by_text("Nothing here is kept")
    expect(notice).to_be_visible()
    sentence = page.get_by_text("images, masks and versions are lost")
    expect(sentence).to_be_hidden()
    notice.click()
    expect(sentence).to_be_visible()
    page.wait_for_timeout(2500)  # the header has asked again meanwhile
    expect(sentence).to_be_visible()
