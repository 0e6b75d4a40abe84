"""The whole page over a project without a model, in a process of its own.

Gradio leaves event loops and sockets open when it stops, which would be
warnings, and so errors, here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from samstudio.domain import Unavailable
from samstudio.web.encoding_queue import EncodingQueue
from samstudio.web.page.launch import start
from tests.processes import App
from tests.unit.web.fakes import open_fake


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with App.of_module("tests.unit.web.fakes", str(tmp_path_factory.mktemp("fake"))) as app:
        yield app


def test_the_page_needs_nothing_from_elsewhere(app: App) -> None:
    page = httpx.get(app.url).text
    assert "SAM Studio" in page
    for elsewhere in ("googleapis", "cdnjs", "jsdelivr", "gstatic"):
        assert elsewhere not in page
    assert "googleapis" not in httpx.get(f"{app.url}theme.css").text


def test_the_app_s_own_routes_are_there(app: App) -> None:
    assert httpx.get(f"{app.url}studio/canvas/main.js").status_code == 200
    assert httpx.get(f"{app.url}favicon.ico").headers["content-type"].startswith("image/")


def test_the_canvas_answers_through_gradio(app: App) -> None:
    config = httpx.get(f"{app.url}config").json()
    canvas = next(c["id"] for c in config["components"] if c["props"].get("elem_id") == "canvas")
    body = {"component_id": canvas, "fn_name": "list_images", "data": {}, "session_hash": "x"}
    reply = httpx.post(f"{app.url}gradio_api/component_server", content=json.dumps(body))
    nothing = {"images": [], "before": None, "after": None, "offset": 0, "total": 0, "stray": None}
    assert reply.json() == {**nothing, "categories": []}


def test_a_taken_port_is_said_before_anything_starts(app: App, tmp_path: Path) -> None:
    port = int(app.url.rsplit(":", 1)[1].strip("/"))
    project = open_fake(tmp_path)
    with pytest.raises(Unavailable, match="--port"):
        start(project, port=port, encoding_queue=EncodingQueue(project), routes=())
