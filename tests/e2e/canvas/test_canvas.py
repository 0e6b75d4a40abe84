"""Drawing, correcting, accepting, undoing: the decoder is a fake, so each answer is known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.e2e.page import CANVAS, StudioPage
from tests.processes import App


def _picture(folder: Path, name: str, *, width: int = 400, height: int = 300) -> Path:
    """A picture that no other test uploads."""
    path = folder / name
    seed = abs(hash((str(folder), name))) % 2**32
    pixels = np.random.default_rng(seed).integers(60, 120, (height // 10, width // 10, 3), dtype=np.uint8)
    Image.fromarray(pixels).resize((width, height), Image.Resampling.NEAREST).save(path)
    return path


@pytest.fixture
def page(fake_app: App, visit: Callable[..., StudioPage], tmp_path: Path) -> StudioPage:
    page = visit(fake_app)
    path = _picture(tmp_path, f"{tmp_path.name}.png")
    page.upload(path)
    page.open_image(path.name)
    return page


def test_a_box_becomes_a_mask_that_fills_it(page: StudioPage) -> None:
    page.drag((100, 50), (200, 150))
    assert page.known("draft")["box"] == [100, 50, 200, 150]
    assert page.painted(120, 80, 180, 120) == 1.0
    assert page.painted(250, 50, 390, 95) == 0.0
    expect(page.page.locator("[data-draft-text]")).to_have_text("Predicted IoU 0.93 · stock")


def test_clicks_refine_and_undo_takes_them_back(page: StudioPage) -> None:
    page.drag((100, 50), (200, 150))
    page.click(150, 100, button="right")
    assert page.painted(157, 104, 160, 108) == 0.0, "the negative point cut a hole, beside its mark"
    page.click(250, 100)
    assert page.painted(262, 96, 272, 104) == 1.0, "the positive point added a disc"
    page.click(262, 100, alt=True)
    assert [p["label"] for p in page.known("draft")["points"]] == [0, 1, 0]
    page.press("Control+z")
    page.press("Control+z")
    assert page.painted(262, 96, 272, 104) == 0.0
    page.press("Control+z")
    assert page.painted(157, 104, 160, 108) == 1.0
    page.press("Control+z")
    assert page.known("draft")["box"] is None
    for _ in range(4):
        page.press("Control+Shift+z")
    assert [p["label"] for p in page.known("draft")["points"]] == [0, 1, 0]


def test_one_click_starts_an_object(page: StudioPage) -> None:
    page.click(60, 60, button="right")
    expect(page.notice).to_contain_text("Start with a box or a left click")
    page.click(60, 60)
    assert page.painted(50, 75, 70, 85) == 1.0
    expect(page.notice).to_be_hidden()


def test_escape_clears_and_can_be_undone(page: StudioPage) -> None:
    page.drag((100, 50), (200, 150))
    page.press("Escape")
    assert page.painted(120, 80, 180, 120) == 0.0
    page.press("Control+z")
    assert page.painted(120, 80, 180, 120) == 1.0


def test_an_accepted_object_is_still_there_after_a_reload(page: StudioPage) -> None:
    page.drag((100, 50), (200, 150))
    page.accept()
    name = page.known("image")["filename"]
    assert page.known("draft")["box"] is None
    assert page.painted(120, 80, 180, 120, layer="objects") == 1.0
    expect(page.objects).to_contain_text("0.93 · stock")
    page.open()
    page.open_image(name)
    expect(page.objects).to_have_count(1)
    assert page.painted(120, 80, 180, 120, layer="objects") == 1.0
    expect(page.page.locator(f'.ss-thumb[title="{name}"] .ss-badge')).to_have_text("1")


def test_accepting_and_deleting_can_be_undone_and_redone(page: StudioPage) -> None:
    page.drag((100, 50), (200, 150))
    page.accept()
    page.objects.get_by_role("button", name="Delete").click()
    expect(page.objects).to_have_count(0)
    page.press("Control+z")
    expect(page.objects).to_have_count(1)
    page.press("Control+z")
    expect(page.objects).to_have_count(0)
    assert page.painted(120, 80, 180, 120) == 1.0, "the draft is back"
    page.press("Control+Shift+z")
    expect(page.objects).to_have_count(1)
    page.press("Control+Shift+z")
    expect(page.objects).to_have_count(0)


def test_objects_are_selected_on_the_picture_and_deleted_by_key(page: StudioPage) -> None:
    page.drag((100, 50), (200, 150))
    page.accept()
    page.press("v")
    page.click(150, 100)
    expect(page.page.locator("[data-object][aria-current]")).to_have_count(1)
    page.press("Delete")
    expect(page.objects).to_have_count(0)


def test_categories_are_made_chosen_by_key_and_changed(page: StudioPage) -> None:
    field = page.page.get_by_label("New category")
    for name in ("crack", "dent"):
        field.fill(name)
        field.press("Enter")
        expect(page.page.locator(".ss-chip[aria-pressed=true]")).to_have_text(name)
    page.drag((100, 50), (200, 150))
    page.accept()
    expect(page.objects).to_contain_text("dent")
    page.press("v")
    page.click(150, 100)
    page.page.get_by_role("button", name="crack").first.click()
    expect(page.objects).to_contain_text("crack")
    page.press("Control+z")
    expect(page.objects).to_contain_text("dent")


def test_the_picture_zooms_to_the_cursor_pans_and_fits(page: StudioPage) -> None:
    start = page.middle(300, 200)
    # Wheel events carry whole pixels, so the point under the cursor is asked for one.
    cursor = (round(start[0]), round(start[1]))
    point = page.pixel_at(*cursor)
    page.page.mouse.move(*cursor)
    for _ in range(5):
        page.page.mouse.wheel(0, -240)
    page.settle()
    assert page.known("view")["scale"] > 3
    assert page.at(*point) == pytest.approx(cursor, abs=0.01)
    page.page.mouse.down(button="middle")
    page.page.mouse.move(cursor[0] - 60, cursor[1] - 40)
    page.page.mouse.up(button="middle")
    page.settle()
    assert page.at(*point) == pytest.approx((cursor[0] - 60, cursor[1] - 40), abs=0.01)
    assert page.known("draft")["box"] is None
    page.press("f")
    assert page.middle(300, 200) == pytest.approx(start, abs=0.01)


def test_a_box_without_area_is_told_and_leaves_the_draft_alone(page: StudioPage) -> None:
    page.drag((100, 50), (200, 150))
    page.drag((100, 200), (180, 200))
    expect(page.notice).to_contain_text("has no area")
    assert page.known("draft")["box"] == [100, 50, 200, 150]
    assert page.painted(120, 80, 180, 120) == 1.0


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_what_is_drawn_is_what_the_server_gets_at_any_zoom(
    fake_app: App, visit: Callable[..., StudioPage], tmp_path: Path, ratio: float
) -> None:
    page = visit(fake_app, ratio=ratio)
    path = _picture(tmp_path, f"large-{ratio}.png", width=4400, height=2800)
    page.upload(path)
    page.open_image(path.name)
    for zoom in (0, 3, -7):
        page.page.mouse.move(*page.middle(2200, 1400))
        for _ in range(abs(zoom)):
            page.page.mouse.wheel(0, -120 if zoom > 0 else 120)
        page.settle()
        box = (2100, 1300, 2330, 1520)
        page.drag(box[:2], box[2:])
        assert page.known("draft")["box"] == list(box)
        mask = page.page.evaluate(
            f"(({{x, y, w, h}}) => [x, y, x + w - 1, y + h - 1])({CANVAS}.store.get('draft').mask)"
        )
        assert mask == list(box), "the answer's outermost pixels are the box's"
        page.press("Escape")


def test_next_and_previous_go_through_the_images(page: StudioPage, tmp_path: Path) -> None:
    other = _picture(tmp_path, f"{tmp_path.name}-next.png")
    first = page.known("image")["filename"]
    page.upload(other)
    expect(page.page.locator("[data-title]")).to_have_text(other.name)
    page.press("ArrowLeft")
    expect(page.page.locator("[data-title]")).to_have_text(first)
    page.press("ArrowRight")
    expect(page.page.locator("[data-title]")).to_have_text(other.name)


def test_what_was_begun_on_an_image_waits_there(page: StudioPage, tmp_path: Path) -> None:
    first = page.known("image")["filename"]
    page.drag((100, 50), (200, 150))
    page.upload(_picture(tmp_path, f"{tmp_path.name}-next.png"))
    assert page.known("draft")["box"] is None
    page.open_image(first)
    assert page.painted(120, 80, 180, 120) == 1.0
    page.press("Control+z")
    assert page.known("draft")["box"] is None


def test_enter_accepts_also_after_a_click_on_a_button(page: StudioPage) -> None:
    page.drag((100, 50), (200, 150))
    page.page.get_by_role("button", name="Fit (F)").click()
    page.accept()


def test_the_keys_are_listed(page: StudioPage) -> None:
    page.press("?")
    expect(page.page.get_by_role("dialog")).to_contain_text("Accept; or ask for the boxes")
    page.page.keyboard.press("Escape")
    expect(page.page.get_by_role("dialog")).to_be_hidden()
