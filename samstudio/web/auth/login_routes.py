"""The login page, logging in, and logging out: the routes that need no session."""

from __future__ import annotations

import logging
import secrets
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from samstudio.web.auth.huggingface import HuggingFace, LoginFailed
from samstudio.web.auth.login_page import Notice, font_path, login_page
from samstudio.web.auth.login_text import login_text
from samstudio.web.auth.policy import Policy
from samstudio.web.auth.session_cookies import HUGGINGFACE, SessionCookies
from samstudio.web.auth.throttle import Throttle
from samstudio.web.i18n.languages import choice_cookie, chosen_in

log = logging.getLogger(__name__)

MAX_FORM_BYTES = 8192
"""A login form is read no further."""


class LoginRoutes:
    """``/login`` and ``/logout``; `app` serves them."""

    def __init__(
        self, *, policy: Policy, sessions: SessionCookies, throttle: Throttle, huggingface: HuggingFace | None
    ) -> None:
        self._policy = policy
        self._sessions = sessions
        self._throttle = throttle
        self._huggingface = huggingface

    def app(self) -> Starlette:
        """Return the routes as an application of their own."""
        routes = [
            Route("/login", self._login_page),
            Route("/login", self._login, methods=["POST"]),
            Route("/logout", self._logout, methods=["GET", "POST"]),
        ]
        middleware: list[Middleware] = []
        if self._huggingface is not None:
            routes += [
                Route("/login/huggingface", self._to_huggingface),
                Route("/login/callback", self._from_huggingface),
            ]
            # Holds the login's state between the two, nothing afterwards.
            middleware = [
                Middleware(
                    SessionMiddleware,
                    secret_key=secrets.token_hex(32),
                    session_cookie="samstudio_login",
                    max_age=600,
                    https_only=True,
                )
            ]
        routes.append(Route("/login/{font}", _font))
        return Starlette(routes=routes, middleware=middleware)

    async def _login_page(self, request: Request) -> Response:
        next_ = safe_next(request.query_params.get("next"))
        if self._sessions.user(request.cookies.get(self._sessions.cookie)):
            return _see_other(request, next_)
        left = "left" in request.query_params
        page = self._page(request, next_, Notice(login_text(request).left, good=True) if left else None)
        chosen = chosen_in(request)
        if chosen:
            secure = self._policy.embedded or _over_https(request)
            cookie = choice_cookie(chosen, path=_base(request) or "/", secure=secure)
            page.headers.append("Set-Cookie", cookie)
        return page

    async def _login(self, request: Request) -> Response:
        form = await _form(request)
        next_, text, address = safe_next(form.get("next")), login_text(request), _address(request)
        # No await from here on, so that attempts sent concurrently are counted one by one.
        seconds = self._throttle.wait(address)
        if seconds:
            page = self._page(request, next_, Notice(text.wait.format(seconds=seconds)), 429)
            page.headers["Retry-After"] = str(seconds)
            return page
        if not self._is_correct(form.get("password", "")):
            self._throttle.failed(address)
            log.warning("a wrong password was tried from %s", address)
            return self._page(request, next_, Notice(text.wrong), 401)
        self._throttle.succeeded(address)
        return self._start_session(request, "password", next_)

    async def _logout(self, request: Request) -> Response:
        response = _see_other(request, "/login?left")
        response.headers.append("Set-Cookie", self._set_cookie(request, "", age=0))
        return response

    async def _to_huggingface(self, request: Request) -> Response:
        assert self._huggingface is not None  # the route is there only then
        try:
            return await self._huggingface.begin(request, safe_next(request.query_params.get("next")))
        except LoginFailed as error:
            return self._login_failed(request, error)

    async def _from_huggingface(self, request: Request) -> Response:
        assert self._huggingface is not None
        try:
            name, next_ = await self._huggingface.finish(request)
        except LoginFailed as error:
            return self._login_failed(request, error)
        return self._start_session(request, f"{HUGGINGFACE}:{name}", next_)

    def _login_failed(self, request: Request, error: LoginFailed) -> Response:
        text = str(getattr(login_text(request), error.reason)).format(name=error.name)
        return self._page(request, "/", Notice(text), 403 if error.name else 502)

    def _start_session(self, request: Request, user: str, next_: str) -> Response:
        response = _see_other(request, next_)
        cookie = self._set_cookie(request, self._sessions.issue(user), age=self._sessions.lifetime)
        response.headers.append("Set-Cookie", cookie)
        return response

    def _is_correct(self, given: str) -> bool:
        """Tell whether it is the password or the token, in constant time."""
        known = (self._policy.password, self._policy.token)
        right = [_same(given, secret.get_secret_value()) for secret in known if secret is not None]
        return any(right)

    def _page(self, request: Request, next_: str, notice: Notice | None, status: int = 200) -> Response:
        return login_page(
            policy=self._policy,
            text=login_text(request),
            base=_base(request),
            next_=next_,
            notice=notice,
            status=status,
        )

    def _set_cookie(self, request: Request, value: str, *, age: int) -> str:
        return (
            f"{self._sessions.cookie}={value}; Path={_base(request) or '/'}; Max-Age={age}; HttpOnly; "
            + _cookie_scope(request, embedded=self._policy.embedded)
        )


def safe_next(path: str | None) -> str:
    """Return a path of this app to go to after logging in; ``/`` for anything else."""
    inside = path is not None and path.startswith("/") and not path.startswith(("//", "/login", "/logout"))
    if path is None or not inside or "\\" in path or not path.isprintable():
        return "/"
    return path


def _same(given: str, secret: str) -> bool:
    return secrets.compare_digest(given.encode(), secret.encode())


def _cookie_scope(request: Request, *, embedded: bool) -> str:
    """Return the cookie's attributes.

    In another site's frame browsers keep only ``SameSite=None`` cookies; `hosts.is_cross_site` then
    prevents CSRF.
    """
    if embedded:
        return "SameSite=None; Secure; Partitioned"
    return "SameSite=Lax; Secure" if _over_https(request) else "SameSite=Lax"


def _over_https(request: Request) -> bool:
    forwarded = request.headers.get("x-forwarded-proto", "").split(",")[0].strip()
    return "https" in (request.url.scheme, forwarded)


def _see_other(request: Request, path: str) -> Response:
    return RedirectResponse(f"{_base(request)}{path}", status_code=303, headers={"Cache-Control": "no-store"})


def _base(request: Request) -> str:
    return str(request.scope.get("root_path", "")).rstrip("/")


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


async def _form(request: Request) -> dict[str, str]:
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > MAX_FORM_BYTES:
            return {}
    fields = parse_qs(data.decode("utf-8", "replace"), keep_blank_values=True)
    return {name: values[0] for name, values in fields.items()}


async def _font(request: Request) -> Response:
    path = await run_in_threadpool(font_path, request.path_params["font"])
    if path is None:
        return PlainTextResponse("nothing is here", status_code=404)
    return FileResponse(path, media_type="font/woff2", headers={"Cache-Control": "max-age=86400"})
