"""The API as one FastAPI application, and where it lives in the server."""

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
from samstudio.web.api.limits import BodyLimit
from samstudio.web.api.problems import answer_with_problems
from samstudio.web.api.routes import annotations as annotation_routes
from samstudio.web.api.routes import dataset, images, jobs, mask_image, predictions, server, versions

V1 = "/api/v1"


class OwnPaths(Mount):
    """The application under its own paths of a larger server; ``/mask/image`` is not below ``/api``."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether a request is the application's."""
        path = str(scope.get("path", "")).removeprefix(scope.get("root_path", ""))
        own = path.split("/")[1:2] in (["api"], ["mask"])
        return super().matches(scope) if own else (Match.NONE, {})


def build_api(project: Project) -> FastAPI:
    """The application over a studio: ``/api`` and ``/mask``."""
    app = FastAPI(
        title="SAM Studio",
        version=__version__,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.project, app.state.heavy = project, HeavyWork()
    for module in (images, annotation_routes, predictions, jobs, versions, dataset, server):
        app.include_router(module.router, prefix=V1)
    app.include_router(mask_image.router)
    add_docs_page(app)
    answer_with_problems(app)
    app.add_middleware(BodyLimit, upload_mb=project.settings.max_upload_mb)
    app.openapi = partial(documentation.document, app)  # type: ignore[method-assign]
    return app


def api_routes(project: Project) -> list[BaseRoute]:
    """What the server is given beside the page's own routes."""
    return [OwnPaths("", build_api(project))]
