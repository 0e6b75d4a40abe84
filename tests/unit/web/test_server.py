"""The whole server as it is assembled: every route is authenticated, logged and counted."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import iter_route_contexts
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from samstudio.web.page.app import build_ui
from samstudio.web.page.routes import page_routes
from samstudio.web.server import Serving, build_server
from tests.unit.web.fakes import FakeProject, open_fake

PASSWORD, TOKEN = "correct horse", "a-token-for-scripts-1"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
SAYS_NOTHING = {"/healthz"}
"""Open to everyone. The authentication answers /login and /logout itself."""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> FakeProject:
    storage = tmp_path_factory.mktemp("storage")
    return open_fake(storage, password=PASSWORD, token=TOKEN)


@pytest.fixture(scope="module")
def serving(project: FakeProject) -> Serving:
    return build_server(project, host="127.0.0.1", environment={})


@pytest.fixture(scope="module")
def app(project: FakeProject, serving: Serving) -> Starlette:
    """As ``Blocks.launch`` makes it, but listening nowhere."""
    from gradio.routes import App

    routes = [*page_routes(project=project), *serving.routes]

    async def create() -> Starlette:  # without a running loop Gradio makes some, and closes none
        page = build_ui(project, serving.encoding_queue, can_log_out=True)
        app: Starlette = App.create_app(page, app_kwargs={"routes": routes, "middleware": serving.middleware})
        return app

    return asyncio.run(create())


@pytest.fixture
def stranger(app: Starlette) -> TestClient:
    return TestClient(app, base_url="http://localhost:7860", follow_redirects=False)


def _walk(routes: Iterable[BaseRoute], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every (method, path) there is, with something for each parameter; mounted applications too."""
    for route in iter_route_contexts(list(routes)):
        path = prefix + re.sub(r"\{[^}]*\}", "1", str(route.path or ""))
        if isinstance(route.original_route, Mount):
            yield "GET", f"{path}/anything"
            yield from _walk(route.original_route.routes or [], path)
        elif route.methods is None:
            yield "WEBSOCKET", path
        else:
            yield from ((method, path) for method in sorted(route.methods))


def test_the_walk_finds_what_is_there(app: Starlette) -> None:
    found = set(_walk(app.routes))
    assert {
        ("GET", "/"),
        ("GET", "/config"),
        ("POST", "/gradio_api/queue/join"),
        ("POST", "/gradio_api/component_server"),
        ("POST", "/gradio_api/upload"),
        ("GET", "/studio/thumbs/1"),
        ("GET", "/metrics"),
        ("GET", "/api/v1/images"),
        ("POST", "/api/v1/images"),
        ("POST", "/api/v1/versions"),
        ("POST", "/api/v1/versions/1/blend"),
        ("POST", "/mask/image"),
    } <= found
    assert len(found) > 80


def test_a_stranger_is_refused_at_every_route(app: Starlette, stranger: TestClient) -> None:
    answers = {}
    for method, path in _walk(app.routes):
        if path.rstrip("/") in SAYS_NOTHING | {"/login", "/logout"}:
            continue
        if method == "WEBSOCKET":
            with pytest.raises(WebSocketDisconnect), stranger.websocket_connect(path):
                pass
            continue
        answers[method, path] = stranger.request(method, path).status_code
    let_in = {route: status for route, status in answers.items() if status != 401}
    assert not let_in


def test_a_stranger_with_a_browser_sees_the_login_page_alone(app: Starlette, stranger: TestClient) -> None:
    accept = {"Accept": "text/html"}
    for method, path in _walk(app.routes):
        if method == "GET" and path.rstrip("/") not in SAYS_NOTHING | {"/login", "/logout"}:
            reply = stranger.get(path, headers=accept)
            assert reply.status_code == 303, path
            assert reply.headers["location"].startswith("/login"), path
    assert "SAM Studio" in stranger.get("/login", headers=accept).text


@pytest.mark.parametrize("how", ["password", "token"])
def test_who_may_come_in_finds_everything_working(stranger: TestClient, how: str) -> None:
    known, headers = stranger, BEARER if how == "token" else {}
    if how == "password":
        assert known.post("/login", data={"password": PASSWORD}).status_code == 303
    assert known.get("/studio/static/app.css", headers=headers).status_code == 200
    assert known.get("/api/v1/images", headers=headers).status_code == 200
    components: Any = known.get("/config", headers=headers).json()["components"]
    canvas = next(c["id"] for c in components if c["props"].get("elem_id") == "canvas")
    body = {"component_id": canvas, "fn_name": "list_images", "data": {}, "session_hash": "x"}
    reply = known.post("/gradio_api/component_server", json=body, headers=headers)
    assert reply.json()["images"] == []


def test_another_sites_page_is_refused_even_so(stranger: TestClient) -> None:
    stranger.post("/login", data={"password": PASSWORD})
    evil = {"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert stranger.get("/config", headers=evil).status_code == 403
    assert stranger.post("/gradio_api/component_server", json={}, headers=evil).status_code == 403


@pytest.mark.parametrize(
    "foreign",
    [
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
    ],
    ids=str,
)
def test_another_sites_page_cannot_use_a_visitors_session_to_write(
    project: FakeProject, stranger: TestClient, foreign: dict[str, str]
) -> None:
    stranger.post("/login", data={"password": PASSWORD})
    octets = {"Content-Type": "application/octet-stream"}
    upload = "/api/v1/versions?filename=a.pth"
    for sent in (
        stranger.post("/api/v1/images", files={"file": ("a.png", b"x")}, headers=foreign),
        stranger.post("/api/v1/images", content=b"x", headers=foreign | octets),
        stranger.post(upload, content=b"decoder", headers=foreign | octets),
        stranger.post("/api/v1/versions/1/blend", json={"strength": 0.5}, headers=foreign),
        stranger.get("/api/v1/dataset/export?format=coco", headers=foreign | {"Sec-Fetch-Mode": "cors"}),
    ):
        assert sent.status_code == 403, sent.request.url
    assert [one.number for one in project.versions.list()] == [0]
    own = {"Origin": "http://localhost:7860", "Sec-Fetch-Site": "same-origin"}
    assert stranger.post(upload, content=b"no decoder", headers=own | octets).status_code == 422


def test_health_is_told_to_everyone(stranger: TestClient) -> None:
    reply = stranger.get("/healthz", headers={"Host": "10.0.0.7:7860"})
    assert reply.status_code == 200
    assert (reply.json()["live_version"], reply.json()["model"]) == (0, "loading")


def test_what_is_asked_is_counted_and_named(stranger: TestClient) -> None:
    refused = stranger.get("/config")
    assert len(refused.headers["x-request-id"]) == 32
    stranger.get("/studio/thumbs/none", headers=BEARER)
    stranger.get("/gradio_api/app_id", headers=BEARER)
    figures = stranger.get("/metrics", headers=BEARER).text
    for line in (
        'samstudio_requests_total{method="GET",route="(none)",status="401"}',
        'samstudio_requests_total{method="GET",route="/studio/thumbs/{image_id}",status="404"}',
        'samstudio_requests_total{method="GET",route="/gradio_api/app_id",status="200"}',
        "samstudio_live_version 0.0",
    ):
        assert line in figures


def test_a_stage_is_counted(project: FakeProject, serving: Serving, stranger: TestClient) -> None:
    project.observe("decode", 0.05)
    figures = stranger.get("/metrics", headers=BEARER).text
    assert 'samstudio_stage_seconds_count{stage="decode"}' in figures


def test_a_server_without_a_login_leaves_no_key_behind(tmp_path: Path) -> None:
    project = open_fake(tmp_path)
    serving = build_server(project, host="127.0.0.1", environment={})
    assert not serving.policy.required
    assert not (tmp_path / "session.key").exists()
