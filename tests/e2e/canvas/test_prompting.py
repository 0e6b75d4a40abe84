"""Boxes, clicks, candidates, previews and batches: what a person does, and what the server is asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Response, Route, expect

from tests.e2e.drawing import Asked, begin, bits, of_wire, stored, zoom_to
from tests.e2e.page import CANVAS, StudioPage
from tests.processes import App

BOX = (100, 60, 260, 180)


def _drag(page: StudioPage, start: tuple[float, float], end: tuple[float, float]) -> None:
    """From point to point of the image, by its continuous coordinates; the answer is waited for."""
    mouse = page.page.mouse
    mouse.move(*page.at(*start))
    mouse.down()
    mouse.move(*page.at((start[0] + end[0]) / 2, (start[1] + end[1]) / 2))
    mouse.move(*page.at(*end))
    mouse.up()
    page.settle()


def _boxes(page: StudioPage, *boxes: tuple[int, int, int, int]) -> None:
    """Draw boxes without waiting for an answer in between."""
    mouse = page.page.mouse
    for x0, y0, x1, y1 in boxes:
        mouse.move(*page.middle(x0, y0))
        mouse.down()
        mouse.move(*page.middle(x1, y1))
        mouse.up()


FIVE = [(20, 20, 80, 70), (120, 20, 180, 70), (220, 20, 280, 70), (20, 120, 80, 170), (120, 120, 180, 170)]


def _five(page: StudioPage) -> None:
    page.page.keyboard.down("Shift")
    _boxes(page, *FIVE)
    page.page.keyboard.up("Shift")
    page.page.wait_for_function(f"{CANVAS}.store.get('waiting').length >= 4")
    page.settle()


HANDLES: dict[str, tuple[tuple[float, float], list[int]]] = {
    # Where it is taken hold of, and which sides follow the mouse by (+13, -9).
    "nw": ((100, 60), [113, 51, 260, 180]),
    "n": ((180.5, 60), [100, 51, 260, 180]),
    "ne": ((261, 60), [100, 51, 273, 180]),
    "e": ((261, 120.5), [100, 60, 273, 180]),
    "se": ((261, 181), [100, 60, 273, 171]),
    "s": ((180.5, 181), [100, 60, 260, 171]),
    "sw": ((100, 181), [113, 60, 260, 171]),
    "w": ((100, 120.5), [113, 60, 260, 180]),
    "an edge": ((140, 60), [113, 51, 273, 171]),
}


def test_every_handle_and_edge_of_the_box_gives_exactly_its_pixels(page: StudioPage, asked: Asked) -> None:
    page.drag(BOX[:2], BOX[2:])
    page.click(180, 110)
    points = page.known("draft")["points"]
    first = bits(page)
    for name, (at, expected) in HANDLES.items():
        asked.forget()
        _drag(page, at, (at[0] + 13, at[1] - 9))
        (request,) = asked.of("predict")
        assert request["prompt"]["box"] == expected, name
        assert request["prompt"]["point_coords"] == [[180, 110]], f"{name}: the points stay"
        assert request["previous"] is None, f"{name}: another box, other logits"
        assert page.known("draft")["box"] == expected, name
        page.press("Control+z")
        assert page.known("draft")["box"] == list(BOX), name
        assert page.known("draft")["points"] == points, name
        assert (bits(page) == first).all(), name


def test_a_box_stays_inside_the_image_and_can_be_turned_over(page: StudioPage, asked: Asked) -> None:
    page.drag(BOX[:2], BOX[2:])
    _drag(page, (261, 181), (900, 700))
    assert asked.of("predict")[-1]["prompt"]["box"] == [100, 60, 399, 299]
    page.press("Control+z")
    _drag(page, (140, 60), (-500, -500))
    assert asked.of("predict")[-1]["prompt"]["box"] == [0, 0, 160, 120], "moved, its size is kept"
    page.press("Control+z")
    _drag(page, (100, 120.5), (300, 120.5))
    assert asked.of("predict")[-1]["prompt"]["box"] == [260, 60, 300, 180], "west became east"


def test_a_drag_inside_a_box_draws_a_new_one_and_shift_never_takes_hold(
    page: StudioPage, asked: Asked
) -> None:
    page.drag(BOX[:2], BOX[2:])
    page.drag((150, 90), (210, 150))
    assert page.known("draft")["box"] == [150, 90, 210, 150]
    page.press("Control+z")
    assert page.known("draft")["box"] == list(BOX)
    page.page.keyboard.down("Shift")
    _drag(page, (100.4, 60.4), (40.5, 30.5))
    page.page.keyboard.up("Shift")
    page.page.wait_for_function(f"{CANVAS}.store.get('waiting').length === 1")
    assert asked.of("predict_boxes")[0]["boxes"] == [[40, 30, 100, 60]]


def test_the_cursor_says_what_a_drag_would_do(page: StudioPage) -> None:
    page.drag(BOX[:2], BOX[2:])
    found = {}
    places = {name: at for name, (at, _) in HANDLES.items()} | {"inside": (180.0, 110.0)}
    for name, at in places.items():
        page.page.mouse.move(*page.at(*at))
        page.settle()
        found[name] = page.page.evaluate("document.querySelector('[data-stage]').style.cursor")
    assert found == {
        **dict.fromkeys(("nw", "se"), "nwse-resize"),
        **dict.fromkeys(("ne", "sw"), "nesw-resize"),
        **dict.fromkeys(("n", "s"), "ns-resize"),
        **dict.fromkeys(("e", "w"), "ew-resize"),
        "an edge": "move",
        "inside": "",
    }


def test_a_trembling_right_click_takes_away_and_draws_no_box(page: StudioPage) -> None:
    page.drag(BOX[:2], BOX[2:])
    mouse = page.page.mouse
    mouse.move(*page.middle(180, 110))
    mouse.down(button="right")
    mouse.move(*page.middle(190, 116))
    mouse.up(button="right")
    page.settle()
    draft = page.known("draft")
    assert draft["box"] == list(BOX)
    assert draft["points"] == [{"x": 180, "y": 110, "label": 0}]


def test_clicks_carry_what_they_correct_and_the_prompts_so_far(page: StudioPage, asked: Asked) -> None:
    page.drag(BOX[:2], BOX[2:])
    first = page.known("draft")
    page.click(180, 110, button="right")
    second = page.known("draft")
    page.click(330, 110)
    _, one, two = asked.of("predict")
    assert one["previous"]["token"] == first["token"]
    assert one["previous"]["steps"] == first["steps"]
    assert one["prompt"] == {"box": list(BOX), "point_coords": [[180, 110]], "point_labels": [0]}
    assert two["previous"]["token"] == second["token"] != first["token"]
    assert [len(step["point_labels"]) for step in two["previous"]["steps"]] == [0, 1]
    assert two["prompt"]["point_labels"] == [0, 1]


def test_a_server_that_forgot_is_told_again(page: StudioPage) -> None:
    page.drag(BOX[:2], BOX[2:])
    page.click(180, 110, button="right")
    seen: list[Any] = []

    def forgetful(route: Route) -> None:
        body = route.request.post_data_json
        if body["fn_name"] == "predict" and body["data"].get("previous"):
            body["data"]["previous"]["token"] = "of another process"
            seen.append(body["data"]["previous"])
        route.continue_(post_data=body)

    page.page.route("**/component_server/", forgetful)
    page.click(330, 110)
    assert [len(step["point_labels"]) for step in seen[0]["steps"]] == [0, 1]
    expect(page.notice).to_be_hidden()
    assert page.painted(345, 100, 355, 120) == 1.0
    page.page.unroute("**/component_server/")


def test_an_ambiguous_click_has_three_masks_and_one_key_cycles_them(page: StudioPage, asked: Asked) -> None:
    page.click(200, 150)
    text = page.page.locator("[data-candidate-text]")
    masks, texts = [], []
    for _ in range(4):
        masks.append(bits(page))
        texts.append(text.inner_text())
        page.press("c")
    assert texts == ["Mask 1 of 3", "Mask 2 of 3", "Mask 3 of 3", "Mask 1 of 3"]
    assert len({int(mask.sum()) for mask in masks}) == 3
    assert (masks[3] == masks[0]).all()
    page.press("Control+z")
    expect(text).to_have_text("Mask 1 of 3")
    page.press("c")
    expect(text).to_have_text("Mask 2 of 3")
    chosen = page.known("draft")
    assert chosen["token"] == chosen["candidates"][1]["token"]
    page.click(230, 150, button="right")
    request = asked.of("predict")[-1]
    assert request["previous"]["token"] == chosen["token"], "the next click refines the chosen one"
    assert request["previous"]["steps"][-1]["candidate"] == 1
    page.press("Control+z")
    assert (bits(page) == masks[1]).all()
    page.accept()
    (add,) = asked.of("change_objects")[-1]["add"]
    assert (of_wire(add["mask"]) == masks[1]).all()
    assert add["prompts"][-1]["candidate"] == 1
    assert add["iou"] == pytest.approx(0.865)
    assert (stored(page)[0]["bits"] == masks[1]).all()


def test_asked_for_another_mask_where_there_is_one_it_says_so(page: StudioPage) -> None:
    page.drag(BOX[:2], BOX[2:])
    expect(page.page.locator("[data-candidate]")).to_be_hidden()
    page.press("c")
    expect(page.notice).to_contain_text("one mask")


def _rest(page: StudioPage, x: int, y: int) -> None:
    """Let the mouse rest on a pixel until its preview is there."""
    page.page.mouse.move(*page.middle(x, y))
    page.page.wait_for_function(
        f"([x, y]) => {{ const m = {CANVAS}.store.get('preview');"
        " return m && m.x + (m.w - 1) / 2 === x && m.y + (m.h - 1) / 2 === y; }",
        arg=[x, y],
    )
    page.page.evaluate(f"() => {CANVAS}.stage.renderer.whenSettled()")


def _seen(page: StudioPage, x0: float, y0: float, x1: float, y1: float) -> bool:
    """Whether every pixel of a rectangle has paint of the draft layer, the mouse staying where it is."""
    share = page.page.evaluate(
        f"""([x0, y0, x1, y1]) => {{
          const canvas = document.querySelector("canvas[data-layer=draft]");
          const [left, top] = {CANVAS}.stage.toScreen(x0, y0).map(Math.round);
          const [right, bottom] = {CANVAS}.stage.toScreen(x1, y1).map(Math.round);
          const {{ data }} = canvas.getContext("2d").getImageData(left, top, right - left, bottom - top);
          let painted = 0;
          for (let i = 3; i < data.length; i += 4) painted += data[i] > 20;
          return painted / (data.length / 4);
        }}""",
        [x0, y0, x1, y1],
    )
    return bool(share == 1.0)


def test_the_resting_mouse_shows_what_a_click_would_give(page: StudioPage, asked: Asked) -> None:
    _rest(page, 200, 150)
    assert _seen(page, 205, 155, 215, 165)
    assert page.known("draft")["mask"] is None, "a preview is no draft"
    page.page.mouse.move(2, 2)
    page.settle()
    assert page.known("preview") is None, "away from the stage"

    _rest(page, 200, 150)
    page.press("b")
    assert page.known("preview") is None, "another tool"
    asked.forget()
    page.page.mouse.move(*page.middle(100, 100))
    page.press("s")
    _rest(page, 200, 150)
    shown = bits(page, "store.get('preview')")
    page.click(200, 150)
    assert page.known("preview") is None, "a draft"
    assert (bits(page) == shown).all(), "and it is what was shown"
    asked.forget()
    page.page.mouse.move(*page.middle(120, 120))
    page.settle()
    assert not asked.of("predict", previews=True), "no previews beside a draft"


def _is_preview(response: Response) -> bool:
    """Told from other answers of the server functions, which may come in between."""
    return response.url.endswith("/component_server/") and bool(
        response.request.post_data_json["data"].get("preview")
    )


def test_previews_leave_nothing_behind_and_can_be_switched_off(page: StudioPage, asked: Asked) -> None:
    with page.page.expect_response(_is_preview) as reply:
        page.page.mouse.move(*page.middle(200, 150))
    answer = reply.value.json()
    answer = answer.get("data", answer) if isinstance(answer, dict) else answer
    assert (answer["token"], answer["candidates"]) == (None, [])
    page.page.get_by_role("button", name="Brightness, contrast, opacity (Y)").click()
    page.page.get_by_label("Show what a click would give").uncheck()
    page.page.keyboard.press("Escape")
    asked.forget()
    for x in range(60, 200, 20):
        page.page.mouse.move(*page.middle(x, 200))
    page.settle()
    assert not asked.of("predict", previews=True)
    page.page.get_by_role("button", name="Brightness, contrast, opacity (Y)").click()
    page.page.get_by_label("Show what a click would give").check()


def test_one_preview_is_asked_at_a_time_and_the_newest_place_wins(page: StudioPage, asked: Asked) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        body = route.request.post_data_json
        if body["data"].get("preview"):
            held.append(route)
        else:
            route.continue_()

    page.page.route("**/component_server/", hold)
    for i in range(40):
        page.page.mouse.move(*page.middle(60 + 5 * i, 100 + i))
    page.settle()
    assert len(asked.of("predict", previews=True)) == 1
    held.pop().continue_()
    page.page.wait_for_function(f"{CANVAS}.store.get('preview')")
    page.settle()
    assert len(asked.of("predict", previews=True)) == 2
    assert asked.of("predict", previews=True)[1]["prompt"]["point_coords"] == [[255, 139]]
    held.pop().continue_()
    page.page.unroute("**/component_server/")
    _rest(page, 255, 139)
    assert len(asked.of("predict", previews=True)) == 2, "a place that was asked for is not asked again"


def test_five_boxes_drawn_with_shift_are_one_question_and_one_acceptance(
    page: StudioPage, asked: Asked
) -> None:
    _five(page)
    (request,) = asked.of("predict_boxes")
    assert request["boxes"] == [list(box) for box in FIVE]
    assert not asked.of("predict")
    for x0, y0, x1, y1 in FIVE:
        assert page.painted((x0 + x1) / 2 - 5, y0 + 12, (x0 + x1) / 2 + 5, y1 - 12) == 1.0
    expect(page.page.locator("[data-draft-title]")).to_have_text("5 new objects")

    page.page.keyboard.press("Enter")
    expect(page.objects).to_have_count(5)
    page.settle()
    (change,) = asked.of("change_objects")
    assert len(change["add"]) == 5
    assert [add["prompts"] for add in change["add"]] == [
        [{"box": list(box), "point_coords": [], "point_labels": []}] for box in FIVE
    ]
    assert len({add["client_id"] for add in change["add"]}) == 5
    boxes = [[int(v) for v in np.argwhere(one["bits"]).min(0)[::-1]] for one in stored(page)]
    assert boxes == [list(box[:2]) for box in FIVE]

    page.press("Control+z")
    expect(page.objects).to_have_count(0)
    assert len(page.known("waiting")) == 4
    assert page.known("draft")["box"] == list(FIVE[4])
    page.press("Control+Shift+z")
    expect(page.objects).to_have_count(5)


def test_next_makes_one_active_and_only_that_is_corrected_dropped_or_cleared(
    page: StudioPage, asked: Asked
) -> None:
    _five(page)
    page.press("n")
    assert page.known("draft")["box"] == list(FIVE[0])
    others = page.known("waiting")
    page.click(50, 90)
    assert asked.of("predict")[-1]["prompt"]["box"] == list(FIVE[0])
    assert [one["box"] for one in page.known("waiting")] == [one["box"] for one in others]
    assert len(page.known("draft")["points"]) == 1
    page.press("Delete")
    assert [one["box"] for one in page.known("waiting")] == [list(box) for box in FIVE[2:]]
    assert page.known("draft")["box"] == list(FIVE[1])
    page.press("Escape")
    assert (page.known("waiting"), page.known("draft")["mask"]) == ([], None)
    page.press("Control+z")
    page.press("Control+z")
    assert len(page.known("waiting")) == 4


def test_a_mask_drawn_before_a_batch_or_beside_it_is_not_lost(page: StudioPage) -> None:
    page.drag((300, 200), (380, 280))
    page.page.keyboard.down("Shift")
    _boxes(page, *FIVE[:2])
    page.page.keyboard.up("Shift")
    page.page.wait_for_function(f"{CANVAS}.store.get('waiting').length === 2")
    page.drag((220, 120), (280, 170))
    assert len(page.known("waiting")) == 3, "a further box joins them"
    page.press("Control+z")
    assert len(page.known("waiting")) == 2
    assert page.known("draft")["box"] == list(FIVE[1])
    page.press("Control+Shift+z")
    page.page.keyboard.press("Enter")
    expect(page.objects).to_have_count(4)
    page.settle()


def test_boxes_in_a_row_by_key_are_asked_by_enter_and_accepted_by_another(
    page: StudioPage, asked: Asked
) -> None:
    page.press("m")
    _boxes(page, *FIVE[:3])
    page.settle()
    assert page.known("boxes") == [list(box) for box in FIVE[:3]]
    assert not asked.of("predict_boxes")
    page.press("Control+z")
    assert len(page.known("boxes")) == 2
    page.page.keyboard.press("Enter")
    page.page.wait_for_function(f"{CANVAS}.store.get('waiting').length === 1")
    page.settle()
    page.page.keyboard.press("Enter")
    expect(page.objects).to_have_count(2)
    page.settle()
    _boxes(page, FIVE[3])
    page.press("Escape")
    assert page.known("boxes") == []
    page.press("m")


def test_boxes_and_clicks_while_a_batch_is_on_its_way(page: StudioPage, asked: Asked) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.post_data_json["fn_name"] == "predict_boxes" and not held:
            held.append(route)
        else:
            route.continue_()

    page.page.route("**/component_server/", hold)
    keyboard = page.page.keyboard
    keyboard.down("Shift")
    _boxes(page, *FIVE[:2])
    keyboard.up("Shift")
    page.page.mouse.click(*page.middle(300, 200))
    expect(page.notice).to_contain_text("on their way")
    keyboard.down("Shift")
    page.page.mouse.move(*page.middle(*FIVE[2][:2]))
    page.page.mouse.down()
    page.page.mouse.move(*page.middle(*FIVE[2][2:]))
    keyboard.up("Shift")  # before the box is drawn to its end
    page.page.mouse.up()
    page.page.wait_for_function(f"{CANVAS}.store.get('boxes').length === 3")
    held[0].continue_()
    page.page.wait_for_function(f"{CANVAS}.store.get('waiting').length === 2")
    page.settle()
    assert [len(one["boxes"]) for one in asked.of("predict_boxes")] == [2, 1]
    assert page.known("boxes") == []
    page.page.unroute("**/component_server/")


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_the_painted_mask_lies_where_the_servers_does(
    fake_app: App, visit_dense: Callable[..., StudioPage], tmp_path: Path, ratio: float
) -> None:
    """Boxes of known pixels on a large image; the overlay's edge is read from the screen's pixels."""
    page = begin(visit_dense(fake_app, ratio), tmp_path, size=(2800, 4400))
    for scale, box in [
        (0.2, (800, 600, 3010, 2100)),
        (1.0, (2100, 1300, 2330, 1520)),
        (8.0, (2190, 1390, 2224, 1414)),
    ]:
        zoom_to(page, scale, 2200, 1400)
        page.drag(box[:2], box[2:])
        page.accept()
        object_ = stored(page)[-1]
        ys, xs = np.nonzero(object_["bits"])
        assert [xs.min(), ys.min(), xs.max(), ys.max()] == list(box)
        page.press("ArrowDown")
        page.press("F2")  # now the layer holds the mask alone: no box, no handles
        page.page.mouse.move(2, 2)
        page.page.evaluate(f"() => {CANVAS}.stage.renderer.whenSettled()")
        rows = object_["bits"][:, box[0]].nonzero()[0], object_["bits"][box[1]].nonzero()[0]
        middle = (rows[1].mean() + 0.5, rows[0].mean() + 0.5)
        found = page.page.evaluate(EXTENT, middle)
        halo = 1.75 * ratio  # of the outline, whose middle is the mask's edge
        expected = [box[0], box[2] + 1, box[1], box[3] + 1]
        signs = (-1, 1, -1, 1)
        edges = [edge * scale * ratio + sign * halo for edge, sign in zip(expected, signs, strict=True)]
        assert found == pytest.approx(edges, abs=1.5 if scale >= 1 else 2.0), scale
        page.press("Escape")


EXTENT = """([x, y]) => {
  const { stage, store } = CANVAS;
  const canvas = document.querySelector("canvas[data-layer=draft]");
  const view = store.get("view");
  const ratio = canvas.width / document.querySelector("[data-stage]").getBoundingClientRect().width;
  const [cx, cy] = stage.toScreen(x, y).map((v) => Math.floor(v * ratio));
  const context = canvas.getContext("2d");
  const painted = (data) => {
    let [first, last] = [null, null];
    for (let i = 0; i < data.length / 4; i += 1) {
      if (data[4 * i + 3] < 110) continue;
      first ??= i;
      last = i + 1;
    }
    return [first, last];
  };
  const across = painted(context.getImageData(0, cy, canvas.width, 1).data);
  const down = painted(context.getImageData(cx, 0, 1, canvas.height).data);
  return [...across.map((v) => v - view.x * ratio), ...down.map((v) => v - view.y * ratio)];
}""".replace("CANVAS", CANVAS)
