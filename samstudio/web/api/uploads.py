"""One uploaded file, as a form's field or as the whole body."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from samstudio.domain import InvalidInput

MULTIPART = "multipart/form-data"
PICTURES = ("image/jpeg", "image/png", "image/webp", "image/bmp", "image/tiff")
RAW = (*PICTURES, "application/octet-stream")

FORM_ENCODING: dict[str, Any] = {"encoding": {"file": {"contentType": ", ".join(PICTURES)}}}
FORM: dict[str, Any] = {"requestBody": {"content": {MULTIPART: FORM_ENCODING}}}
"""What OpenAPI is to know of a form's `file` beside its schema."""

BINARY: dict[str, Any] = {"type": "string", "format": "binary"}
REQUEST_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The image: a form with the field `file`, or its bytes alone.",
        "content": {
            MULTIPART: {
                "schema": {"type": "object", "required": ["file"], "properties": {"file": BINARY}},
                **FORM_ENCODING,
            },
            **{kind: {"schema": BINARY} for kind in RAW},
        },
    }
}
"""OpenAPI's words for what `uploaded` takes."""


@dataclass(frozen=True)
class Upload:
    """A file's bytes and its name."""

    data: bytes
    filename: str


async def uploaded(request: Request, *, filename: str | None) -> Upload:
    """The file in a request; ``filename`` names it where the body is the file itself.

    Raises InvalidInput when there is none, 415 for another kind of body.
    """
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind in RAW:
        return Upload(await request.body(), filename or "image")
    if kind != MULTIPART:
        raise HTTPException(
            415, f"A body of type {kind or 'nothing'} cannot be read: send {MULTIPART} or an image."
        )
    async with request.form(max_files=1, max_fields=10) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise InvalidInput("the form has no file: send the image in the field `file`")
        return Upload(await file.read(), filename or file.filename or "image")
