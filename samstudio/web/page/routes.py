"""The page's own routes beside Gradio's: modules, styles, thumbnails, plots, the comparison.

Only what the page alone needs; images, uploads, exports and version files are the REST API's.
They are passed to ``Blocks.launch``, so the same server serves them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from samstudio.domain import NotFound
from samstudio.web.i18n import catalogues
from samstudio.web.page.comparison.routes import compare_routes
from samstudio.web.page.http_errors import handle_errors
from samstudio.web.page.plot_routes import plot_routes
from samstudio.web.page.thumbnails import Pictures

if TYPE_CHECKING:
    from samstudio.project import Project

HERE = Path(__file__).resolve().parent
FOLDERS = {"canvas": HERE / "canvas" / "js", "static": HERE / "static"}
SERVED = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}

FOREVER = "private, max-age=31536000, immutable"
"""For what is named by its content: an image's id is the hash of its pixels."""

CHECKED = "private, no-cache"
"""For what may change: the browser revalidates each time, and mostly gets a 304."""


def page_routes(*, project: Project) -> list[BaseRoute]:
    """Return all routes under ``/studio``.

    An overlay's address that says when the image was ``changed`` names what it shows: it is kept.
    """
    pictures = Pictures(project=project)

    def thumb(request: Request) -> Response:
        image_id = request.path_params["image_id"]
        return _tagged(
            request, f"t{image_id}", FOREVER, lambda headers: _jpeg(pictures.thumbnail(image_id), headers)
        )

    def overlay(request: Request) -> Response:
        image_id = request.path_params["image_id"]
        key, masks = pictures.overlay_tag(image_id)
        cache = FOREVER if "changed" in request.query_params else CHECKED
        return _tagged(
            request, key, cache, lambda headers: _jpeg(pictures.overlay(image_id, key, masks), headers)
        )

    return [
        Route("/studio/i18n/{language}.js", handle_errors(_messages)),
        Route("/studio/thumbs/{image_id}", handle_errors(thumb)),
        Route("/studio/overlays/{image_id}", handle_errors(overlay)),
        *compare_routes(project=project),
        *plot_routes(project=project),
        Route("/studio/{folder:str}/{name:path}", handle_errors(_asset)),
    ]


def _tagged(request: Request, name: str, cache: str, make: Callable[[dict[str, str]], Response]) -> Response:
    """Return the response with an ETag, or 304 where the browser has it already."""
    headers = {"ETag": f'"{name}"', "Cache-Control": cache, "X-Content-Type-Options": "nosniff"}
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return make(headers)


def _jpeg(data: bytes, headers: dict[str, str]) -> Response:
    return Response(data, media_type="image/jpeg", headers=headers)


def _asset(request: Request) -> Response:
    """Return a JavaScript module, style sheet or icon of ours; no other file is served."""
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
