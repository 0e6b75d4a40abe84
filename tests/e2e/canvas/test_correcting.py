"""Brush, eraser, polygon, cleaning: exactly the pixels of the rule, on drafts and on accepted objects."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Route, expect

from tests.e2e.drawing import (
    SMALL,
    Asked,
    Bits,
    Hand,
    begin,
    bits,
    choose_brush,
    of_wire,
    stored,
    swept,
    zoom_to,
)
from tests.e2e.page import CANVAS, StudioPage
from tests.processes import App

BOX = (100, 60, 260, 180)
PATH = ((170.0, 120.0), (201.0, 133.0), (214.0, 171.0), (150.0, 168.0))


def _accepted(page: StudioPage) -> Bits:
    """Accept a box's mask and select it; → that mask."""
    page.drag(BOX[:2], BOX[2:])
    mask = bits(page)
    page.accept()
    page.objects.locator(".ss-object-main").click()
    return mask


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_a_stroke_covers_exactly_the_pixels_of_the_rule(
    fake_app: App, visit_dense: Callable[..., StudioPage], tmp_path: Path, ratio: float
) -> None:
    page = visit_dense(fake_app, ratio)
    for size in (SMALL, (2800, 4400)):
        begin(page, tmp_path, size=size)
        middle = (size[1] / 2, size[0] / 2)
        for scale, diameter in [(0.3, 60), (1.0, 7), (8.0, 20), (8.0, 4)]:
            choose_brush(page, diameter)
            zoom_to(page, scale, *middle)
            # As wide on the screen at every zoom; the picture is smaller than that at the first.
            places = [
                (middle[0] + dx / scale, middle[1] + dy / scale)
                for dx, dy in [(-61, -20), (-13, 9), (40, -31), (58, 37), (2, 1)]
            ]
            points = Hand(page).stroke(*places)
            expected = swept(points, diameter, size)
            assert expected.any()
            assert (bits(page, size=size) == expected).all(), (size, scale, diameter)
            page.press("Escape")


def test_a_brush_of_one_pixel_paints_the_pixel_under_the_mouse(page: StudioPage) -> None:
    choose_brush(page, 1)
    for scale in (8.0, 1.0):
        zoom_to(page, scale, 200, 150)
        hand = Hand(page)
        ((x, y),) = hand.stroke((203.2, 148.7))
        expected = np.zeros(SMALL, bool)
        expected[int(y), int(x)] = True
        assert (bits(page) == expected).all()
        page.press("Escape")
    (ax, ay), (bx, by) = hand.stroke((180.5, 140.5), (220.5, 158.5))
    line = bits(page)
    assert line[int(ay), int(ax)]
    assert line[int(by), int(bx)]
    assert line.sum() == int(bx) - int(ax) + 1, "one pixel a column, no gaps"


def test_the_eraser_and_the_right_button_take_away(page: StudioPage) -> None:
    page.drag(BOX[:2], BOX[2:])
    whole = bits(page)
    choose_brush(page, 24)
    gone = swept(Hand(page).stroke(*PATH, button="right"), 24, SMALL)
    assert (bits(page) == whole & ~gone).all()
    choose_brush(page, 10, "e")
    more = swept(Hand(page).stroke((120, 100), (230, 100)), 10, SMALL)
    assert (bits(page) == whole & ~gone & ~more).all()
    back = swept(Hand(page).stroke((150, 100), (160, 101), button="right"), 10, SMALL)
    assert (bits(page) == (whole & ~gone & ~more) | back).all()
    for expected in (whole & ~gone & ~more, whole & ~gone, whole):
        page.press("Control+z")
        assert (bits(page) == expected).all()
    expect(page.page.locator("[data-draft-text]")).not_to_contain_text("corrected")


def test_a_stroke_that_leaves_the_image_is_cut_at_its_edge(page: StudioPage) -> None:
    choose_brush(page, 30)
    points = Hand(page).stroke((380, 20), (430, 40), (390, -40), (300, 10))
    assert (bits(page) == swept(points, 30, SMALL)).all()
    page.press("Control+z")
    choose_brush(page, 10)
    Hand(page).stroke((-18, 150), (-14, 160))  # as near as the brush does not reach
    assert page.known("draft")["mask"] is None, "beside the image there is nothing to paint"


def test_a_stroke_on_nothing_starts_an_object_drawn_by_hand(page: StudioPage, asked: Asked) -> None:
    choose_brush(page, 24)
    drawn = swept(Hand(page).stroke(*PATH), 24, SMALL)
    expect(page.page.locator("[data-draft-text]")).to_have_text("Drawn by hand")
    page.accept()
    (add,) = asked.of("change_objects")[0]["add"]
    assert (add["version"], add["iou"], add["prompts"], add["proposed"]) == (None, None, [], None)
    assert (of_wire(add["mask"]) == drawn).all()
    assert not asked.of("predict")
    expect(page.objects).to_contain_text("by hand")


def test_what_was_corrected_is_kept_beside_what_was_proposed(page: StudioPage, asked: Asked) -> None:
    page.drag(BOX[:2], BOX[2:])
    proposed = bits(page)
    choose_brush(page, 24)
    gone = swept(Hand(page).stroke(*PATH, button="right"), 24, SMALL)
    expect(page.page.locator("[data-draft-text]")).to_contain_text("corrected")
    page.accept()
    (add,) = asked.of("change_objects")[0]["add"]
    assert (of_wire(add["proposed"]) == proposed).all()
    assert (of_wire(add["mask"]) == proposed & ~gone).all()
    assert add["version"] == 0
    expect(page.objects).to_contain_text("✎")


def test_what_is_drawn_where_the_decoder_found_nothing_is_drawn_by_hand(
    page: StudioPage, asked: Asked
) -> None:
    def empty(route: Route) -> None:
        if route.request.post_data_json["fn_name"] != "predict":
            return route.continue_()
        reply = route.fetch()
        nothing = {**reply.json(), "mask": None, "candidates": []}
        return route.fulfill(response=reply, json=nothing)

    page.page.route("**/component_server/", empty)
    page.drag(BOX[:2], BOX[2:])
    expect(page.notice).to_contain_text("Nothing found there")
    choose_brush(page, 24)
    drawn = swept(Hand(page).stroke(*PATH), 24, SMALL)
    page.accept()
    (add,) = asked.of("change_objects")[0]["add"]
    assert (of_wire(add["mask"]) == drawn).all()
    assert (add["version"], add["iou"], add["proposed"]) == (None, None, None)
    assert len(add["prompts"]) == 1, "what was tried is kept"


def test_a_correction_by_hand_outlives_the_next_click(page: StudioPage) -> None:
    page.drag(BOX[:2], BOX[2:])
    choose_brush(page, 24)
    gone = swept(Hand(page).stroke(*PATH, button="right"), 24, SMALL)
    page.press("s")
    page.click(330, 120)
    after = bits(page)
    assert not (after & gone).any()
    assert after[120, 340]


def test_the_brushs_size_by_keys_wheel_and_slider(page: StudioPage) -> None:
    choose_brush(page, 20)
    text = page.page.locator("[data-brush-size-text]")
    sizes = []
    for key in ("]", "]", "[", "["):
        page.press(key)
        sizes.append(text.inner_text())
    assert sizes == ["22 px", "24 px", "22 px", "20 px"]
    page.page.mouse.move(*page.middle(200, 150))
    view = page.known("view")
    page.page.keyboard.down("Shift")
    page.page.mouse.wheel(0, -120)
    page.settle()
    expect(text).to_have_text("22 px")
    page.page.mouse.wheel(0, 120)
    page.page.keyboard.up("Shift")
    expect(text).to_have_text("20 px")
    assert page.known("view") == view, "Shift+wheel does not zoom"
    choose_brush(page, 1)
    page.press("[")
    expect(text).to_have_text("1 px")
    page.press("s")
    expect(text).to_be_hidden()


def test_erasing_all_or_nothing_says_why_nothing_happens(page: StudioPage) -> None:
    choose_brush(page, 30, "e")
    Hand(page).stroke((100, 100), (140, 100))
    expect(page.notice).to_contain_text("no mask to correct")
    choose_brush(page, 10)
    Hand(page).stroke((100, 100))
    choose_brush(page, 60, "e")
    Hand(page).stroke((100, 100))
    expect(page.notice).to_contain_text("Nothing of the mask would be left")
    assert bits(page).any()


# ------------------------------------------------------------ polygon

CORNERS = [(120, 80), (240, 90), (220, 200), (130, 190)]


def _inside(page: StudioPage, corners: list[tuple[float, float]]) -> Bits:
    """The pixels whose centre is inside, each asked by itself."""
    ys, xs = np.mgrid[: SMALL[0], : SMALL[1]] + 0.5
    inside = np.zeros(SMALL, bool)
    for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True):
        crosses = (ay > ys) != (by > ys)
        with np.errstate(divide="ignore", invalid="ignore"):
            inside ^= crosses & (xs >= ax + (ys - ay) * (bx - ax) / (by - ay))
    return inside


def _corners(
    page: StudioPage, places: list[tuple[int, int]], first: str = "left"
) -> list[tuple[float, float]]:
    """Click corners; → where exactly they are."""
    hand = Hand(page)
    points = []
    for i, place in enumerate(places):
        points += hand.stroke(place, button=first if i == 0 else "left")
    return points


def test_a_polygon_is_closed_in_three_ways_and_undone_corner_by_corner(page: StudioPage) -> None:
    page.press("p")
    expected = _inside(page, _corners(page, CORNERS))
    page.press("Enter")
    assert (bits(page) == expected).all()
    page.press("Control+z")
    assert len(page.known("polygon")["points"]) == 4, "it is open again"
    page.press("Control+z")
    assert len(page.known("polygon")["points"]) == 3
    page.press("Control+Shift+z")
    Hand(page).stroke((CORNERS[0][0] + 2, CORNERS[0][1] + 1))
    assert page.known("polygon") is None
    assert (bits(page) == expected).all(), "closed by its first corner"
    page.press("Escape")

    _corners(page, CORNERS[:3])
    page.page.mouse.dblclick(*Hand(page).near(*CORNERS[3]))
    page.settle()
    assert page.known("polygon") is None
    assert (bits(page) == expected).all(), "closed by a double click, with no corner twice"
    page.press("Control+z")
    assert len(page.known("polygon")["points"]) == 4
    page.page.mouse.dblclick(*Hand(page).near(*CORNERS[0]))
    page.settle()
    assert page.known("polygon") is None, "a double click on the first corner begins no other"
    assert (bits(page) == expected).all()


def test_a_polygon_begun_with_the_right_button_cuts(page: StudioPage) -> None:
    page.drag(BOX[:2], BOX[2:])
    whole = bits(page)
    page.press("p")
    corners = _corners(page, CORNERS, first="right")
    expect(page.page.locator("[data-draft-title]")).to_have_text("Cutting a polygon")
    page.press("Enter")
    assert (bits(page) == whole & ~_inside(page, corners)).all()
    page.press("Control+z")
    page.press("Escape")
    assert page.known("polygon") is None
    assert (bits(page) == whole).all()
    added = _inside(page, _corners(page, [(250, 120), (350, 140), (300, 250)]))
    page.press("Enter")
    assert (bits(page) == whole | added).all()


def test_a_polygon_of_two_corners_says_what_it_needs(page: StudioPage) -> None:
    page.press("p")
    _corners(page, CORNERS[:2])
    page.press("Enter")
    expect(page.notice).to_contain_text("three corners")
    assert len(page.known("polygon")["points"]) == 2
    page.press("Escape")
    assert page.known("polygon") is None
    page.press("Enter")
    page.page.mouse.dblclick(*Hand(page).near(200, 150))
    expect(page.notice).to_contain_text("three corners")
    page.press("Escape")


# ------------------------------------------------------------ cleaning


def _ring(page: StudioPage) -> Bits:
    choose_brush(page, 16)
    Hand(page).stroke((150, 100), (250, 100), (250, 200), (150, 200), (150, 100))
    return bits(page)


def test_holes_are_filled_specks_removed_edges_moved_and_smoothed(page: StudioPage) -> None:
    ring = _ring(page)
    page.press("g")
    filled = bits(page)
    assert filled[108:193, 158:243].all()
    assert (filled & ~ring)[108:193, 158:243].sum() == (filled & ~ring).sum()
    page.press("g")
    expect(page.notice).to_contain_text("no holes")

    choose_brush(page, 6)
    Hand(page).stroke((300, 150))
    assert bits(page)[150, 300]
    page.press("r")
    assert (bits(page) == filled).all()
    page.press("r")
    expect(page.notice).to_contain_text("no specks")

    page.press(".")
    grown = filled.copy()
    for axis, by in ((0, 1), (0, -1), (1, 1), (1, -1)):
        grown |= np.roll(filled, by, axis)
    assert (bits(page) == grown).all()
    page.press("Control+z")
    page.press(",")
    shrunk = filled.copy()
    for axis, by in ((0, 1), (0, -1), (1, 1), (1, -1)):
        shrunk &= np.roll(filled, by, axis)
    assert (bits(page) == shrunk).all()
    page.press("Control+z")

    choose_brush(page, 1)
    Hand(page).stroke((200, 195), (200, 230))
    assert bits(page)[225, 200]
    page.press("w")
    smooth = bits(page)
    assert not smooth[215:, 195:205].any(), "the hair is gone"
    assert (smooth ^ filled).sum() < 0.01 * filled.sum(), "and the rest is as it was"
    page.press("Control+z")
    page.press("Control+z")
    assert (bits(page) == filled).all()


def test_shrinking_away_and_cleaning_nothing_say_why_not(page: StudioPage) -> None:
    page.press("g")
    expect(page.notice).to_contain_text("no mask to correct")
    choose_brush(page, 2)
    Hand(page).stroke((100, 100))
    page.press(",")
    expect(page.notice).to_contain_text("Nothing of the mask would be left")


def test_cleaning_a_selected_object_begins_its_correction(page: StudioPage) -> None:
    _ring(page)
    page.accept()
    page.objects.locator(".ss-object-main").click()
    page.page.get_by_role("button", name="Fill holes (G)").click()
    page.settle()
    expect(page.page.locator("[data-draft-title]")).to_contain_text("Correcting")
    filled = bits(page)
    page.press("Enter")
    (object_,) = stored(page)
    assert (object_["bits"] == filled).all()
    assert object_["revision"] == 2


# ------------------------------------------------------------ accepted objects


def test_an_accepted_object_is_corrected_and_saved_under_its_next_revision(
    page: StudioPage, asked: Asked
) -> None:
    before = _accepted(page)
    page.press("F2")
    expect(page.page.locator("[data-draft-title]")).to_contain_text("Correcting")
    choose_brush(page, 24)
    gone = swept(Hand(page).stroke(*PATH, button="right"), 24, SMALL)
    (untouched,) = stored(page)
    assert (untouched["bits"] == before).all()
    page.press("Enter")
    (object_,) = stored(page)
    assert (object_["bits"] == before & ~gone).all()
    assert (object_["revision"], object_["version"], object_["corrected"]) == (2, 0, True)
    (request,) = asked.of("update_object")
    assert "proposed" not in request, "what was proposed stays as it was"
    assert (bits(page, "store.get('objects')[0].mask") == before & ~gone).all()
    page.press("Control+z")
    (object_,) = stored(page)
    assert (object_["bits"] == before).all()
    page.press("Control+Shift+z")
    (object_,) = stored(page)
    assert (object_["bits"] == before & ~gone).all()


def test_escape_leaves_an_accepted_object_as_it_was(page: StudioPage, asked: Asked) -> None:
    before = _accepted(page)
    page.press("F2")
    choose_brush(page, 24)
    Hand(page).stroke(*PATH, button="right")
    page.press("Escape")
    assert page.known("draft")["mask"] is None
    assert not asked.of("update_object")
    (object_,) = stored(page)
    assert (object_["bits"] == before).all()
    assert object_["revision"] == 1
    assert page.painted(180, 110, 200, 130, layer="objects") == 1.0


@pytest.mark.parametrize("where", ["picture", "list"])
def test_a_double_click_takes_an_object_up(page: StudioPage, where: str) -> None:
    _accepted(page)
    if where == "list":
        page.objects.locator(".ss-object-main").dblclick()
    else:
        page.press("v")
        page.page.mouse.dblclick(*page.middle(180, 120))
    page.page.wait_for_function(f"{CANVAS}.store.get('draft').of")


def test_a_click_on_an_object_under_correction_builds_on_its_mask(page: StudioPage, asked: Asked) -> None:
    before = _accepted(page)
    page.press("F2")
    asked.forget()
    page.click(330, 120)
    page.click(180, 120, button="right")
    first, second = asked.of("predict")
    assert set(first["previous"]) == {"mask"}
    assert (of_wire(first["previous"]["mask"]) == before).all()
    assert first["prompt"]["box"] == [100, 60, 330, 180], "its box says which object is meant"
    assert second["previous"]["token"]
    assert (of_wire(second["previous"]["mask"]) == before).all(), "for a server that forgot the token"
    answer = bits(page)
    page.press("Enter")
    (request,) = asked.of("update_object")
    assert (of_wire(request["proposed"]) == answer).all(), "a new answer of the decoder is a new proposal"
    assert [step.get("has_mask_input", False) for step in request["prompts"]] == [True, False]


def test_a_click_made_before_the_one_before_it_is_answered_builds_on_the_same_mask(
    page: StudioPage, asked: Asked
) -> None:
    before = _accepted(page)
    page.press("F2")
    held: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.post_data_json["fn_name"] == "predict":
            held.append(route)
        else:
            route.continue_()

    asked.forget()
    page.page.route("**/component_server/", hold)
    page.page.mouse.click(*page.middle(330, 120))
    page.page.mouse.click(*page.middle(330, 150))
    page.page.wait_for_timeout(200)
    for route in held:
        route.continue_()
    page.settle()
    requests = asked.of("predict")
    assert [len(one["prompt"]["point_coords"]) for one in requests] == [1, 2]
    assert all((of_wire(one["previous"]["mask"]) == before).all() for one in requests)


def test_the_category_is_changed_while_correcting(page: StudioPage) -> None:
    field = page.page.get_by_label("New category")
    for name in ("stone", "moss"):
        field.fill(name)
        field.press("Enter")
        expect(page.page.locator(".ss-chip[aria-pressed=true]")).to_have_text(name)
    _accepted(page)
    page.press("F2")
    page.page.get_by_role("button", name="stone", exact=True).click()
    expect(page.page.locator("[data-draft-title]")).to_have_text("Correcting stone")
    page.press("Control+z")
    expect(page.page.locator(".ss-chip[aria-pressed=true]")).to_have_text("moss")
    page.press("Control+Shift+z")
    page.press("Enter")
    assert stored(page)[0]["category"] == "stone"
    expect(page.objects).to_contain_text("stone")
    page.press("Control+z")
    assert stored(page)[0]["category"] == "moss"
