"""Visitors: an app behind the authentication that says what it was asked, and requests to it."""

from __future__ import annotations

from typing import Any

from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket

from samstudio.web.auth.auth_middleware import AccessControl, AuthMiddleware
from samstudio.web.auth.policy import Policy
from samstudio.web.auth.session_cookies import SessionCookies
from samstudio.web.auth.throttle import Throttle

PASSWORD, TOKEN = "correct horse", "a-token-for-scripts-1"
POLICY = Policy(password=SecretStr(PASSWORD), token=SecretStr(TOKEN))
OPEN = Policy(hosts=frozenset({"localhost", "127.0.0.1", "::1"}))
BEARER = {"Authorization": f"Bearer {TOKEN}"}
BROWSER = {"Accept": "text/html,*/*;q=0.8"}
KEY = "k" * 64


class Clock:
    """Time that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def access_control(policy: Policy = POLICY, *, clock: Clock | None = None, **parts: Any) -> AccessControl:
    return AccessControl(
        policy,
        sessions=SessionCookies(key=KEY, policy=policy),
        throttle=Throttle(clock=clock or Clock()),
        **parts,
    )


def behind(access: AccessControl, *, base_url: str = "http://studio.lan", root_path: str = "") -> TestClient:
    """A client of an app behind the authentication; it follows no redirect."""
    app = Starlette(
        routes=[
            WebSocketRoute("/socket", _socket),
            Mount("/mounted", routes=[Route("/inside", _said)]),
            Route("/{path:path}", _said, methods=["GET", "POST", "DELETE"]),
        ],
        middleware=[Middleware(AuthMiddleware, access=access)],
    )
    return TestClient(app, base_url=base_url, follow_redirects=False, root_path=root_path)


def log_in(client: TestClient, password: str = PASSWORD, **fields: str) -> Any:
    return client.post("/login", data={"password": password, **fields})


async def _said(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"behind: {request.url.path}")


async def _socket(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text("behind")
    await websocket.close()
