"""Proposed objects, which nobody has accepted yet: shown as such, accepted, rejected, corrected."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.drawing import Hand, bits, choose_brush, look, stored
from tests.e2e.page import CANVAS, StudioPage
from tests.integration.commands import run_json
from tests.processes import App
from tests.synthetic import write_folder

BOXES = ((40, 40, 120, 120), (160, 60, 240, 140), (280, 80, 360, 160))

PROPOSE = f"""() => {{
  const {{ store, session }} = {CANVAS};
  const objects = store.get("objects").map((one) => ({{ ...one, status: "proposed" }}));
  return session.objectStore.change(store.get("image").id, {{ restore: objects }});
}}"""


@pytest.fixture
def proposed(page: StudioPage) -> StudioPage:
    """A picture with three proposed objects, as another program would have left them."""
    for box in BOXES:
        page.drag(box[:2], box[2:])
        page.accept()
    page.page.evaluate(PROPOSE)
    expect(_proposed(page)).to_have_count(3)
    page.press("Escape")
    return page


def _proposed(page: StudioPage) -> Locator:
    return page.page.locator(".ss-proposed")


def _states(page: StudioPage) -> list[str]:
    return [one["status"] for one in stored(page)]


def _counts(page: StudioPage) -> tuple[int, int]:
    image = page.known("image")
    (one,) = (one for one in page.known("images") if one["id"] == image["id"])
    return one["accepted"], one["proposed"]


def test_a_proposal_is_told_from_an_accepted_object(proposed: StudioPage) -> None:
    expect(proposed.page.locator("[data-proposals-text]")).to_have_text("3 proposed")
    expect(proposed.objects.first.locator(".ss-object-facts")).to_have_text("0.93 · proposed")
    assert _counts(proposed) == (0, 3)
    light = proposed.painted(60, 60, 100, 100, layer="objects")
    shade = look(proposed, 80, 80)[3]
    proposed.page.get_by_role("button", name="Accept all").click()
    expect(_proposed(proposed)).to_have_count(0)
    proposed.settle()
    assert light == 1.0
    assert look(proposed, 80, 80)[3] == pytest.approx(2 * shade, rel=0.1)
    expect(proposed.page.locator("[data-proposals]")).to_be_hidden()
    assert _states(proposed) == ["accepted"] * 3
    assert _counts(proposed) == (3, 0)


def test_enter_accepts_delete_rejects_and_the_next_one_is_selected(proposed: StudioPage) -> None:
    low, middle, top = (one["id"] for one in stored(proposed))
    proposed.press("ArrowDown")
    expect(proposed.page.locator("[data-draft-title]")).to_have_text("Proposed object")
    assert proposed.known("selection") == [top]
    proposed.press("Enter")
    assert proposed.known("selection") == [middle]
    proposed.press("Delete")
    assert proposed.known("selection") == [low]
    proposed.press("Enter")
    assert [(one["id"], one["status"]) for one in stored(proposed)] == [(low, "accepted"), (top, "accepted")]
    assert _counts(proposed) == (2, 0)
    for left in (["proposed", "accepted"], ["proposed", "proposed", "accepted"], ["proposed"] * 3):
        proposed.press("Control+z")
        assert _states(proposed) == left
    assert _counts(proposed) == (0, 3)
    for _ in range(3):
        proposed.press("Control+Shift+z")
    assert [(one["id"], one["status"]) for one in stored(proposed)] == [(low, "accepted"), (top, "accepted")]
    assert _counts(proposed) == (2, 0)


def test_a_proposal_that_is_corrected_and_saved_is_accepted(proposed: StudioPage) -> None:
    before = [one["bits"] for one in stored(proposed)]
    proposed.press("ArrowDown")
    proposed.press("F2")
    choose_brush(proposed, 20)
    Hand(proposed).stroke((300, 200), (340, 200))
    drawn = bits(proposed)
    proposed.press("Enter")
    *others, one = stored(proposed)
    assert (one["status"], [each["status"] for each in others]) == ("accepted", ["proposed"] * 2)
    assert (one["bits"] == drawn).all()
    assert drawn.sum() > before[2].sum()
    proposed.press("Control+z")
    assert _states(proposed) == ["proposed"] * 3
    assert (stored(proposed)[2]["bits"] == before[2]).all()


def test_a_locked_proposal_stays_and_stays_selected(proposed: StudioPage) -> None:
    proposed.press("ArrowDown")
    selected = proposed.known("selection")
    proposed.press("l")
    for key in ("Delete", "Enter"):
        proposed.press(key)
        assert proposed.known("selection") == selected
    assert _states(proposed) == ["proposed"] * 3


def test_one_is_accepted_in_its_row(proposed: StudioPage) -> None:
    proposed.page.get_by_role("button", name="Accept proposed").last.click()
    expect(_proposed(proposed)).to_have_count(2)
    assert _states(proposed) == ["accepted", "proposed", "proposed"]


def test_masks_imported_as_proposals_are_reviewed_on_the_page(
    tmp_path: Path, real_app: App, visit: Callable[..., StudioPage]
) -> None:
    images, masks = write_folder(tmp_path / "data", count=1)
    folders = ("--images", images, "--masks", masks)
    run_json(tmp_path / "storage", "import", *folders, "--status", "proposed")
    page = visit(real_app)
    expect(_proposed(page).first).to_be_visible()
    count = _proposed(page).count()
    expect(page.page.locator(".ss-badge-open")).to_have_text(str(count))
    page.press("ArrowDown")
    page.press("Enter")
    page.page.get_by_role("button", name="Accept all").click()
    expect(_proposed(page)).to_have_count(0)
    page.open()
    expect(page.objects).to_have_count(count)
    expect(_proposed(page)).to_have_count(0)
    assert _states(page) == ["accepted"] * count
