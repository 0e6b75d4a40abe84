"""A limit on the size of request bodies, enforced before they fill the memory.

Authentication is the responsibility of `samstudio.web.auth`.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from samstudio.web.scope import route_path

MEGABYTE = 1024 * 1024
ENVELOPE = MEGABYTE
"""What a multipart body may hold beside its file."""

MAX_JSON = 64 * MEGABYTE
"""A JSON body: the largest valid one holds a ragged mask of a large image, or a hundred logits."""


class BodyLimit:
    """ASGI middleware that answers 413 to a body that is too large, as soon as that is known.

    What the request's headers say of its length is not relied on. ``larger`` gives the limits in bytes of
    bodies other than JSON at some paths, whose routes do not hold them in memory; one that ends with ``/``
    stands for every path below it.
    """

    def __init__(self, app: ASGIApp, *, upload_mb: int, larger: Mapping[str, int] | None = None) -> None:
        self._app = app
        self._upload = upload_mb * MEGABYTE + ENVELOPE
        self._larger = dict(larger or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, counting the bytes that are read of it.

        Raises:
            HTTPException: 413, in the route that reads the body.
        """
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        limit = self._limit(media_type(headers), route_path(scope))
        declared = headers.get("content-length", "")
        read = int(declared) if declared.isdecimal() and int(declared) > limit else 0

        async def counted() -> Message:
            # Raised where the route reads, inside what makes problem details of it.
            nonlocal read
            if read <= limit:
                message = await receive()
                read += len(message.get("body", b""))
            if read > limit:
                raise HTTPException(
                    413, f"The request is larger than {limit // MEGABYTE} MB, the most there is."
                )
            return message

        await self._app(scope, counted, send)

    def _limit(self, kind: str, path: str) -> int:
        if kind == "application/json":
            return min(MAX_JSON, self._upload)
        below = (
            limit for known, limit in self._larger.items() if known.endswith("/") and path.startswith(known)
        )
        return self._larger.get(path, next(below, self._upload))


def media_type(headers: Headers) -> str:
    """Return the media type of a request's body in lower case, without parameters; empty for none."""
    return headers.get("content-type", "").split(";")[0].strip().lower()
