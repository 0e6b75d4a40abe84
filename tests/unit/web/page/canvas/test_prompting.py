from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from samstudio.web.page.canvas.drafts import DraftLogits
from samstudio.web.page.canvas.wire import from_wire, to_wire
from tests.unit.web.conftest import BOX, Call
from tests.unit.web.fakes import FakeProject

CLICK = {"box": None, "point_coords": [[40, 30]], "point_labels": [1]}
TWO_CLICKS = {"box": None, "point_coords": [[40, 30], [5, 5]], "point_labels": [1, 0]}
SIZE = (60, 80)


def _predicted(call: Call, image_id: str, prompt: Any = BOX, previous: Any = None) -> dict[str, Any]:
    reply = call("predict", image_id=image_id, prompt=prompt, previous=previous)
    assert "error" not in reply, reply
    return reply


def _fed_back(project: FakeProject) -> list[float | None]:
    """What each question to the decoder built on: the fake's answer k has logits that are all k."""
    inputs = [prompt.mask_input for prompt in project.predictor.asked]
    return [None if logits is None else float(logits.max()) for logits in inputs]


def test_a_box_gives_a_mask_with_its_iou_and_version(call: Call, image_id: str) -> None:
    reply = _predicted(call, image_id)
    assert reply["version"] == 0
    assert reply["iou"] == pytest.approx(0.93)
    assert (reply["mask"]["x"], reply["mask"]["y"]) == (10, 10)
    assert set(reply["ms"]) == {"decode", "encode"}
    assert (reply["candidates"], reply["candidate"]) == ([], 0)


def test_a_first_click_alone_offers_three_answers_the_best_first(call: Call, image_id: str) -> None:
    reply = _predicted(call, image_id, CLICK)
    candidates = reply["candidates"]
    assert {key: reply[key] for key in ("mask", "iou", "token")} == candidates[reply["candidate"]]
    assert [one["iou"] for one in candidates] == pytest.approx([0.93, 0.865, 0.8])
    areas = [from_wire(one["mask"], size=SIZE).sum() for one in candidates]
    assert areas[1] > areas[0] > areas[2]
    assert len({one["token"] for one in candidates}) == 3


def test_a_preview_shows_the_mask_that_a_click_would_give(call: Call, image_id: str) -> None:
    shown = call("predict", image_id=image_id, prompt=CLICK, preview=True)
    clicked = _predicted(call, image_id, CLICK)
    assert (shown["mask"], shown["iou"]) == (clicked["mask"], clicked["iou"])
    assert (shown["token"], shown["candidates"], shown["candidate"]) == (None, [], 0)


def test_previews_push_no_draft_out_of_memory(call: Call, image_id: str, project: FakeProject) -> None:
    first = _predicted(call, image_id)
    for x in range(300):
        prompt = {**CLICK, "point_coords": [[x % 80, x % 60]]}
        assert call("predict", image_id=image_id, prompt=prompt, preview=True)["mask"]
    project.predictor.asked.clear()
    more = {**BOX, "point_coords": [[25, 25]], "point_labels": [0]}
    _predicted(call, image_id, more, {"token": first["token"], "steps": [BOX]})
    assert _fed_back(project) == [0], "the token was still known: nothing was computed again"


def test_a_correction_feeds_the_previous_logits_back(call: Call, image_id: str, project: FakeProject) -> None:
    first = _predicted(call, image_id)
    more = {**BOX, "point_coords": [[25, 25]], "point_labels": [0]}
    _predicted(call, image_id, more, {"token": first["token"], "steps": [BOX]})
    assert _fed_back(project) == [None, 0]


def test_correcting_a_candidate_builds_on_that_one(call: Call, image_id: str, project: FakeProject) -> None:
    chosen = _predicted(call, image_id, CLICK)["candidates"][2]
    _predicted(call, image_id, TWO_CLICKS, {"token": chosen["token"], "steps": [{**CLICK, "candidate": 2}]})
    assert _fed_back(project) == [None, 2]


def test_a_forgotten_token_is_computed_again(call: Call, image_id: str, project: FakeProject) -> None:
    more = {**BOX, "point_coords": [[25, 25]], "point_labels": [0]}
    _predicted(call, image_id, more, {"token": "gone", "steps": [BOX, BOX]})
    assert _fed_back(project) == [None, 0, 0]


def test_computing_again_takes_the_candidate_that_was_taken(
    call: Call, image_id: str, project: FakeProject
) -> None:
    _predicted(call, image_id, TWO_CLICKS, {"token": "gone", "steps": [{**CLICK, "candidate": 1}]})
    _predicted(call, image_id, TWO_CLICKS, {"token": "gone", "steps": [CLICK]})
    assert _fed_back(project) == [None, 1, None, 0]


def test_a_candidate_that_cannot_be_is_refused(call: Call, image_id: str) -> None:
    previous = {"token": "gone", "steps": [{**CLICK, "candidate": 7}]}
    reply = call("predict", image_id=image_id, prompt=TWO_CLICKS, previous=previous)
    assert "no candidate 7" in reply["error"]


def test_a_mask_drawn_by_hand_is_built_on(call: Call, image_id: str, project: FakeProject) -> None:
    drawn = np.zeros(SIZE, bool)
    drawn[10:40, 20:60] = True
    reply = _predicted(call, image_id, CLICK, {"mask": to_wire(drawn)})
    assert reply["candidates"] == []  # a click on a mask corrects it: nothing is ambiguous
    (asked,) = project.predictor.asked
    assert asked.mask_input is not None
    assert asked.mask_input.shape == (1, 256, 256)
    assert asked.mask_input[0, 80, 120] > 0 > asked.mask_input[0, 10, 10]


def test_computing_again_starts_from_the_mask_drawn_by_hand(
    call: Call, image_id: str, project: FakeProject
) -> None:
    previous = {"token": "gone", "mask": to_wire(np.ones(SIZE, bool)), "steps": [CLICK]}
    _predicted(call, image_id, TWO_CLICKS, previous)
    first, second = project.predictor.asked
    assert first.mask_input is not None
    assert first.mask_input.max() > 6
    assert second.mask_input is not None
    assert second.mask_input.max() == 0


@pytest.mark.parametrize(
    ("prompt", "says"),
    [
        (None, "the prompt is empty"),
        ({"box": [10, 10, 10, 10]}, "no area"),
        ({"box": [500, 500, 600, 600]}, "outside the image"),
        ({"box": [1, 2, 3]}, "four numbers"),
        ({"point_coords": [[900, 1]], "point_labels": [1]}, "outside the image"),
        ({"point_coords": [[1, 1]], "point_labels": []}, "each point needs one"),
        ({"point_coords": [[1, 1]] * 600, "point_labels": [1] * 600}, "too many"),
    ],
)
def test_a_bad_prompt_gets_a_sentence(call: Call, image_id: str, prompt: Any, says: str) -> None:
    assert says in call("predict", image_id=image_id, prompt=prompt)["error"]


def test_many_boxes_are_one_batch(call: Call, image_id: str, project: FakeProject) -> None:
    boxes = [[i, i, i + 8, i + 8] for i in range(20)]
    reply = call("predict_boxes", image_id=image_id, boxes=boxes)
    assert project.predictor.batches == [20]
    assert [one["mask"]["x"] for one in reply["answers"]] == list(range(20))
    assert all(set(one) == {"mask", "iou", "token"} for one in reply["answers"])
    assert reply["version"] == 0
    assert set(reply["ms"]) == {"decode", "encode"}


def test_an_answer_to_a_box_can_be_corrected(call: Call, image_id: str, project: FakeProject) -> None:
    answer = call("predict_boxes", image_id=image_id, boxes=[BOX["box"]])["answers"][0]
    more = {**BOX, "point_coords": [[25, 25]], "point_labels": [0]}
    _predicted(call, image_id, more, {"token": answer["token"], "steps": [BOX]})
    assert _fed_back(project) == [None, 0]


@pytest.mark.parametrize(
    ("boxes", "says"),
    [
        ([], "0 prompts cannot be answered"),
        ([[1, 1, 9, 9]] * 101, "101 prompts cannot be answered at once"),
        ([[1, 1, 9, 9], [5, 5, 5, 5]], "no area"),
        ([None], "the prompt is empty"),
        (7, "Reload"),
    ],
)
def test_bad_boxes_get_a_sentence(call: Call, image_id: str, boxes: Any, says: str) -> None:
    assert says in call("predict_boxes", image_id=image_id, boxes=boxes)["error"]


def test_the_memory_of_answers_is_bounded() -> None:
    drafts = DraftLogits(limit=2)
    tokens = [drafts.keep("a", np.zeros((1, 256, 256), np.float32)) for _ in range(3)]
    assert [drafts.find("a", token) is not None for token in tokens] == [False, True, True]
