"""In whose name a request writes: the login's, else that in its header, else that in the browser's cookie.

The middleware says it once for the whole server, so that no route and no server function of the page has to
pass a name on.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from samstudio.authors import acting_as, author_name
from samstudio.domain import InvalidInput
from samstudio.web.problem_details import problem

HEADER = "SAM-Studio-Author"
"""A name in UTF-8, its bytes as they are or with ``%XX`` for each, as ``encodeURIComponent`` writes it."""

COOKIE = "samstudio_author"
"""The name that a person typed on the page, with ``%XX``; its script sets it (page/static/author.js)."""

LoginName = Callable[[HTTPConnection], str | None]
"""Returns the name that a request's login says; None where it says none."""


def nobody(_request: HTTPConnection) -> str | None:
    """Return None: no login says a name."""
    return None


class AuthorMiddleware:
    """Pure ASGI middleware that has what a request writes recorded under its author's name."""

    def __init__(self, app: ASGIApp, *, login: LoginName = nobody) -> None:
        self._app = app
        self._login = login

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; answer 422 where its header has no usable name."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = HTTPConnection(scope)
        login = self._login(request)
        try:
            name = login or _given(request)
        except InvalidInput as error:
            await problem(422, f"{HEADER}: {error}")(scope, receive, send)
            return
        with acting_as(name, verified=login is not None):
            await self._app(scope, receive, send)


def _given(request: HTTPConnection) -> str | None:
    """Return the name in a request's header, else in its cookie.

    Raises:
        InvalidInput: The header's name is too long.
    """
    header = request.headers.get(HEADER)
    if header is not None:
        return author_name(_decoded(header))
    try:
        return author_name(unquote(request.cookies.get(COOKIE, "")))
    except InvalidInput:  # not the page's doing: it sets none that is too long
        return None


def _decoded(header: str) -> str:
    """Return a header's text; servers hand its bytes on as Latin-1, whatever they are."""
    raw = header.encode("latin-1")
    try:
        return unquote(raw.decode())
    except UnicodeDecodeError:
        return unquote(header)
