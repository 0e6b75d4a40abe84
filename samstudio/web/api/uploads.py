"""One uploaded file: an image, as a form's field or as the whole body; a decoder, written to a folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anyio import open_file
from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from samstudio.domain import InvalidInput
from samstudio.services.images.file_types import MEDIA_TYPES
from samstudio.web.api.limits import MEGABYTE, media_type

MULTIPART = "multipart/form-data"
OCTETS = "application/octet-stream"
RAW = (*MEDIA_TYPES, OCTETS)

MAX_DECODER_BYTES = 4 * 1024**3
"""The largest uploaded decoder file: vit_h's whole checkpoint is 2.6 GB."""

FORM_ENCODING: dict[str, Any] = {"encoding": {"file": {"contentType": ", ".join(MEDIA_TYPES)}}}
FORM: dict[str, Any] = {"requestBody": {"content": {MULTIPART: FORM_ENCODING}}}
"""The part of OpenAPI's description of a form's `file` that its schema lacks."""

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
"""OpenAPI's description of the body that `uploaded_image` takes."""

FILE_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The file's bytes alone.",
        "content": {OCTETS: {"schema": BINARY}},
    }
}
"""OpenAPI's description of a body that is a file's bytes alone."""


@dataclass(frozen=True)
class Upload:
    """A file's bytes and its name."""

    data: bytes
    filename: str


async def uploaded_image(request: Request, *, filename: str | None, upload_mb: int) -> Upload:
    """Return the image file in a request; ``filename`` names it where the body is the file itself.

    Raises:
        InvalidInput: there is no file.
        HTTPException: 415 for another kind of body, 413 for a file of more than ``upload_mb`` megabytes.
    """
    upload = await _image_file(request, filename)
    if len(upload.data) > upload_mb * MEGABYTE:
        name = Path(upload.filename).name
        raise HTTPException(413, f"{name} is larger than {upload_mb} MB, the most one image may be")
    return upload


async def _image_file(request: Request, filename: str | None) -> Upload:
    kind = media_type(request.headers)
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


async def save_decoder_file(request: Request, folder: Path, *, filename: str) -> Path:
    """Write a request's body into ``folder`` under ``filename``, without holding it in memory.

    Only raw bytes are taken: no form can send this media type, so neither can a form on another site's
    page, not even from a browser that does not say where a request comes from.

    Raises:
        InvalidInput: ``filename`` cannot be one.
        HTTPException: 415 for another media type.
    """
    kind = media_type(request.headers)
    if kind != OCTETS:
        raise HTTPException(415, f"A body of type {kind or 'nothing'} cannot be read: send {OCTETS}.")
    path = folder / (Path(filename).name or "decoder")
    try:
        path.touch(exist_ok=False)
    except OSError as error:
        raise InvalidInput(f"{path.name} cannot be the name of a file: {error.strerror}") from error
    async with await open_file(path, "wb") as file:
        async for chunk in request.stream():
            await file.write(chunk)
    return path
