"""Authentication of every request and every websocket, before any route sees it.

The middleware wraps the whole server, so routes that are mounted later are
protected too. In order, it checks: public paths, the Host header, a bearer
token, cross-site requests, then the session cookie.
"""

from __future__ import annotations

import secrets
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from samstudio.web.auth.hosts import host_of, is_cross_site
from samstudio.web.auth.huggingface import HuggingFace
from samstudio.web.auth.login_routes import LoginRoutes
from samstudio.web.auth.policy import Policy
from samstudio.web.auth.session_cookies import SessionCookies
from samstudio.web.auth.throttle import Throttle
from samstudio.web.problem_details import problem
from samstudio.web.scope import route_path

PUBLIC_PATHS = frozenset({"/healthz"})
"""Answered without credentials."""

STARTUP_EVENTS = "/gradio_api/startup-events"
"""Gradio asks itself for this when it starts, without a credential. It answers yes or no."""


class AccessControl:
    """The decision whether a request may pass, by a policy."""

    def __init__(
        self,
        policy: Policy,
        *,
        sessions: SessionCookies,
        throttle: Throttle | None = None,
        huggingface: HuggingFace | None = None,
    ) -> None:
        self._policy = policy
        self._sessions = sessions
        self._login_app = LoginRoutes(
            policy=policy, sessions=sessions, throttle=throttle or Throttle(), huggingface=huggingface
        ).app()

    def rejection(self, scope: Scope) -> ASGIApp | None:
        """Return the app that answers in place of the protected one; None for a request that may pass."""
        headers, path = Headers(scope=scope), route_path(scope)
        if path in PUBLIC_PATHS:
            return None
        if self._unknown_host(headers):
            return _problem(421, _UNKNOWN_HOST.format(host=headers.get("host", "")[:100]))
        if self._has_token(headers) or (path == STARTUP_EVENTS and _from_this_machine(scope)):
            return None
        if self._cross_site(headers, scope.get("method", "")):
            return _problem(403, _CROSS_SITE)
        return self._unless_logged_in(scope, headers, path) if self._policy.required else None

    def _unless_logged_in(self, scope: Scope, headers: Headers, path: str) -> ASGIApp | None:
        if path in ("/login", "/logout") or path.startswith("/login/"):
            return self._login_app
        if self._sessions.user(HTTPConnection(scope).cookies.get(self._sessions.cookie)):
            return None
        return _to_login(scope) if _wants_page(scope, headers) else _problem(401, _NOT_LOGGED_IN)

    def _unknown_host(self, headers: Headers) -> bool:
        hosts = self._policy.hosts
        return hosts is not None and host_of(headers.get("host")) not in hosts

    def _cross_site(self, headers: Headers, method: str) -> bool:
        policy = self._policy
        return is_cross_site(headers, method=method, allowed=policy.proxies, framed=policy.embedded)

    def _has_token(self, headers: Headers) -> bool:
        token = self._policy.token
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if token is None or scheme.lower() != "bearer":
            return False
        return secrets.compare_digest(given.strip().encode(), token.get_secret_value().encode())


class AuthMiddleware:
    """Pure ASGI middleware that applies an `AccessControl`."""

    def __init__(self, app: ASGIApp, *, access: AccessControl) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        rejection = self._access.rejection(scope)
        if rejection is not None and scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        await (rejection or self._app)(scope, receive, send)


_NOT_LOGGED_IN = "Log in on the app's page, or send the access token as `Authorization: Bearer …`."
_CROSS_SITE = (
    "The request was sent by a page of another site. A proxy's own name goes into SAMSTUDIO_ALLOWED_HOSTS; "
    "scripts send the access token."
)
_UNKNOWN_HOST = (
    "This app does not answer to the name {host!r}. If it should, add it to SAMSTUDIO_ALLOWED_HOSTS."
)


def _problem(status: int, detail: str) -> Response:
    headers = {"Cache-Control": "no-store"}
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="SAM Studio"'
    return problem(status, detail, headers=headers)


def _wants_page(scope: Scope, headers: Headers) -> bool:
    reading = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
    return reading and "text/html" in headers.get("accept", "")


def _to_login(scope: Scope) -> Response:
    query = scope.get("query_string", b"").decode("latin-1")
    wanted = route_path(scope) + (f"?{query}" if query else "")
    tail = f"?next={quote(wanted, safe='')}" if wanted != "/" else ""
    url = f"{str(scope.get('root_path', '')).rstrip('/')}/login{tail}"
    return RedirectResponse(url, status_code=303, headers={"Cache-Control": "no-store"})


def _from_this_machine(scope: Scope) -> bool:
    client, server = scope.get("client"), scope.get("server")
    return bool(client and server and client[0] == server[0])
