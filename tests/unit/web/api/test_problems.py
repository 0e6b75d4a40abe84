"""Every failure is a problem detail, whatever went wrong."""

from __future__ import annotations

import logging

import pytest
from starlette.testclient import TestClient

from samstudio.domain import Unavailable
from tests.unit.web.api.conftest import V1
from tests.unit.web.fakes import FakeProject

NOBODY = "0" * 64


def problem_of(reply, status: int) -> dict:
    assert reply.status_code == status
    assert reply.headers["content-type"] == "application/problem+json"
    problem = reply.json()
    assert problem["status"] == status
    assert {"type", "title", "detail", "instance"} <= problem.keys()
    return problem


@pytest.mark.parametrize("path", ["/api/nothing", f"{V1}/nothing/else", "/mask/nothing", f"{V1}/images/"])
def test_an_address_where_nothing_is(client: TestClient, path: str) -> None:
    problem = problem_of(client.get(path), 404)
    assert problem["type"] == "about:blank"
    assert problem["instance"] == path
    assert "/api/docs" in problem["detail"]


def test_a_method_that_is_not_possible_says_which_are(client: TestClient) -> None:
    reply = client.put(f"{V1}/images")
    assert reply.headers["allow"] == "GET, POST"
    assert "PUT" in problem_of(reply, 405)["detail"]
    assert client.patch(f"{V1}/versions/3").headers["allow"] == "DELETE, GET"
    assert client.get("/mask/image").headers["allow"] == "POST"


def test_what_is_not_there(client: TestClient) -> None:
    problem = problem_of(client.get(f"{V1}/images/{NOBODY}"), 404)
    assert problem["type"] == "urn:samstudio:problem:not-found"
    assert NOBODY[:12] in problem["detail"]


def test_a_malformed_request_lists_its_fields(client: TestClient, image_id: str) -> None:
    body = {"prompts": [{"box": "1,2,3"}], "colour": "red"}
    problem = problem_of(client.post(f"{V1}/images/{image_id}/predict", json=body), 422)
    assert problem["type"] == "urn:samstudio:problem:malformed"
    assert {one["field"] for one in problem["errors"]} == {"body.prompts.0.box", "body.colour"}
    assert "body.colour" in problem["detail"]


def test_what_is_no_json(client: TestClient, image_id: str) -> None:
    headers = {"content-type": "application/json"}
    reply = client.post(f"{V1}/images/{image_id}/predict", content=b'{"prompts": ', headers=headers)
    assert problem_of(reply, 422)["errors"][0]["code"] == "json_invalid"


def test_text_that_is_no_text_does_not_break_the_answer(client: TestClient, image_id: str) -> None:
    headers = {"content-type": "application/json"}
    body = b'{"category": "\\ud800", "mask": {"png": "\\ud800"}, "status": "\\ud800"}'
    reply = client.post(f"{V1}/images/{image_id}/annotations", content=body, headers=headers)
    problem_of(reply, 422)


def test_an_unknown_query_parameter_is_noticed(client: TestClient) -> None:
    problem = problem_of(client.get(f"{V1}/images", params={"limits": 3}), 422)
    assert problem["errors"][0]["field"] == "query.limits"


@pytest.mark.parametrize("declared", [True, False])
def test_a_body_that_is_too_large(client: TestClient, declared: bool) -> None:
    data = b"x" * (3 * 1024 * 1024)
    content = data if declared else iter([data[:1_500_000], data[1_500_000:]])
    reply = client.post(f"{V1}/images", content=content, headers={"content-type": "image/png"})
    assert "2 MB" in problem_of(reply, 413)["detail"]


def test_too_much_json(client: TestClient, image_id: str) -> None:
    body = {"prompts": [{"mask_input": "A" * 3 * 1024 * 1024}]}
    problem_of(client.post(f"{V1}/images/{image_id}/predict", json=body), 413)


def test_something_that_cannot_be_had(client: TestClient, project: FakeProject) -> None:
    def unavailable() -> None:
        raise Unavailable("the disk is gone: plug it in")

    project.__dict__["preflight"] = type("Gone", (), {"check": staticmethod(unavailable)})
    problem = problem_of(client.get(f"{V1}/preflight"), 503)
    assert problem["detail"] == "the disk is gone: plug it in"


def test_a_mistake_of_ours_tells_nothing_private(
    client: TestClient, project: FakeProject, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise RuntimeError("secret /path")

    project.__dict__["preflight"] = type("Broken", (), {"check": staticmethod(broken)})
    with caplog.at_level(logging.CRITICAL):
        reply = client.get(f"{V1}/preflight")
    assert "secret" not in reply.text
    assert problem_of(reply, 500)["type"] == "urn:samstudio:problem:internal"
