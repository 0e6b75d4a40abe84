"""The routes that the comparison of two versions reads; what it changes goes by the REST API."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from samstudio.domain import InvalidInput
from samstudio.services.comparison.types import BlendedVersion
from samstudio.web.page.comparison import replies as made
from samstudio.web.page.comparison.todo import todo_json
from samstudio.web.page.http_errors import handle_errors

if TYPE_CHECKING:
    from samstudio.project import Project


def compare_routes(*, project: Project) -> list[BaseRoute]:
    """Return ``/studio/compare``, what can be compared, and below it ``objects``, ``masks``, ``todo``.

    ``a`` and ``b`` are version numbers, ``strength`` is b's.
    """

    def objects(request: Request) -> dict[str, Any]:
        return made.objects_json(project, *_sides(request))

    def masks(request: Request) -> dict[str, Any]:
        return made.masks_json(project, *_sides(request), _ids(request))

    return [
        _get("/studio/compare", lambda _request: made.setup_json(project)),
        _get("/studio/compare/objects", objects),
        _get("/studio/compare/masks", masks),
        _get("/studio/compare/todo", lambda _request: todo_json(project)),
    ]


def _get(path: str, make: Callable[[Request], dict[str, Any]]) -> Route:
    headers = {"Cache-Control": "no-store"}
    return Route(path, handle_errors(lambda request: JSONResponse(make(request), headers=headers)))


def _sides(request: Request) -> tuple[BlendedVersion, BlendedVersion]:
    strength = _decimal(request, "strength") if "strength" in request.query_params else 1.0
    return BlendedVersion.of(_number(request, "a")), BlendedVersion.of(_number(request, "b"), strength)


def _number(request: Request, name: str) -> int:
    text = request.query_params.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise InvalidInput(f"{name} is {text!r}: give a version's number")
    return int(text)


def _decimal(request: Request, name: str) -> float:
    text = request.query_params.get(name, "")
    try:
        return float(text)
    except ValueError:
        raise InvalidInput(f"{name} is {text!r}: give a number from 0 to 1") from None


def _ids(request: Request) -> list[int]:
    text = request.query_params.get("ids", "")
    try:
        return [int(one) for one in text.split(",")]
    except ValueError:
        raise InvalidInput(f"ids is {text!r}: give objects' numbers with commas between") from None
