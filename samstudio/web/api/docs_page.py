"""The page at ``/api/docs`` to read and try the API; its script and style come from this server."""

from __future__ import annotations

from importlib.resources import files

from fastapi import FastAPI, Request
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import FileResponse, HTMLResponse, Response

PAGE = "/api/docs"
SCRIPT, STYLE = "swagger-ui-bundle.js", "swagger-ui.css"
ICON = "/favicon.ico"


def add_docs_page(app: FastAPI) -> None:
    """Serve Swagger UI from this server; FastAPI's own page would load it from a CDN."""
    static = files("fastapi_offline") / "static"

    async def page(request: Request) -> HTMLResponse:
        root = request.scope.get("root_path", "").rstrip("/")
        return get_swagger_ui_html(
            openapi_url=f"{root}{app.openapi_url}",
            title="SAM Studio's API",
            swagger_js_url=f"{root}{PAGE}/{SCRIPT}",
            swagger_css_url=f"{root}{PAGE}/{STYLE}",
            swagger_favicon_url=f"{root}{ICON}",
            swagger_ui_parameters={"tryItOutEnabled": True, "validatorUrl": None},
        )

    async def asset(request: Request) -> Response:
        return FileResponse(str(static / request.url.path.rpartition("/")[2]))

    app.add_route(PAGE, page, include_in_schema=False)
    for name in (SCRIPT, STYLE):
        app.add_route(f"{PAGE}/{name}", asset, include_in_schema=False)
