from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest
from starlette.testclient import TestClient

from samstudio.domain import Prediction, Prompt
from samstudio.masks import encode_rle
from samstudio.web.api import prediction_replies as predicting
from samstudio.web.api.mask_formats import logits_from_wire
from samstudio.web.api.models.predictions import PredictBody
from tests.unit.web.api.conftest import V1
from tests.unit.web.fakes import FakeProject, answer_to

BOX = {"box": [4, 5, 20, 15]}
AREA = int(answer_to(Prompt(box=(4, 5, 20, 15)), (30, 40)).sum())


@pytest.fixture
def ask(client: TestClient, image_id: str) -> Callable[..., dict]:
    def post(*prompts: dict, **more: object) -> dict:
        reply = client.post(f"{V1}/images/{image_id}/predict", json={"prompts": list(prompts), **more})
        assert reply.status_code == 200, reply.text
        assert reply.headers["sam-studio-version"] == str(reply.json()["version"])
        return reply.json()

    return post


def test_a_box_is_answered_by_the_live_version(ask: Callable[..., dict], project: FakeProject) -> None:
    mask = answer_to(Prompt(box=(4, 5, 20, 15)), (30, 40))
    reply = ask(BOX)
    (answer,) = reply["answers"]
    assert (reply["version"], reply["width"], reply["height"]) == (0, 40, 30)
    assert answer["masks"] == [
        {
            "predicted_iou": pytest.approx(0.93),
            "area": AREA,
            "box": [4, 5, 20, 15],
            "mask": {"rle": encode_rle(mask)},
            "logits": None,
        }
    ]
    number = project.make_version(promote=True)
    assert ask(BOX)["version"] == number
    assert ask(BOX, version=0)["version"] == 0


def test_prompts_are_answered_in_order(ask: Callable[..., dict]) -> None:
    small = {"box": [0, 0, 10, 10]}
    reply = ask(BOX, {"point_coords": [[20, 20]], "point_labels": [1]}, small)
    boxes = [one["masks"][0]["box"] for one in reply["answers"]]
    assert boxes == [[4, 5, 20, 15], [0, 0, 39, 29], [0, 0, 10, 10]]


def test_several_answers_come_the_best_first(ask: Callable[..., dict], project: FakeProject) -> None:
    project.predictor.scores = (0.5, 0.9, 0.7)
    point = {"point_coords": [[9, 9]], "point_labels": [1]}
    (answer,) = ask(point, multimask_output=True)["answers"]
    assert [round(one["predicted_iou"], 3) for one in answer["masks"]] == [0.9, 0.7, 0.5]
    sizes = [answer_to(Prompt(None, ((9, 9),), (1,)), (30, 40), radius).sum() for radius in (50, 15, 30)]
    assert [one["area"] for one in answer["masks"]] == sizes


def test_the_logits_of_an_answer_correct_it(ask: Callable[..., dict], project: FakeProject) -> None:
    project.predictor.scores = (0.5, 0.9, 0.7)
    best = ask(BOX, multimask_output=True, with_logits=True)["answers"][0]["masks"][0]
    assert np.array_equal(logits_from_wire(best["logits"]), np.ones((1, 256, 256), np.float32))
    ask({"mask_input": best["logits"], "point_coords": [[9, 9]], "point_labels": [0]})
    asked = project.predictor.asked[-1]
    assert asked.mask_input is not None
    assert (asked.mask_input == 1).all()
    assert (asked.point_coords, asked.point_labels) == (((9, 9),), (0,))


@pytest.mark.parametrize("name", ["polygons", "png"])
def test_masks_come_as_they_were_asked_for(ask: Callable[..., dict], name: str) -> None:
    assert list(ask(BOX, mask_format=name)["answers"][0]["masks"][0]["mask"]) == [name]


def test_an_image_of_ones_own_is_answered_and_not_stored(
    client: TestClient, project: FakeProject, png: Callable[..., bytes]
) -> None:
    body = json.dumps({"prompts": [BOX], "mask_format": "polygons"})
    reply = client.post(f"{V1}/predict", files={"file": ("mine.png", png())}, data={"prompts": body})
    assert reply.status_code == 200
    assert reply.headers["sam-studio-version"] == "0"
    assert reply.json()["answers"][0]["masks"][0]["area"] == AREA
    assert project.images.count() == 0


@pytest.mark.parametrize(
    ("prompts", "field"), [("{", "body.prompts"), ('{"prompts": {}}', "body.prompts.prompts")]
)
def test_prompts_beside_an_image_are_checked_too(
    client: TestClient, png: Callable[..., bytes], prompts: str, field: str
) -> None:
    reply = client.post(f"{V1}/predict", files={"file": png()}, data={"prompts": prompts})
    assert reply.status_code == 422
    assert reply.json()["errors"][0]["field"] == field


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ({}, "empty"),
        ({"box": [50, 50, 60, 60]}, "outside the image"),
        ({"box": [5, 5, 5, 9]}, "no area"),
        ({"point_coords": [[1, 1]]}, "needs one"),
        ({"point_coords": [[1, 1]] * 501, "point_labels": [1] * 501}, "500"),
        ({"mask_input": "AAAA"}, "mask_input"),
        ({"box": [1, 2, 3]}, "box 1,2,3 is not four numbers X0,Y0,X1,Y1"),
        ({"point_coords": [[1]], "point_labels": [1]}, "point 1 is not two numbers X,Y"),
        ({"point_coords": [[1, 2]], "point_labels": [7]}, "point 1,2 has label 7: 1 is foreground"),
        ({"point_coords": [[1, 2]], "point_labels": [10**400]}, "point_labels is a list of 1"),
    ],
)
def test_a_prompt_of_no_use_is_told(client: TestClient, image_id: str, prompt: dict, words: str) -> None:
    reply = client.post(f"{V1}/images/{image_id}/predict", json={"prompts": [prompt]})
    assert (reply.status_code, words in reply.json()["detail"]) == (422, True), reply.text
    assert reply.json()["type"] == "urn:samstudio:problem:invalid-input"


def test_too_many_prompts_and_unknown_versions_are_told(client: TestClient, image_id: str) -> None:
    path = f"{V1}/images/{image_id}/predict"
    for count in (0, 101):
        reply = client.post(path, json={"prompts": [BOX] * count})
        assert reply.status_code == 422
        assert reply.json()["detail"] == f"{count} prompts cannot be answered at once: give 1 to 100"
    assert client.post(path, json={"prompts": [BOX], "version": 7}).status_code == 404
    assert client.post(path, json={"prompts": [BOX], "version": "7"}).status_code == 422


def test_an_empty_mask_has_no_box_and_all_answers_are_one_version_s() -> None:
    blank = Prediction(np.zeros((1, 2, 2), bool), np.ones(1, np.float32), np.zeros((1, 256, 256)), 3)
    body = PredictBody(prompts=[{"box": [1.0, 1.0, 2.0, 2.0]}] * 2)
    reply = predicting.answer(body, lambda prompts, _version: iter([blank] * len(prompts)), size=(2, 2))
    assert (reply.version, len(reply.answers)) == (3, 2)
    assert (reply.answers[0].masks[0].box, reply.answers[0].masks[0].area) == (None, 0)
