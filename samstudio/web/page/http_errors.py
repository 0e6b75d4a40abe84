"""Failures of the page's own routes as problem details, as the REST API's are."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from samstudio.domain import StudioError
from samstudio.web.problem_details import problem, problem_type


def handle_errors(endpoint: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """Return the endpoint with its failures answered as problem details."""

    def answer(request: Request) -> Response:
        try:
            return endpoint(request)
        except StudioError as error:
            return problem(problem_type(error).status, str(error))

    return answer
