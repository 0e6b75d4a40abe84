"""Failures of the page's own routes as problem details, as the REST API's are."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from samstudio.domain import InvalidInput, NotFound, StudioError
from samstudio.web.problem_details import problem


def handle_errors(endpoint: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """Return the endpoint with its failures answered as problem details."""

    def answer(request: Request) -> Response:
        try:
            return endpoint(request)
        except StudioError as error:
            return problem(_status(error), str(error))

    return answer


def _status(error: StudioError) -> int:
    """Return 404 for what is not there, 422 for what is wrong with the request, 409 for the rest."""
    return 404 if isinstance(error, NotFound) else 422 if isinstance(error, InvalidInput) else 409
