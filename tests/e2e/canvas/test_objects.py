"""Accepted objects as a whole: picked, merged, split, sorted, hidden, locked, deleted."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Response, expect

from tests.e2e.drawing import SMALL, Asked, Bits, Hand, bits, choose_brush, look, stored, swept
from tests.e2e.page import CANVAS, StudioPage
from tests.processes import App

LEFT, RIGHT = (60, 60, 200, 180), (150, 90, 290, 210)  # they overlap


def _two(page: StudioPage, *names: str) -> tuple[Bits, Bits]:
    """Accept two overlapping objects, each in a category of its own where named; → their masks."""
    masks = []
    for box, name in zip((LEFT, RIGHT), names or ("", ""), strict=True):
        if name:
            _category(page, name)
        page.drag(box[:2], box[2:])
        masks.append(bits(page))
        page.accept()
    return masks[0], masks[1]


def _category(page: StudioPage, name: str) -> None:
    field = page.page.get_by_label("New category")
    field.fill(name)
    field.press("Enter")
    expect(page.page.locator(".ss-chip[aria-pressed=true]")).to_have_text(name)


def _pick(page: StudioPage, x: int, y: int, *, more: bool = False) -> None:
    if more:
        page.page.keyboard.down("Shift")
    page.page.mouse.click(*page.middle(x, y))
    if more:
        page.page.keyboard.up("Shift")
    page.settle()


def _hue_of(page: StudioPage, x: int, y: int, *names: str) -> str:
    """Which of two categories' colours a pixel is nearer to."""
    colors = {one["name"]: one["color"] for one in page.known("categories")}
    seen = np.array(look(page, x, y)[:3], float)
    distance = {
        name: np.abs(seen - [int(colors[name][i : i + 2], 16) for i in (1, 3, 5)]).sum() for name in names
    }
    return min(distance, key=lambda name: distance[name])


def test_a_mask_that_was_sent_is_not_sent_back(page: StudioPage) -> None:
    def reply_to(function: str, press: str) -> tuple[str, str]:
        """What the page sent and got, as text."""

        def called(response: Response) -> bool:
            request = response.request
            return (
                request.url.endswith("/component_server/") and request.post_data_json["fn_name"] == function
            )

        with page.page.expect_response(called) as reply:
            page.press(press)
        return reply.value.request.post_data or "", reply.value.text()

    page.drag(LEFT[:2], LEFT[2:])
    first = bits(page)
    sent, got = reply_to("change_objects", "Enter")
    assert ('"png"' in sent, '"png"' in got) == (True, False)
    assert np.array_equal(bits(page, "store.get('objects')[0].mask"), first)
    page.press("ArrowDown")
    choose_brush(page, 30)
    Hand(page).stroke((60, 60), (60, 180))
    second = bits(page)
    sent, got = reply_to("update_object", "Enter")
    assert ('"png"' in sent, '"png"' in got) == (True, False)
    assert np.array_equal(bits(page, "store.get('objects')[0].mask"), second)
    assert not np.array_equal(first, second)
    assert np.array_equal(stored(page)[0]["bits"], second)


def test_two_objects_become_one_and_two_again(page: StudioPage, asked: Asked) -> None:
    left, right = _two(page)
    page.press("v")
    _pick(page, 90, 110)
    _pick(page, 260, 160, more=True)
    expect(page.page.locator("[data-object][aria-current]")).to_have_count(2)
    asked.forget()
    page.press("u")
    expect(page.objects).to_have_count(1)
    (change,) = asked.of("change_objects")
    assert (len(change["add"]), len(change["remove"])) == (1, 2), "in one request"
    assert (stored(page)[0]["bits"] == left | right).all()
    page.press("Control+z")
    expect(page.objects).to_have_count(2)
    assert [(one["bits"] == mask).all() for one, mask in zip(stored(page), (left, right), strict=True)]
    page.press("Control+Shift+z")
    expect(page.objects).to_have_count(1)


def test_a_merged_object_is_of_the_category_picked_first(page: StudioPage) -> None:
    _two(page, "leaf", "stem")
    page.press("v")
    _pick(page, 260, 160)
    _pick(page, 90, 110, more=True)
    page.press("u")
    expect(page.objects).to_have_count(1)
    assert stored(page)[0]["category"] == "stem"
    page.press("u")
    expect(page.notice).to_contain_text("two objects or more")


def test_an_object_of_two_parts_is_split(page: StudioPage) -> None:
    choose_brush(page, 30)
    hand = Hand(page)
    one = swept(hand.stroke((100, 100), (150, 100)), 30, SMALL)
    two = swept(hand.stroke((250, 200), (260, 220)), 30, SMALL)
    page.accept()
    page.objects.locator(".ss-object-main").click()
    page.press("x")
    expect(page.objects).to_have_count(2)
    masks = [object_["bits"] for object_ in stored(page)]
    assert sorted((mask == one).all() + 2 * (mask == two).all() for mask in masks) == [1, 2]
    page.press("Control+z")
    expect(page.objects).to_have_count(1)
    assert (stored(page)[0]["bits"] == one | two).all()
    page.objects.locator(".ss-object-main").click()
    page.press("x")
    page.objects.first.locator(".ss-object-main").click()
    page.press("x")
    expect(page.notice).to_contain_text("in one piece")


@pytest.mark.parametrize("corner", [False, True])
def test_a_duplicate_lies_beside_the_original(page: StudioPage, corner: bool) -> None:
    box = (300, 200, 398, 298) if corner else LEFT
    page.drag(box[:2], box[2:])
    mask = bits(page)
    page.accept()
    page.objects.locator(".ss-object-main").click()
    page.press("Control+d")
    expect(page.objects).to_have_count(2)
    original, copy = stored(page)
    assert (original["bits"] == mask).all()
    by = -4 if corner else 4
    assert (copy["bits"] == np.roll(mask, (by, by), (0, 1))).all()
    assert page.known("selection") == [copy["id"]]
    page.press("Control+z")
    expect(page.objects).to_have_count(1)


def test_the_order_of_overlapping_objects_is_seen_and_kept(
    page: StudioPage, fake_app: App, visit: Callable[..., StudioPage]
) -> None:
    _two(page, "below", "above")
    name = page.known("image")["filename"]
    assert _hue_of(page, 180, 130, "below", "above") == "above"
    lower = page.objects.filter(has_text="below").locator(".ss-object-main")
    lower.click()
    page.press("Control+ArrowUp")
    page.page.evaluate(f"() => {CANVAS}.store.set({{ selection: [] }})")
    expect(page.objects.first).to_contain_text("below")
    assert _hue_of(page, 180, 130, "below", "above") == "below"
    lower.click()
    page.press("Control+ArrowUp")
    expect(page.notice).to_contain_text("on top already")
    page.press("Control+z")
    expect(page.objects.first).to_contain_text("above")
    page.press("Control+Shift+z")
    expect(page.objects.first).to_contain_text("below")
    again = visit(fake_app)
    again.open_image(name)
    expect(again.objects.first).to_contain_text("below")
    assert _hue_of(again, 180, 130, "below", "above") == "below"


def test_a_hidden_object_is_neither_painted_nor_picked(page: StudioPage) -> None:
    _two(page)
    page.objects.last.get_by_role("button", name="Hide").click()
    assert look(page, 80, 110)[3] == 0
    assert look(page, 270, 170)[3] > 0
    page.press("v")
    _pick(page, 80, 110)
    assert page.known("selection") == []
    page.press("Control+z")
    assert look(page, 80, 110)[3] > 0
    _pick(page, 80, 110)
    page.press("i")
    assert look(page, 80, 110)[3] == 0
    page.press("i")
    assert look(page, 80, 110)[3] > 0


def test_a_locked_object_stays_as_it_is_and_says_so(page: StudioPage, asked: Asked) -> None:
    left, _ = _two(page, "kept", "loose")
    row = page.objects.filter(has_text="kept")
    row.get_by_role("button", name="Lock").click()
    page.press("v")
    _pick(page, 80, 110)
    assert page.known("selection") == []
    expect(page.notice).to_contain_text("locked")
    _pick(page, 180, 130)
    assert len(page.known("selection")) == 1, "what lies under or over it can be picked"

    def refused(act: str) -> None:
        page.page.evaluate(f"() => {CANVAS}.store.set({{ notice: null }})")
        if act == "chip":
            page.page.locator(".ss-chip", has_text="loose").click()
        elif act == "trash":
            row.get_by_role("button", name="Delete").click()
        elif act == "brush":
            choose_brush(page, 30)
            Hand(page).stroke((80, 110), (90, 110))
        else:
            page.press(act)
        expect(page.notice, act).to_contain_text("locked", ignore_case=True)

    page.press("Escape")
    row.locator(".ss-object-main").click()
    asked.forget()
    for act in ("Delete", "trash", "x", "F2", "g", "chip", "brush", "Control+ArrowUp"):
        refused(act)
    page.objects.filter(has_text="loose").locator(".ss-object-main").click(modifiers=["Shift"])
    refused("u")
    assert not asked.of("change_objects")
    assert not asked.of("update_object")
    kept = next(one for one in stored(page) if one["category"] == "kept")
    assert (kept["bits"] == left).all()
    assert kept["revision"] == 1
    row.get_by_role("button", name="Unlock").click()
    row.get_by_role("button", name="Delete").click()
    expect(page.objects).to_have_count(1)


def test_several_are_deleted_in_one_step(page: StudioPage, asked: Asked) -> None:
    _two(page)
    page.press("v")
    _pick(page, 90, 110)
    _pick(page, 260, 160, more=True)
    asked.forget()
    page.press("Delete")
    expect(page.objects).to_have_count(0)
    assert [len(one["remove"]) for one in asked.of("change_objects")] == [2]
    page.press("Control+z")
    expect(page.objects).to_have_count(2)
    page.press("Control+Shift+z")
    expect(page.objects).to_have_count(0)


def test_several_get_another_category_in_one_step(page: StudioPage) -> None:
    _two(page, "first", "second")
    page.press("v")
    _pick(page, 90, 110)
    expect(page.page.locator(".ss-chip[aria-pressed=true]")).to_have_text("first")
    _pick(page, 260, 160, more=True)
    _category(page, "third")
    expect(page.objects.filter(has_text="third")).to_have_count(2)
    page.press("Control+z")
    expect(page.objects.filter(has_text="third")).to_have_count(0)
    assert [one["category"] for one in stored(page)] == ["first", "second"]


def test_deleting_an_object_under_correction_ends_that(page: StudioPage) -> None:
    left, _ = _two(page)
    page.objects.last.locator(".ss-object-main").click()
    page.press("F2")
    choose_brush(page, 20)
    gone = swept(Hand(page).stroke((100, 110), (150, 120), button="right"), 20, SMALL)
    page.press("x")
    expect(page.notice).to_contain_text("Save or clear the correction")
    page.press("Delete")
    expect(page.objects).to_have_count(1)
    assert page.known("draft")["mask"] is None
    page.press("Control+z")
    expect(page.objects).to_have_count(2)
    assert (bits(page) == left & ~gone).all()
    page.press("Enter")
    assert (stored(page)[0]["bits"] == left & ~gone).all()


def test_the_list_is_walked_by_keys_and_says_what_each_object_is(page: StudioPage) -> None:
    _two(page)
    ids = [one["id"] for one in stored(page)]
    page.press("ArrowDown")
    assert page.known("selection") == [ids[1]], "the topmost is first in the list"
    page.press("ArrowDown")
    assert page.known("selection") == [ids[0]]
    page.press("ArrowUp")
    assert page.known("selection") == [ids[1]]
    page.press("F2")
    choose_brush(page, 10)
    Hand(page).stroke((200, 150), (220, 150), button="right")
    page.press("Enter")
    facts = page.objects.first.locator(".ss-object-facts")
    expect(facts).to_have_text("0.93 · stock ✎")
    expect(facts).to_have_attribute("title", "Proposed by stock, predicted IoU 0.930, corrected by hand")
    expect(page.objects.last.locator(".ss-object-facts")).to_have_attribute("title", re.compile("0.930$"))


def test_a_second_click_reaches_the_object_below_and_a_double_click_does_not(page: StudioPage) -> None:
    _two(page)
    below, above = (one["id"] for one in stored(page))
    page.press("v")
    _pick(page, 180, 130)
    assert page.known("selection") == [above]
    _pick(page, 180, 130)
    assert page.known("selection") == [below]
    page.press("Escape")
    page.page.wait_for_timeout(600)  # or the next one makes it a double click
    page.page.mouse.dblclick(*page.middle(180, 130))
    page.settle()
    assert page.known("draft")["of"]["id"] == above


def test_an_object_pointed_at_in_the_list_stands_out_until_it_is_left(page: StudioPage) -> None:
    _two(page)
    for row in (page.objects.first, page.objects.last):
        row.hover()
        assert page.known("hovered") == int(row.get_attribute("data-object") or 0)
        row.locator(".ss-object-main").click()
        page.press("l")  # the row is made anew under the mouse
        page.press("l")
    page.page.mouse.move(2, 2)
    page.settle()
    assert page.known("hovered") is None


def test_a_key_for_objects_says_what_it_needs(page: StudioPage) -> None:
    for key in ("Delete", "F2", "i", "l", "x", "Control+d", "Control+ArrowUp"):
        page.page.evaluate(f"() => {CANVAS}.store.set({{ notice: null }})")
        page.press(key)
        expect(page.notice, key).to_contain_text("object first")
