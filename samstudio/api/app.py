"""The API as one FastAPI application, and where it lives in the server."""

from __future__ import annotations

from functools import partial

from fastapi import FastAPI
from starlette.routing import BaseRoute, Match, Mount
from starlette.types import Scope

from samstudio import __version__
from samstudio.api import documentation
from samstudio.api.docs_page import add_docs_page
from samstudio.api.limits import BodyLimit
from samstudio.api.problems import answer_with_problems
from samstudio.api.routes import annotations as annotation_routes
from samstudio.api.routes import dataset, images, jobs, mask_image, predictions, server, versions
from samstudio.api.work import HeavyWork
from samstudio.bootstrap import Studio

V1 = "/api/v1"


class OwnPaths(Mount):
    """The application under its own paths of a larger server; ``/mask/image`` is not below ``/api``."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether a request is the application's."""
        path = str(scope.get("path", "")).removeprefix(scope.get("root_path", ""))
        own = path.split("/")[1:2] in (["api"], ["mask"])
        return super().matches(scope) if own else (Match.NONE, {})


def build_api(studio: Studio) -> FastAPI:
    """The application over a studio: ``/api`` and ``/mask``."""
    app = FastAPI(
        title="SAM Studio",
        version=__version__,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.studio, app.state.heavy = studio, HeavyWork()
    for module in (images, annotation_routes, predictions, jobs, versions, dataset, server):
        app.include_router(module.router, prefix=V1)
    app.include_router(mask_image.router)
    add_docs_page(app)
    answer_with_problems(app)
    app.add_middleware(BodyLimit, upload_mb=studio.settings.max_upload_mb)
    app.openapi = partial(documentation.document, app)  # type: ignore[method-assign]
    return app


def api_routes(studio: Studio) -> list[BaseRoute]:
    """What the server is given beside the page's own routes."""
    return [OwnPaths("", build_api(studio))]
