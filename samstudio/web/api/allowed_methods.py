"""The HTTP methods of an address: those of all its routes, where the router reports only the first one's."""

from __future__ import annotations

import re

from fastapi import FastAPI, Request
from starlette.routing import compile_path


def allowed_methods(request: Request) -> list[str]:
    """Return the methods documented for a request's address, in alphabetical order; ``GET`` where none is."""
    documented = _documented(request.app)
    found = {method for path, methods in documented if path.match(request.url.path) for method in methods}
    return sorted(found) or ["GET"]


def _documented(app: FastAPI) -> tuple[tuple[re.Pattern[str], frozenset[str]], ...]:
    paths = app.openapi()["paths"]
    return tuple(
        (compile_path(path)[0], frozenset(method.upper() for method in operations))
        for path, operations in paths.items()
    )
