"""The OpenAPI document: how failures are documented, and what FastAPI leaves out of it."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from samstudio import __version__
from samstudio.web.api.models.problems import Problem
from samstudio.web.problem_details import MEDIA_TYPE

DESCRIPTION = """\
Annotate with Segment Anything, tune its mask decoder on what was accepted, and ask the tuned
decoder for masks. The same project as the page at `/`, in the same process.

Coordinates are pixels of the original image: x to the right, y down. Every failure is a
[problem detail](https://www.rfc-editor.org/rfc/rfc9457) whose `detail` says what happened and what to do.

Where the server requires it, send a token: `Authorization: Bearer …`.
"""
TAGS = [
    {"name": "images", "description": "Pictures, by the SHA-256 of their pixels."},
    {"name": "imports", "description": "Files brought in together: sent one by one, planned, applied."},
    {"name": "annotations", "description": "Objects on images: their masks, and what a person said of them."},
    {"name": "predictions", "description": "Masks for boxes and points; nothing is stored."},
    {"name": "jobs", "description": "Tuning the decoder in the background."},
    {"name": "versions", "description": "The decoders that tuning made, and which one is live."},
    {"name": "dataset", "description": "Its size, the check before tuning, and its export."},
    {"name": "server", "description": "The server's version, model and limits."},
]
VERSION_HEADER = "SAM-Studio-Version"
ANSWERED_BY: dict[str, Any] = {
    VERSION_HEADER: {
        "description": "Number of the decoder version that answered.",
        "required": True,
        "schema": {"type": "integer"},
    }
}
DESCRIPTIONS = {
    304: "Not changed since; the body is empty.",
    400: "The body cannot be read.",
    401: "The server asks for a token, and there is none or a wrong one.",
    403: "Sent by a page of another site, or not by someone who may.",
    404: "Not there, or not any more.",
    409: "Does not fit the present state.",
    413: "Larger than the server takes.",
    421: "The server does not answer to this name.",
    415: "A kind of body that cannot be read.",
    422: "Not as documented, or of no use; `detail` and `errors` say why.",
    500: "Internal server error; the log has the details.",
    503: "Something that the server needs cannot be had.",
}
EVERYWHERE = (401, 403, 421, 500)
"""Statuses that any route may answer with: from the authentication, or after an internal error."""


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return a route's ``responses`` for these statuses; those in `EVERYWHERE` are added to every route."""
    return {status: {"model": Problem, "description": DESCRIPTIONS[status]} for status in statuses}


def file_reply(description: str, *kinds: str, **more: Any) -> dict[str, Any]:
    """Return a route's response that is a file of one of these media types."""
    schema = {"type": "string", "format": "binary"}
    return {"description": description, "content": {kind: {"schema": schema} for kind in kinds}, **more}


def document(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document of ``app``, made once."""
    if app.openapi_schema is None:
        schema = get_openapi(
            title="SAM Studio",
            version=__version__,
            summary="Annotate with Segment Anything, then tune its mask decoder.",
            description=DESCRIPTION,
            tags=TAGS,
            routes=app.routes,
        )
        for path in schema["paths"].values():
            for operation in path.values():
                _complete(operation["responses"])
        bearer = {
            "type": "http",
            "scheme": "bearer",
            "description": "A token, where the server asks for one.",
        }
        schema["components"]["securitySchemes"] = {"token": bearer}
        schema["security"] = [{}, {"token": []}]
        app.openapi_schema = schema
    return app.openapi_schema


def _complete(responses: dict[str, Any]) -> None:
    """Add the failures that every route shares, and give problem details their own media type."""
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
    for status in EVERYWHERE:
        responses.setdefault(str(status), {"description": DESCRIPTIONS[status]})
    for code, response in responses.items():
        if code >= "400":
            response["content"] = {MEDIA_TYPE: problem}
