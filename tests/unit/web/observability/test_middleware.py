from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from fastapi import APIRouter, FastAPI
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from samstudio.web.observability.logs import WithRequestId, request_id
from samstudio.web.observability.metrics import Metrics
from samstudio.web.observability.middleware import HEADER, RequestLogMiddleware, requests_unlogged
from tests.unit.web.observability.fakes import State


class Counted(Metrics):
    """Keeps what it is told."""

    def __init__(self) -> None:
        super().__init__(State().state())
        self.requests: list[tuple[str, str, int]] = []

    def request(self, method: str, route: str, status: int) -> None:
        self.requests.append((method, route, status))


@pytest.fixture
def metrics() -> Counted:
    return Counted()


@pytest.fixture
def client(metrics: Counted) -> Iterator[TestClient]:
    router = APIRouter()

    @router.get("/things/{number}")
    def thing(number: int) -> str:
        logging.getLogger("samstudio.test").warning("thing %d", number)
        return request_id.get()

    inside = FastAPI()
    inside.include_router(router, prefix="/v1")
    app = FastAPI(
        routes=[
            Route("/plain/{name}", _plain, methods=["GET", "POST"]),
            Route("/broken", _broken),
            Mount("/mounted", app=inside),
            Mount("/starlette", routes=[Route("/{name:path}", _plain)]),
        ],
        middleware=[Middleware(RequestLogMiddleware, metrics=metrics)],
    )
    app.include_router(router, prefix="/v2")
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def _plain(request: Request) -> PlainTextResponse:
    return PlainTextResponse(request_id.get())


def _broken(_request: Request) -> PlainTextResponse:
    raise RuntimeError("broken")


def test_a_request_has_an_id_that_is_told(client: TestClient) -> None:
    replies = [client.get("/plain/x") for _ in range(2)]
    assert all(len(reply.headers[HEADER]) == 32 for reply in replies)
    assert all(reply.text == reply.headers[HEADER] for reply in replies), "known in the endpoint's thread too"
    assert replies[0].text != replies[1].text


def test_a_sane_id_is_kept_and_no_other(client: TestClient) -> None:
    for id_ in ("a", "trace-1:2.3_4", "x" * 64):
        assert client.get("/plain/x", headers={HEADER: id_}).headers[HEADER] == id_
    for id_ in ("", "x" * 65, "a b", "a\tb", '"', "<b>", "é"):
        assert client.get("/plain/x", headers={HEADER: id_.encode()}).headers[HEADER] != id_, id_


def test_every_line_of_a_request_names_it(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.handler.addFilter(WithRequestId())
    client.get("/v2/things/7", headers={HEADER: "mine"})
    assert [(r.getMessage(), r.request_id) for r in caplog.records if r.name == "samstudio.test"] == [
        ("thing 7", "mine")
    ]


def test_requests_are_counted_by_their_whole_template(client: TestClient, metrics: Counted) -> None:
    for path in ("/plain/a", "/v2/things/1", "/mounted/v1/things/2", "/starlette/a/b", "/nowhere"):
        client.get(path)
    client.post("/plain/b")
    client.delete("/plain/c")
    client.request("MADE-UP", "/plain/d")
    assert metrics.requests == [
        ("GET", "/plain/{name}", 200),
        ("GET", "/v2/things/{number}", 200),
        ("GET", "/mounted/v1/things/{number}", 200),
        ("GET", "/starlette/{name:path}", 200),
        ("GET", "(none)", 404),
        ("POST", "/plain/{name}", 200),
        ("DELETE", "/plain/{name}", 405),
        ("OTHER", "/plain/{name}", 405),
    ]


def test_a_failure_is_counted_and_logged_without_the_query(
    client: TestClient, metrics: Counted, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "samstudio"):
        reply = client.get("/broken?token=secret")
    assert reply.status_code == 500
    assert metrics.requests == [("GET", "/broken", 500)]
    (record,) = [r for r in caplog.records if r.name == "samstudio.web.observability.middleware"]
    assert (record.levelname, "secret" in record.getMessage()) == ("ERROR", False)
    assert "GET /broken 500" in record.getMessage()


def test_a_path_cannot_write_lines_of_its_own(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "samstudio"):
        client.get("/plain/%0AERROR%20made%20up")
    (record,) = [r for r in caplog.records if r.name == "samstudio.web.observability.middleware"]
    assert "/plain/%0AERROR%20made%20up 200" in record.getMessage()


def test_while_the_app_starts_it_does_not_log_its_own_questions(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "samstudio"):
        with requests_unlogged():
            client.get("/nowhere")
        assert not caplog.records
        client.get("/nowhere")
        assert [r.name for r in caplog.records] == ["samstudio.web.observability.middleware"]
