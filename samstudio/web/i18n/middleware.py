"""Middleware that adds the visitor's language, and that language's messages, to the page's head.

In the head, so that the messages are there before Gradio draws anything.
"""

from __future__ import annotations

import json
import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from samstudio.web.i18n.catalogues import LANGUAGES, address
from samstudio.web.i18n.languages import language_of
from samstudio.web.scope import route_path

_LANGUAGE = re.compile(rb'(<html\b[^>]*?\blang=)"[^"]*"')
_BASE = re.compile(rb"<base\b[^>]*>")
"""Addresses in the head are relative to it, so what we add stands after it."""


def head(language: str) -> str:
    """Return the HTML for the page's head that loads a language's messages and starts the translation."""
    start = {"language": language, "addresses": {other: address(other) for other in LANGUAGES}}
    messages = f'import messages from "./{address(language)}"; ' if language in LANGUAGES else ""
    how = json.dumps(start)[:-1] + (", messages}" if messages else "}")
    return (
        '<link rel="stylesheet" href="./studio/static/i18n/i18n.css">'
        f'<script type="module">import {{ i18n }} from "./studio/static/i18n/i18n.js"; {messages}'
        f"i18n.start({how});</script>"
    )


def in_language(html: bytes, language: str) -> bytes:
    """Return Gradio's page with its language named and its messages in the head."""
    named = _LANGUAGE.sub(rb'\1"' + language.encode() + rb'"', html, count=1)
    return _BASE.sub(lambda base: base[0] + head(language).encode(), named, count=1)


class LanguageMiddleware:
    """Pure ASGI middleware that changes the page at ``/`` alone."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; answer the page's with the visitor's language."""
        page = scope["type"] == "http" and scope["method"] == "GET" and route_path(scope) in ("", "/")
        if not page:
            await self._app(scope, receive, send)
            return
        started: list[Message] = []
        body = bytearray()

        async def rewrite(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_page(message):
                started.append(message)
            elif started and message["type"] == "http.response.body":
                body.extend(message.get("body", b""))
                if not message.get("more_body"):
                    await _send(
                        started[0], in_language(bytes(body), language_of(HTTPConnection(scope))), send
                    )
            else:
                await send(message)

        await self._app(scope, receive, rewrite)


def _is_page(message: Message) -> bool:
    return Headers(raw=message["headers"]).get("content-type", "").startswith("text/html")


async def _send(start: Message, body: bytes, send: Send) -> None:
    headers = MutableHeaders(raw=start["headers"])
    headers["Content-Length"] = str(len(body))
    headers.add_vary_header("Accept-Language")
    headers.add_vary_header("Cookie")
    await send({**start, "headers": headers.raw})
    await send({"type": "http.response.body", "body": body})
