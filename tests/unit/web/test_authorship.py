"""The name under which a request writes: by login, header and cookie."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from samstudio.authors import current_author
from samstudio.web.auth.policy import Policy
from samstudio.web.auth.session_cookies import SessionCookies
from samstudio.web.authorship import COOKIE, HEADER, AuthorMiddleware

SESSIONS = SessionCookies(key="k" * 64, policy=Policy(password=SecretStr("x")))


def _who(_request: Request) -> JSONResponse:  # no coroutine: it runs on a thread, as the page's functions do
    return JSONResponse([current_author(), current_author("Eve")])


@pytest.fixture
def client() -> TestClient:
    middleware = [Middleware(AuthorMiddleware, login=SESSIONS.login_name)]
    return TestClient(Starlette(routes=[Route("/", _who)], middleware=middleware))


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        ({}, None),
        ({HEADER: "Ann"}, "Ann"),
        ({HEADER: " Ann \t Lee "}, "Ann Lee"),
        ({HEADER: quote("山田 太郎")}, "山田 太郎"),
        ({HEADER: "山田".encode()}, "山田"),
        ({HEADER: "Am\u00e9lie".encode("latin-1")}, "Am\u00e9lie"),
        ({HEADER: "100%"}, "100%"),
        ({HEADER: "a%0Ab%00c"}, "a bc"),
        ({HEADER: ""}, None),
        ({"Cookie": f"{COOKIE}={quote('山田 太郎')}"}, "山田 太郎"),
        ({"Cookie": f"{COOKIE}={quote('a;b,c= é')}"}, "a;b,c= é"),
        ({"Cookie": f"{COOKIE}={'a' * 101}"}, None),
        ({"Cookie": f"{COOKIE}=Bob", HEADER: "Ann"}, "Ann"),
        ({"Cookie": f"{COOKIE}=Bob", HEADER: ""}, None),
        ({"Cookie": f"{SESSIONS.cookie}={SESSIONS.issue('password')}; {COOKIE}=Bob"}, "Bob"),
        ({"Cookie": f"{SESSIONS.cookie}={SESSIONS.issue('huggingface:ann')}; {COOKIE}=Bob"}, "ann"),
        ({"Cookie": f"{SESSIONS.cookie}={SESSIONS.issue('huggingface:ann')}", HEADER: "Bob"}, "ann"),
        ({"Cookie": f"{SESSIONS.cookie}=forged; {COOKIE}=Bob"}, "Bob"),
    ],
)
def test_the_login_goes_before_the_header_and_that_before_the_cookie(
    client: TestClient, headers: dict[str, str], name: str | None
) -> None:
    reply = client.get("/", headers=headers)
    assert reply.status_code == 200
    assert reply.json() == [name, "ann" if name == "ann" else "Eve"], "no one writes under another's login"


def test_a_name_that_is_too_long_is_refused_by_name(client: TestClient) -> None:
    reply = client.get("/", headers={HEADER: "a" * 101})
    assert (reply.status_code, reply.headers["content-type"]) == (422, "application/problem+json")
    expected = f"{HEADER}: the name 'aaaaaaaaaaaaaaaaaaaa'… has 101 bytes; the limit is 100"
    assert reply.json()["detail"] == expected
