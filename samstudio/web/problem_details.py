"""Failures as RFC 9457 problem details: the format of every error reply."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import NamedTuple

from starlette.responses import JSONResponse, Response

from samstudio.domain import (
    Conflict,
    InvalidInput,
    NotFound,
    StaleAnnotation,
    StaleImage,
    StudioError,
    Unavailable,
)

MEDIA_TYPE = "application/problem+json"
PREFIX = "urn:samstudio:problem:"


class ProblemType(NamedTuple):
    """A type of failure, by its stable name."""

    name: str
    title: str
    status: int


PROBLEM_TYPES: dict[type[StudioError], ProblemType] = {
    StaleAnnotation: ProblemType("stale-annotation", "Changed meanwhile", 409),
    StaleImage: ProblemType("stale-image", "Changed meanwhile", 409),
    Conflict: ProblemType("conflict", "Does not fit the present state", 409),
    NotFound: ProblemType("not-found", "Not found", 404),
    InvalidInput: ProblemType("invalid-input", "Cannot be used", 422),
    Unavailable: ProblemType("unavailable", "Not available", 503),
    StudioError: ProblemType("failed", "Failed", 500),
}


def problem_type(error: StudioError) -> ProblemType:
    """Return the type of an error: that of the nearest of its classes that has one."""
    return next(PROBLEM_TYPES[base] for base in type(error).__mro__ if base in PROBLEM_TYPES)


def problem(status: int, detail: str, *, headers: Mapping[str, str] | None = None) -> Response:
    """Return a problem detail of type ``about:blank`` with ``detail``, a sentence for a person."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return JSONResponse(body, status_code=status, headers=headers, media_type=MEDIA_TYPE)
