"""The page as it leaves the server: in its visitor's language, with the words in its head."""

from __future__ import annotations

import re

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from samstudio.web.i18n.catalogues import address
from samstudio.web.i18n.languages import COOKIE
from samstudio.web.i18n.middleware import LanguageMiddleware
from samstudio.web.page.routes import page_routes
from tests.unit.web.fakes import FakeProject

HTML = '<!doctype html><html\n\tlang="en"><head><base href="./" /><script>1</script></head></html>'


def _page(request: Request) -> Response:
    return JSONResponse({"lang": "en"}) if "json" in request.query_params else HTMLResponse(HTML)


@pytest.fixture
def client() -> TestClient:
    routes = [Route("/", _page), Route("/other", _page)]
    return TestClient(Starlette(routes=routes, middleware=[Middleware(LanguageMiddleware)]))


def test_a_japanese_visitor_gets_the_words_with_the_page(client: TestClient) -> None:
    reply = client.get("/", headers={"Accept-Language": "ja"})
    assert 'lang="ja"' in reply.text
    assert re.search(r'<base href="./" />.*i18n\.js.*<script>1</script>', reply.text), (
        "before Gradio's scripts"
    )
    assert f'import messages from "./{address("ja")}"' in reply.text
    assert int(reply.headers["content-length"]) == len(reply.content)
    assert reply.headers["vary"] == "Accept-Language, Cookie"


def test_an_english_visitor_gets_no_words_but_can_ask_for_them(client: TestClient) -> None:
    reply = client.get("/", headers={"Accept-Language": "ja", "Cookie": f"{COOKIE}=en"})
    assert 'lang="en"' in reply.text
    assert "import messages" not in reply.text
    assert f'"ja": "{address("ja")}"' in reply.text


def test_nothing_else_is_touched(client: TestClient) -> None:
    japanese = {"Accept-Language": "ja"}
    assert client.get("/other", headers=japanese).text == HTML
    assert client.get("/?json", headers=japanese).json() == {"lang": "en"}


def test_the_words_are_served_for_ever_under_the_address_of_their_content(project: FakeProject) -> None:
    client = TestClient(Starlette(routes=page_routes(project=project)))
    reply = client.get(f"/{address('ja')}")
    assert reply.headers["content-type"].startswith("text/javascript")
    assert "immutable" in reply.headers["cache-control"]
    assert "オブジェクト" in reply.text
    assert "no-cache" in client.get("/studio/i18n/ja.js?v=old").headers["cache-control"]
    assert client.get("/studio/i18n/xx.js").status_code == 404
