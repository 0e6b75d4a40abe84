"""The API as one FastAPI application, and its place in the server."""

from __future__ import annotations

from functools import partial

from fastapi import FastAPI
from starlette.routing import BaseRoute, Match, Mount
from starlette.types import Scope

from samstudio import __version__
from samstudio.project import Project
from samstudio.web.api import openapi as documentation
from samstudio.web.api.dependencies import HeavyWork
from samstudio.web.api.docs_page import add_docs_page
from samstudio.web.api.limits import MEGABYTE, BodyLimit
from samstudio.web.api.problems import answer_with_problems
from samstudio.web.api.routes import annotations as annotation_routes
from samstudio.web.api.routes import (
    categories,
    dataset,
    image_lists,
    images,
    imports,
    jobs,
    mask_image,
    near_duplicates,
    predictions,
    server,
    splits,
    versions,
)
from samstudio.web.api.uploads import MAX_DECODER_BYTES
from samstudio.web.encoding_queue import EncodingQueue

V1 = "/api/v1"


class OwnPaths(Mount):
    """A mount of the application at its own paths of a larger server; ``/mask`` is not below ``/api``."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match the requests whose first path segment is ``api`` or ``mask``."""
        path = str(scope.get("path", "")).removeprefix(scope.get("root_path", ""))
        own = path.split("/")[1:2] in (["api"], ["mask"])
        return super().matches(scope) if own else (Match.NONE, {})


def build_api(project: Project, encoding_queue: EncodingQueue) -> FastAPI:
    """Return the application over a project: ``/api`` and ``/mask``.

    Images that are added go into the ``encoding_queue``, so that their first prompt need not wait.
    """
    app = FastAPI(
        title="SAM Studio",
        version=__version__,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.project, app.state.encoding_queue, app.state.heavy = project, encoding_queue, HeavyWork()
    for module in (
        image_lists,
        images,
        imports,
        annotation_routes,
        categories,
        predictions,
        jobs,
        versions,
        dataset,
        splits,
        near_duplicates,
        server,
    ):
        app.include_router(module.router, prefix=V1)
    app.include_router(mask_image.router)
    add_docs_page(app)
    answer_with_problems(app)
    larger = {
        f"{V1}/versions": MAX_DECODER_BYTES,
        f"{V1}/imports/": project.settings.max_import_mb * MEGABYTE,
    }
    app.add_middleware(BodyLimit, upload_mb=project.settings.max_upload_mb, larger=larger)
    app.openapi = partial(documentation.document, app)  # type: ignore[method-assign]
    return app


def api_routes(project: Project, encoding_queue: EncodingQueue) -> list[BaseRoute]:
    """Return the routes that the server has beside the page's own; arguments as for `build_api`."""
    return [OwnPaths("", build_api(project, encoding_queue))]
