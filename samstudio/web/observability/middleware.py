"""Request ids, request metrics, and the access log."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from samstudio.web.observability.logs import request_id
from samstudio.web.observability.metrics import Metrics
from samstudio.web.observability.route_templates import RouteTemplates

log = logging.getLogger(__name__)

HEADER = "X-Request-ID"
_VALID_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""Others are counted as one, so that clients cannot create metrics."""


class RequestLogMiddleware:
    """Pure ASGI middleware around all others that gives each request an id, counts and logs it."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics
        self._templates = RouteTemplates()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by the app, then count and log the request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        id_ = given if _VALID_ID.fullmatch(given) else uuid.uuid4().hex
        # Never reset: each request has a context of its own, and the server logs the traceback
        # of a failure after this middleware has returned.
        request_id.set(id_)
        status, began, root = 500, time.perf_counter(), str(scope.get("root_path", ""))

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = id_
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        finally:
            self._record(scope, root, status, time.perf_counter() - began)

    def _record(self, scope: Scope, root: str, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in METHODS else "OTHER"
        self._metrics.request(method, self._templates.of(scope, root=root), status)
        # Without the query, which may hold secrets; quoted, or a line break would begin a new log line.
        path = quote(scope["path"], safe="/:@!$&'()*+,;=~")
        log.log(_level(status), "%s %s %d %.0f ms", method, path, status, seconds * 1000)


def _level(status: int) -> int:
    if status >= 500:
        return logging.ERROR
    return logging.INFO if status >= 400 else logging.DEBUG


@contextmanager
def requests_unlogged() -> Iterator[None]:
    """Log no request inside the ``with`` block: Gradio calls itself when it starts."""
    # A filter, because the server's own configuration of logging puts `disabled` back.
    log.addFilter(_nothing)
    try:
        yield
    finally:
        log.removeFilter(_nothing)


def _nothing(_record: logging.LogRecord) -> bool:
    return False
