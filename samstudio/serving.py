"""What one server serves, put together: the page, what lies beside it, and what stands before it.

The only place that knows all of them. Whatever is added to `routes` lies
behind the same gate and is watched the same way.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from samstudio.access.gate import Gate, GateMiddleware
from samstudio.access.huggingface import HuggingFace
from samstudio.access.policy import Policy, decide
from samstudio.access.sessions import Sessions, session_key
from samstudio.api.app import api_routes
from samstudio.ui.preparing import Preparer
from samstudio.watch.health import health_route
from samstudio.watch.logs import adopt_server_logs, configure_logs
from samstudio.watch.metrics import Metrics
from samstudio.watch.middleware import WatchMiddleware, requests_unlogged
from samstudio.watch.watched import Watched

if TYPE_CHECKING:
    from samstudio.bootstrap import Studio
    from samstudio.ui.serve import Served


@dataclass(frozen=True)
class Serving:
    """The parts of one server over a studio."""

    preparer: Preparer
    policy: Policy
    routes: list[BaseRoute]
    middleware: list[Middleware]


def put_together(studio: Studio, *, host: str, environment: Mapping[str, str]) -> Serving:
    """The parts for a server on ``host``; nothing is started. Raises InvalidInput as `decide` does."""
    preparer = Preparer(studio)
    policy = decide(studio.settings, host=host, environment=environment)
    watched = Watched(
        live=lambda: studio.versions.live().number,
        jobs=lambda: [job.status for job in studio.jobs.list()],
        model=lambda: preparer.status().model,
        preparing=lambda: len(preparer.status().pending),
    )
    metrics = Metrics(watched)
    studio.observe = metrics.stage
    return Serving(
        preparer=preparer,
        policy=policy,
        routes=[health_route(watched), metrics.route(), *api_routes(studio)],
        # The first is the outermost: a refusal, too, has an id and is counted.
        middleware=[
            Middleware(WatchMiddleware, metrics=metrics),
            Middleware(GateMiddleware, gate=_gate(studio, policy)),
        ],
    )


def _gate(studio: Studio, policy: Policy) -> Gate:
    # No login, no key: an open studio leaves nothing in the storage folder.
    key = session_key(studio.settings.storage) if policy.required else ""
    return Gate(
        policy,
        sessions=Sessions(key=key, policy=policy),
        huggingface=HuggingFace(policy.provider) if policy.provider else None,
    )


def start(studio: Studio, *, host: str | None = None, port: int | None = None) -> Served:
    """Start serving and return; ``host`` and ``port`` default to the settings, port 0 picks a free one.

    Raises Unavailable when the port is taken, InvalidInput when the settings contradict each other.
    """
    from samstudio.ui.serve import start as start_page

    settings = studio.settings
    host = host or settings.host
    configure_logs(format=settings.log_format, level=settings.log_level)
    parts = put_together(studio, host=host, environment=os.environ)
    print(parts.policy.notice, end="", flush=True)
    with requests_unlogged():
        served = start_page(
            studio,
            host=host,
            port=port,
            preparer=parts.preparer,
            routes=parts.routes,
            middleware=parts.middleware,
            can_log_out=parts.policy.required,
        )
    adopt_server_logs()
    return served


def serve(studio: Studio, *, host: str | None = None, port: int | None = None) -> None:
    """Serve until interrupted, saying where. Raises as `start` does."""
    from samstudio.ui.serve import keep_serving

    keep_serving(start(studio, host=host, port=port))
