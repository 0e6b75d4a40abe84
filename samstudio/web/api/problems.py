"""Failures as RFC 9457 problem details, whatever raised them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from samstudio.domain import StaleAnnotation, StudioError
from samstudio.web.api.allowed_methods import allowed_methods
from samstudio.web.api.annotation_replies import annotation_info
from samstudio.web.api.models.problems import FieldProblem, Problem
from samstudio.web.problem_details import MEDIA_TYPE, PREFIX, ProblemType, problem_type

SHOWN = 3
"""How many malformed fields the sentence names; ``errors`` has them all."""


MALFORMED = ProblemType("malformed", "Not as documented", 422)
INTERNAL = ProblemType("internal", "Internal server error", 500)


def answer_with_problems(app: FastAPI) -> None:
    """Have every failure inside ``app`` answered as problem details."""
    app.add_exception_handler(StudioError, _studio_error)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _internal)


def _studio_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, StudioError)
    current = None
    if isinstance(error, StaleAnnotation):
        current = annotation_info(request.app.state.project.annotations.get(error.annotation_id))
    return _reply(request, problem_type(error), str(error), current=current)


def _malformed(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    # Not the input itself: it may be large, or no text at all.
    errors = [
        FieldProblem(field=".".join(map(str, one["loc"])), message=one["msg"], code=one["type"])
        for one in error.errors()
    ]
    named = "; ".join(f"{one.field}: {one.message}" for one in errors[:SHOWN])
    more = f"; and {len(errors) - SHOWN} more" if len(errors) > SHOWN else ""
    return _reply(request, MALFORMED, f"The request is not as documented: {named}{more}", errors=errors)


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status, headers = error.status_code, dict(error.headers or {})
    detail = error.detail
    if status == 404:
        detail = f"Nothing is at {request.url.path}; /api/docs lists what there is."
    elif status == 405:
        headers["Allow"] = ", ".join(allowed_methods(request))
        detail = f"{request.method} is not possible at {request.url.path}; {headers['Allow']} is."
    kind = ProblemType("about:blank", HTTPStatus(status).phrase, status)
    return _reply(request, kind, detail, headers=headers)


def _internal(request: Request, _error: Exception) -> Response:
    return _reply(request, INTERNAL, "Something went wrong on the server; its log says what.")


def _reply(
    request: Request, kind: ProblemType, detail: str, *, headers: dict[str, str] | None = None, **more: Any
) -> Response:
    name = kind.name if kind.name == "about:blank" else PREFIX + kind.name
    problem = Problem(
        type=name,
        title=kind.title,
        status=kind.status,
        detail=detail.encode("utf-8", "replace").decode(),
        instance=quote(request.url.path, safe="/%"),
        **more,
    )
    content = problem.model_dump(mode="json", exclude={k for k in ("errors", "current") if not more.get(k)})
    return JSONResponse(content, kind.status, headers, MEDIA_TYPE)
