"""How the app's own addresses say no: a sentence as JSON, and the status that goes with it."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from samstudio.domain import InvalidInput, NotFound, StudioError


def handle_errors(endpoint: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """An endpoint that answers a failure with its sentence."""

    def answer(request: Request) -> Response:
        try:
            return endpoint(request)
        except StudioError as error:
            return refusal(error)

    return answer


def refusal(error: StudioError) -> Response:
    """404 for what is not there, 422 for what is wrong with the request, 409 for the rest."""
    code = 404 if isinstance(error, NotFound) else 422 if isinstance(error, InvalidInput) else 409
    return no(code, str(error))


def no(code: int, sentence: str) -> Response:
    """``{"error": sentence}`` under an HTTP status."""
    return JSONResponse({"error": sentence}, status_code=code)


def foreign(request: Request) -> Response | None:
    """The refusal of an upload that does not come from the app's own page; None when it does.

    The header is one that no form can send, so that a page of another site
    cannot make a visitor's browser upload.
    """
    own = request.headers.get("x-studio") == "upload"
    return None if own else no(403, "uploads come from the app's own page")
