"""``/healthz``: whether the app can do its work. Open to everyone, so it says nothing private."""

from __future__ import annotations

import logging

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from samstudio import __version__
from samstudio.web.observability.app_state import Watched

log = logging.getLogger(__name__)


def health_route(watched: Watched) -> Route:
    """200 while the database can be read, 503 while not."""

    def healthz(_request: Request) -> Response:
        live = _live(watched)
        well = live is not None
        return JSONResponse(
            {
                "status": "ok" if well else "unavailable",
                "version": __version__,
                "database": "ok" if well else "unreachable",
                "live_version": live,
                "model": watched.model(),
            },
            status_code=200 if well else 503,
            headers={"Cache-Control": "no-store"},
        )

    return Route("/healthz", healthz)


def _live(watched: Watched) -> int | None:
    try:
        return watched.live()
    except Exception as error:  # whatever a database raises, the app is not well
        log.error("the database cannot be read: %s", error)
        return None
