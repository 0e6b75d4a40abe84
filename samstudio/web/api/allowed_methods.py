"""Which methods an address has: every route's there, where the router knows only the first one's."""

from __future__ import annotations

import re
from functools import lru_cache

from fastapi import FastAPI, Request
from starlette.routing import compile_path


def allowed_methods(request: Request) -> list[str]:
    """The methods documented for the address asked, in alphabetical order."""
    documented = _documented(request.app)
    found = {method for path, methods in documented if path.match(request.url.path) for method in methods}
    return sorted(found) or ["GET"]


@lru_cache(maxsize=8)
def _documented(app: FastAPI) -> tuple[tuple[re.Pattern[str], frozenset[str]], ...]:
    paths = app.openapi()["paths"]
    return tuple(
        (compile_path(path)[0], frozenset(method.upper() for method in operations))
        for path, operations in paths.items()
    )
