"""``GET /healthz``: whether the app is healthy. Public, so it contains nothing private."""

from __future__ import annotations

import logging

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from samstudio import __version__
from samstudio.web.observability.app_state import AppState

log = logging.getLogger(__name__)


def health_route(state: AppState) -> Route:
    """Return ``GET /healthz``: 200 while the database can be read, else 503."""

    def healthz(_request: Request) -> Response:
        live = _live(state)
        healthy = live is not None
        return JSONResponse(
            {
                "status": "ok" if healthy else "unavailable",
                "version": __version__,
                "database": "ok" if healthy else "unreachable",
                "live_version": live,
                "model": state.model(),
            },
            status_code=200 if healthy else 503,
            headers={"Cache-Control": "no-store"},
        )

    return Route("/healthz", healthz)


def _live(state: AppState) -> int | None:
    try:
        return state.live()
    except Exception as error:  # whatever a database raises, the app is not healthy
        log.error("the database cannot be read: %s", error)
        return None
