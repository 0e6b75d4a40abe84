"""Images chosen, dropped and pasted on the canvas: each has its own outcome, and the counts are true."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import tifffile
from playwright.sync_api import Browser, Route, expect

from tests.e2e.drops import PASTE, drop
from tests.e2e.people import Person, person
from tests.processes import App
from tests.synthetic import write_folder

IMAGES = "**/api/v1/images?*"


@pytest.fixture
def who(fake_app: App, browser: Browser) -> Iterator[Person]:
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    one = person(context, fake_app.url)
    yield one
    context.close()
    one.check_quiet()


@pytest.fixture
def five(tmp_path: Path, request: pytest.FixtureRequest) -> list[Path]:
    """Five pictures that no other test has."""
    seed = abs(hash(request.node.name)) % 10**6
    images, _ = write_folder(tmp_path / "five", count=5, first_seed=seed, size=48)
    return sorted(images.iterdir())


def named(name: str) -> str:
    return f"filename={name}"


def test_a_lost_request_is_sent_again(who: Person, five: list[Path]) -> None:
    lost = []

    def lose_once(route: Route) -> None:
        if named("picture_01.png") in route.request.url and not lost:
            lost.append(route.request.url)
            return route.abort("connectionreset")
        return route.continue_()

    before = who.thumbs.count()
    who.page.route(IMAGES, lose_once)
    who.upload(*five)
    assert lost
    expect(who.thumbs).to_have_count(before + 5)
    expect(who.notice).to_be_hidden()


def test_a_lost_answer_counts_what_came_in_as_added(who: Person, five: list[Path]) -> None:
    lost = []

    def lose_answer(route: Route) -> None:
        if named("picture_01.png") in route.request.url and not lost:
            lost.append(route.fetch())
            return route.abort("connectionreset")
        return route.continue_()

    before = who.thumbs.count()
    who.page.route(IMAGES, lose_answer)
    who.upload(*five)
    assert lost
    expect(who.thumbs).to_have_count(before + 5)
    expect(who.notice).to_be_hidden()


def test_what_cannot_be_sent_is_named_the_rest_is_sent_and_it_can_be_sent_again(
    who: Person, five: list[Path]
) -> None:
    before = who.thumbs.count()
    bad = five[2].with_name("broken.png")
    bad.write_text("no picture")
    who.page.route(
        IMAGES,
        lambda route: (
            route.abort("connectionreset")
            if named("picture_01.png") in route.request.url
            else route.continue_()
        ),
    )
    who.upload(*five[:2], bad, *five[3:])
    expect(who.notice).to_contain_text("3 of 5 images were added. These were not:")
    rows = who.notice.locator("li")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text(
        "“picture_01.png” could not be sent: the server did not answer. It was sent 4 times."
    )
    expect(rows.nth(1)).to_contain_text("broken.png")
    expect(who.thumbs).to_have_count(before + 3)

    who.page.unroute_all()
    who.notice.get_by_role("button", name="Send again").click()
    expect(who.thumbs).to_have_count(before + 4)
    expect(who.notice).to_be_hidden()


def test_images_here_already_are_not_counted_as_added(who: Person, five: list[Path]) -> None:
    who.upload(*five[:2])
    bad = five[4].with_name("broken.png")
    bad.write_text("no picture")
    who.upload(*five[:4], bad)
    expect(who.notice).to_contain_text("2 of 5 images were added. 2 were here already. These were not:")


def test_dropped_and_pasted_images_go_onto_the_canvas(who: Person, five: list[Path]) -> None:
    before = who.thumbs.count()
    drop(who.page, *five[:2])
    expect(who.thumbs).to_have_count(before + 2)
    who.page.evaluate(PASTE, {"base64": base64.b64encode(five[2].read_bytes()).decode(), "name": "image.png"})
    expect(who.thumbs).to_have_count(before + 3)
    expect(who.page.locator("[data-title]")).to_contain_text("pasted-")


def test_a_stack_comes_in_whole_and_what_was_decided_is_said(who: Person, tmp_path: Path) -> None:
    values = np.random.default_rng(20261128).integers(0, 60_000, (3, 4, 48, 48)).astype(np.uint16)
    stack, channels = tmp_path / "pages.tif", tmp_path / "channels.ome.tif"
    tifffile.imwrite(stack, values[:, 0], photometric="minisblack")
    tifffile.imwrite(channels, values[0], photometric="minisblack", metadata={"axes": "CYX"})
    before = who.thumbs.count()
    who.upload(stack)
    expect(who.thumbs).to_have_count(before + 3)
    expect(who.notice).to_be_hidden()
    who.upload(channels)
    expect(who.thumbs).to_have_count(before + 4)
    expect(who.notice).to_contain_text("channels.ome.tif has 4 channels: the first three are shown")
