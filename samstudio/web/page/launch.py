"""Serving of the app: Gradio's server with our routes in it.

``Blocks.launch`` starts the server, because ZeroGPU on Spaces hooks into it;
the app's own routes go in ahead of Gradio's.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from starlette.middleware import Middleware

from samstudio.domain import Unavailable
from samstudio.services.watch.thread import WatchThread

if TYPE_CHECKING:
    import gradio as gr
    from starlette.routing import BaseRoute

    from samstudio.project import Project
    from samstudio.services.dataset_io.staging import ImportSessions
    from samstudio.web.encoding_queue import EncodingQueue

log = logging.getLogger(__name__)

RECOVER_SECONDS = 2.0
SWEEP_SECONDS = 3600.0

QUIET_SECONDS = 1.0
"""How long nothing was predicted before the watch scores an object: a click shares the cores with it."""


class Served:
    """A running app: its page and its address, with methods to wait for it and to end it."""

    def __init__(
        self,
        *,
        page: gr.Blocks,
        url: str,
        stop: threading.Event,
        encoding_queue: EncodingQueue,
        watch: WatchThread,
        imports: ImportSessions,
    ) -> None:
        self.page = page
        self.url = url
        self._stop = stop
        self._encoding_queue = encoding_queue
        self._watch = watch
        self._imports = imports

    def wait(self) -> None:
        """Block until interrupted."""
        self.page.block_thread()

    def close(self) -> None:
        """Stop serving."""
        self._stop.set()
        self._watch.close()
        self._imports.close()
        self._encoding_queue.close()
        self.page.close()


def start(
    project: Project,
    *,
    host: str | None = None,
    port: int | None = None,
    encoding_queue: EncodingQueue,
    routes: Sequence[BaseRoute],
    middleware: Sequence[Middleware] = (),
    can_log_out: bool = False,
) -> Served:
    """Start serving and return.

    Args:
        project: the project that is served.
        host: the address to listen on; by default the settings'.
        port: the port to listen on; by default the settings', 0 picks a free one.
        encoding_queue: the queue that encodes images ahead. It is started here.
        routes: what goes in beside the page's own routes. The REST API must be there: the page uploads,
            downloads and exports by it. `samstudio.web.server` says which there are.
        middleware: what wraps everything but Gradio's CORS and compression, the outermost first.
        can_log_out: whether the header offers to log out.

    Raises:
        Unavailable: the port is taken.
    """
    host = host or project.settings.host
    port = _port(host, project.settings.port if port is None else port)
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read on import: nothing leaves this machine
    from samstudio.web.i18n.middleware import LanguageMiddleware
    from samstudio.web.page.app import build_ui
    from samstudio.web.page.routes import page_routes
    from samstudio.web.page.theme import FAVICON, STYLES, theme

    page = build_ui(project, encoding_queue, can_log_out=can_log_out)
    _, url, _ = page.launch(
        server_name=f"[{host}]" if ":" in host and not host.startswith("[") else host,
        server_port=port,
        app_kwargs={
            "routes": [*page_routes(project=project), *routes],
            "middleware": [*middleware, Middleware(LanguageMiddleware)],
        },
        theme=theme(),
        css_paths=list(STYLES),
        favicon_path=FAVICON,
        footer_links=[],
        max_file_size=f"{project.settings.max_upload_mb}mb",
        share=False,
        ssr_mode=False,
        num_workers=0,  # whatever the environment says: they would serve files without authentication
        show_error=True,
        quiet=True,
        prevent_thread_lock=True,
    )
    stop = threading.Event()
    for name, work in (("recovering", _recover_jobs), ("sweeping", _sweep)):
        threading.Thread(target=work, args=(project, stop), name=name, daemon=True).start()
    encoding_queue.start()
    # The model is the app's own: a step before it is loaded would load it a second time, or wait for it.
    watch = WatchThread(lambda: project.watch.step(), ready=lambda: _is_quiet(project, encoding_queue))
    watch.start()
    return Served(
        page=page, url=url, stop=stop, encoding_queue=encoding_queue, watch=watch, imports=project.imports
    )


def keep_serving(served: Served) -> None:
    """Print where the app is, and block until interrupted."""
    print(f"SAM Studio is ready at {served.url}", flush=True)
    try:
        served.wait()
    finally:
        served.close()


def _is_quiet(project: Project, encoding_queue: EncodingQueue) -> bool:
    """Tell whether the model is loaded, and no person, image or tuning job wants the processor."""
    now = encoding_queue.status()
    if now.model != "ready" or now.pending or project.jobs.active() is not None:
        return False
    return project.predictions.quiet_seconds() >= QUIET_SECONDS


def _recover_jobs(project: Project, stop: threading.Event) -> None:
    """Mark jobs whose worker was killed as failed, within seconds, whoever started them."""
    while not stop.wait(RECOVER_SECONDS):
        try:
            project.jobs.recover()
        except Exception:
            log.exception("looking for lost jobs")


def _sweep(project: Project, stop: threading.Event) -> None:
    """Remove imports that nobody used for a day, and what is old in the trash: now, and every hour."""
    while True:
        try:
            project.imports.sweep()
            project.trash.remove_old()
        except Exception:
            log.exception("removing old imports and images")
        if stop.wait(SWEEP_SECONDS):
            return


def _port(host: str, wanted: int) -> int:
    """Return a port that can be bound now: the wanted one, or any free one for 0."""
    host = host.removeprefix("[").removesuffix("]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, wanted))
            return int(probe.getsockname()[1])
    except OSError as error:
        raise Unavailable(
            f"Port {wanted} on {host} cannot be used ({error.strerror}). "
            "Choose another with --port, or --port 0 for any free one."
        ) from error
