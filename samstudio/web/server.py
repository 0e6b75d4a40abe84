"""The server, assembled: page, API, health check, metrics, authentication.

The only module that imports all of them. Whatever is added to `routes` has the
same authentication and logging.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from samstudio.machine import keep_memory_together
from samstudio.web.api.app import api_routes
from samstudio.web.auth.auth_middleware import AccessControl, AuthMiddleware
from samstudio.web.auth.huggingface import HuggingFace
from samstudio.web.auth.policy import Policy, decide
from samstudio.web.auth.session_cookies import SessionCookies, session_key
from samstudio.web.authorship import AuthorMiddleware
from samstudio.web.encoding_queue import EncodingQueue
from samstudio.web.observability.app_state import AppState
from samstudio.web.observability.health import health_route
from samstudio.web.observability.logs import adopt_server_logs, configure_logs
from samstudio.web.observability.metrics import Metrics
from samstudio.web.observability.middleware import RequestLogMiddleware, requests_unlogged

if TYPE_CHECKING:
    from samstudio.project import Project
    from samstudio.web.page.launch import Served


@dataclass(frozen=True)
class Serving:
    """The parts of one server over a project."""

    encoding_queue: EncodingQueue
    policy: Policy
    routes: list[BaseRoute]
    middleware: list[Middleware]


def build_server(project: Project, *, host: str, environment: Mapping[str, str]) -> Serving:
    """Return the parts for a server on ``host``; nothing is started. ``environment`` says if it is a Space.

    Raises:
        InvalidInput: the settings contradict each other.
    """
    encoding_queue = EncodingQueue(project)
    policy = decide(project.settings, host=host, environment=environment)
    sessions = _sessions(project, policy)
    state = AppState(
        live=lambda: project.versions.live().number,
        jobs=lambda: [job.status for job in project.jobs.list()],
        model=lambda: encoding_queue.status().model,
        preparing=lambda: len(encoding_queue.status().pending),
    )
    metrics = Metrics(state)
    project.observe = metrics.stage
    return Serving(
        encoding_queue=encoding_queue,
        policy=policy,
        routes=[health_route(state), metrics.route(), *api_routes(project, encoding_queue)],
        # The first is the outermost: a refused request has an id and is counted, too.
        middleware=[
            Middleware(RequestLogMiddleware, metrics=metrics),
            Middleware(AuthMiddleware, access=_access_control(sessions, policy)),
            Middleware(AuthorMiddleware, login=sessions.login_name),
        ],
    )


def _sessions(project: Project, policy: Policy) -> SessionCookies:
    # Without a login no key is made, so nothing is written to the storage folder.
    key = session_key(project.settings.storage) if policy.required else ""
    return SessionCookies(key=key, policy=policy)


def _access_control(sessions: SessionCookies, policy: Policy) -> AccessControl:
    return AccessControl(
        policy,
        sessions=sessions,
        huggingface=HuggingFace(policy.provider) if policy.provider else None,
    )


def start(project: Project, *, host: str | None = None, port: int | None = None) -> Served:
    """Start serving and return; ``host`` and ``port`` default to the settings, port 0 picks a free one.

    Raises:
        Unavailable: the port is taken.
        InvalidInput: the settings contradict each other.
    """
    from samstudio.web.page.launch import start as start_page

    keep_memory_together()
    settings = project.settings
    host = host or settings.host
    configure_logs(format=settings.log_format, level=settings.log_level)
    parts = build_server(project, host=host, environment=os.environ)
    print(parts.policy.notice, end="", flush=True)
    with requests_unlogged():
        served = start_page(
            project,
            host=host,
            port=port,
            encoding_queue=parts.encoding_queue,
            routes=parts.routes,
            middleware=parts.middleware,
            can_log_out=parts.policy.required,
        )
    adopt_server_logs()
    return served


def serve(project: Project, *, host: str | None = None, port: int | None = None) -> None:
    """Print the address and serve until interrupted; ``host`` and ``port`` as for `start`.

    Raises:
        Unavailable: the port is taken.
        InvalidInput: the settings contradict each other.
    """
    from samstudio.web.page.launch import keep_serving

    keep_serving(start(project, host=host, port=port))
