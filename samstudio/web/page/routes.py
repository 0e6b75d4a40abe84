"""The app's own addresses beside Gradio's: pictures, the canvas's modules, uploads, exports.

Passed to ``Blocks.launch`` so that they live in the same server.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from samstudio.domain import NotFound, StudioError
from samstudio.web.encoding_queue import EncodingQueue
from samstudio.web.i18n import catalogues
from samstudio.web.page.comparison.routes import compare_routes
from samstudio.web.page.http_errors import foreign, handle_errors, no, refusal
from samstudio.web.page.plot_routes import plot_routes
from samstudio.web.page.thumbnails import Pictures
from samstudio.web.page.versions.routes import version_routes

if TYPE_CHECKING:
    from samstudio.project import Project

log = logging.getLogger(__name__)

HERE = Path(__file__).resolve().parent
FOLDERS = {"canvas": HERE / "canvas" / "js", "static": HERE / "static"}
SERVED = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}

FOREVER = "private, max-age=31536000, immutable"
"""For what is named by its content: an image's id is the hash of its pixels."""

CHECKED = "private, no-cache"
"""For what may change: the browser asks each time, and mostly hears that it has not."""


def page_routes(*, project: Project, encoding_queue: EncodingQueue) -> list[BaseRoute]:
    """All routes under ``/studio``."""
    pictures = Pictures(project=project)

    def image(request: Request) -> Response:
        image_id = request.path_params["image_id"]
        return _tagged(
            request,
            image_id,
            FOREVER,
            lambda headers: FileResponse(project.images.path(image_id), headers=headers),
        )

    def thumb(request: Request) -> Response:
        image_id = request.path_params["image_id"]
        return _tagged(
            request, f"t{image_id}", FOREVER, lambda headers: _jpeg(pictures.thumbnail(image_id), headers)
        )

    def overlay(request: Request) -> Response:
        image_id = request.path_params["image_id"]
        key, masks = pictures.overlay_tag(image_id)
        return _tagged(
            request, key, CHECKED, lambda headers: _jpeg(pictures.overlay(image_id, key, masks), headers)
        )

    def export(request: Request) -> Response:
        return _export(project, request.path_params["format"])

    async def upload(request: Request) -> Response:
        return await _upload(project, encoding_queue, request)

    return [
        Route("/studio/i18n/{language}.js", handle_errors(_messages)),
        Route("/studio/images/{image_id}", handle_errors(image)),
        Route("/studio/thumbs/{image_id}", handle_errors(thumb)),
        Route("/studio/overlays/{image_id}", handle_errors(overlay)),
        Route("/studio/export/{format}", handle_errors(export)),
        Route("/studio/upload", upload, methods=["POST"]),
        *version_routes(project=project),
        *compare_routes(project=project),
        *plot_routes(project=project),
        Route("/studio/{folder:str}/{name:path}", handle_errors(_asset)),
    ]


def _tagged(request: Request, name: str, cache: str, make: Callable[[dict[str, str]], Response]) -> Response:
    """The response with an ETag, or 304 where the browser has it already."""
    headers = {"ETag": f'"{name}"', "Cache-Control": cache, "X-Content-Type-Options": "nosniff"}
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return make(headers)


def _jpeg(data: bytes, headers: dict[str, str]) -> Response:
    return Response(data, media_type="image/jpeg", headers=headers)


def _asset(request: Request) -> Response:
    """A JavaScript module, style sheet or icon of ours; nothing else lies open."""
    folder, name = FOLDERS.get(request.path_params["folder"]), request.path_params["name"]
    path = (folder / name).resolve() if folder else None
    inside = path is not None and folder is not None and path.is_relative_to(folder)
    if path is None or not inside or path.suffix not in SERVED or not path.is_file():
        raise NotFound("nothing is here")
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()[:16]
    return _tagged(
        request,
        digest,
        CHECKED,
        lambda headers: Response(data, media_type=SERVED[path.suffix], headers=headers),
    )


def _messages(request: Request) -> Response:
    """Return a language's messages as a module; its address names the content."""
    language = request.path_params["language"]
    if language not in catalogues.LANGUAGES:
        raise NotFound("there are no messages in this language")
    digest, body = catalogues.script(language)
    cache = FOREVER if request.query_params.get("v") == digest else CHECKED
    return _tagged(
        request, digest, cache, lambda headers: Response(body, media_type=SERVED[".js"], headers=headers)
    )


async def _upload(project: Project, encoding_queue: EncodingQueue, request: Request) -> Response:
    """One file as the raw body, its name in the query; → the image, or why not."""
    refused = foreign(request)
    if refused is not None:
        return refused
    filename = Path(request.query_params.get("filename", "image")).name or "image"
    limit = project.settings.max_upload_mb * 1024 * 1024
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > limit:
            text = f"{filename} is larger than {project.settings.max_upload_mb} MB, the most one image may be"
            return no(413, text)
    return await run_in_threadpool(_add, project, encoding_queue, bytes(data), filename)


def _add(project: Project, encoding_queue: EncodingQueue, data: bytes, filename: str) -> Response:
    try:
        added = project.images.add(data, filename=filename)
    except StudioError as error:
        return refusal(error)
    except Exception:
        log.exception("adding %s", filename)
        text = f"{filename} could not be added: something went wrong on the server; its log says what."
        return no(500, text)
    encoding_queue.add([added.image.id])
    image: dict[str, Any] = {"id": added.image.id, "filename": added.image.filename}
    return JSONResponse({"image": image, "created": added.created})


def _export(project: Project, name: str) -> Response:
    """The dataset in a format, zipped, as a download."""
    folder = Path(tempfile.mkdtemp(prefix="samstudio-export-"))
    try:
        project.datasets.export(name, folder / name)
        archive = shutil.make_archive(str(folder / "dataset"), "zip", folder / name)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return FileResponse(
        archive,
        media_type="application/zip",
        filename=f"samstudio-{name}.zip",
        background=BackgroundTask(shutil.rmtree, folder, ignore_errors=True),
    )
