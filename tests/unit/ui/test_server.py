from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from samstudio.domain import AnnotationStatus
from samstudio.ui.canvas.server import CanvasServer
from samstudio.ui.preparing import Preparer
from tests.unit.ui.fakes import FakeStudio

Call = Callable[..., dict[str, Any]]


@pytest.fixture
def call(studio: FakeStudio) -> Call:
    """Call a server function as the browser does: by name, with one object."""
    server = CanvasServer(studio=studio, preparer=Preparer(studio))
    functions = {function.__name__: function for function in server.functions()}
    return lambda verb, **request: functions[verb](request)


@pytest.fixture
def image_id(studio: FakeStudio, png: Callable[..., bytes]) -> str:
    return str(studio.images.add(png(), filename="one.png").image.id)


BOX = {"box": [10, 10, 40, 40], "point_coords": [], "point_labels": []}


def _predicted(call: Call, image_id: str, **request: Any) -> dict[str, Any]:
    reply = call("predict", image_id=image_id, prompt=BOX, previous=None, **request)
    assert "error" not in reply
    return reply


def _add(call: Call, image_id: str, request_id: str = "r1", **changes: Any) -> dict[str, Any]:
    mask = _predicted(call, image_id)["mask"]
    request = {
        "image_id": image_id,
        "category": "cup",
        "mask": mask,
        "prompts": [BOX],
        "version": 0,
        "iou": 0.9,
    }
    return call("add_object", request_id=request_id, **(request | changes))


def test_a_box_gives_a_mask_with_its_iou_and_version(call: Call, image_id: str) -> None:
    reply = _predicted(call, image_id)
    assert reply["version"] == 0
    assert reply["iou"] == pytest.approx(0.93)
    assert (reply["mask"]["x"], reply["mask"]["y"]) == (10, 10)
    assert set(reply["ms"]) == {"decode", "encode"}


def test_a_correction_feeds_the_previous_logits_back(call: Call, image_id: str, studio: FakeStudio) -> None:
    first = _predicted(call, image_id)
    more = {**BOX, "point_coords": [[25, 25]], "point_labels": [0]}
    call("predict", image_id=image_id, prompt=more, previous={"token": first["token"], "steps": [BOX]})
    assert [prompt.mask_input is not None for prompt in studio.predictions.asked] == [False, True]


def test_a_forgotten_token_is_computed_again(call: Call, image_id: str, studio: FakeStudio) -> None:
    more = {**BOX, "point_coords": [[25, 25]], "point_labels": [0]}
    reply = call("predict", image_id=image_id, prompt=more, previous={"token": "gone", "steps": [BOX, BOX]})
    assert "error" not in reply
    assert [prompt.mask_input is not None for prompt in studio.predictions.asked] == [False, True, True]


def test_one_click_alone_takes_the_best_of_three(call: Call, image_id: str) -> None:
    click = {"box": None, "point_coords": [[30, 30]], "point_labels": [1]}
    reply = call("predict", image_id=image_id, prompt=click, previous=None)
    assert reply["iou"] == pytest.approx(0.93)


@pytest.mark.parametrize(
    ("prompt", "says"),
    [
        (None, "nothing was pointed at"),
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


def test_an_accepted_object_is_stored_with_how_it_came_to_be(
    call: Call, image_id: str, studio: FakeStudio
) -> None:
    reply = _add(call, image_id)
    stored = studio.annotations.get(reply["object"]["id"])
    assert stored.status is AnnotationStatus.ACCEPTED
    assert (stored.category.name, stored.proposed_by, stored.predicted_iou) == ("cup", 0, 0.9)
    assert stored.proposed_rle == stored.rle
    assert stored.prompts[0]["box"] == [10.0, 10.0, 40.0, 40.0]
    assert reply["categories"] == [{"name": "cup", "color": stored.category.color}]


def test_the_same_request_twice_stores_one_object(call: Call, image_id: str, studio: FakeStudio) -> None:
    first, second = _add(call, image_id), _add(call, image_id)
    assert first["object"] == second["object"]
    assert len(studio.annotations.list()) == 1


def test_a_mask_that_does_not_fit_is_refused_and_nothing_is_stored(
    call: Call, image_id: str, studio: FakeStudio
) -> None:
    assert "whole" in _add(call, image_id, mask={"png": "", "x": 0, "y": 0, "w": 3, "h": 3})["error"]
    assert "category is missing" in _add(call, image_id, category=" ")["error"]
    assert studio.annotations.list() == []


def test_a_deleted_object_can_be_restored(call: Call, image_id: str) -> None:
    added = _add(call, image_id)["object"]
    gone = call("delete_object", id=added["id"], revision=added["revision"])
    assert call("open_image", image_id=image_id)["objects"] == []
    back = call("update_object", id=gone["id"], revision=gone["revision"], status="accepted")
    assert back["object"]["id"] == added["id"]
    assert [one["id"] for one in call("open_image", image_id=image_id)["objects"]] == [added["id"]]


def test_a_stale_change_is_refused(call: Call, image_id: str) -> None:
    added = _add(call, image_id)["object"]
    call("update_object", id=added["id"], revision=1, category="mug")
    assert "someone else" in call("update_object", id=added["id"], revision=1, category="jug")["error"]


def test_images_are_listed_with_their_counts(
    call: Call, image_id: str, png: Callable[..., bytes], studio: FakeStudio
) -> None:
    studio.images.add(png(1), filename="two.png")
    _add(call, image_id)
    reply = call("list_images", limit=1)
    assert reply["total"] == 2
    assert [(one["filename"], one["accepted"]) for one in reply["images"]] == [("one.png", 1)]


def test_preparing_answers_when_the_embedding_is_there(call: Call, image_id: str, studio: FakeStudio) -> None:
    assert not studio.predictions.prepared(image_id)
    assert call("prepare_image", image_id=image_id) == {"image_id": image_id}
    assert studio.predictions.prepared(image_id)


def test_a_category_can_be_made_before_its_first_object(call: Call) -> None:
    assert [one["name"] for one in call("add_category", name=" crack ")["categories"]] == ["crack"]


def test_unknown_ids_and_surprises_are_told_not_raised(
    call: Call, studio: FakeStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert call("open_image", image_id="nope")["error"] == "no image has this id"
    assert "Reload" in call("update_object", id=1)["error"]
    monkeypatch.setattr(studio.images, "count", lambda: 1 / 0)
    assert "server" in call("list_images")["error"]


def test_the_samples_are_added_once(call: Call, studio: FakeStudio) -> None:
    first = call("add_samples")
    count = studio.images.count()
    assert count >= 5
    assert call("add_samples") == first
    assert studio.images.count() == count
