"""The HTTP methods of an address: those of all its routes, where the router reports only the first one's."""

from __future__ import annotations

import re

from fastapi import FastAPI, Request
from starlette.routing import compile_path


def allowed_methods(request: Request) -> list[str]:
    """Return the methods documented for a request's address, in alphabetical order; ``GET`` where none is.

    An address that is documented as it stands is no parameter of another one, as OpenAPI has it.
    """
    documented = _documented(request.app)
    exact = [methods for path, _, methods in documented if path == request.url.path]
    matching = exact or [methods for _, pattern, methods in documented if pattern.match(request.url.path)]
    return sorted(set[str]().union(*matching)) or ["GET"]


def _documented(app: FastAPI) -> tuple[tuple[str, re.Pattern[str], frozenset[str]], ...]:
    paths = app.openapi()["paths"]
    return tuple(
        (path, compile_path(path)[0], frozenset(method.upper() for method in operations))
        for path, operations in paths.items()
    )
