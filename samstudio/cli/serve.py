"""``samstudio serve``: the app."""

from __future__ import annotations

from typing import Annotated

import typer

from samstudio.cli.common import opened
from samstudio.config import Settings

serve_commands = typer.Typer()


@serve_commands.command()
def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 picks a free one.")] = None,
) -> None:
    """Serve the app until interrupted."""
    from samstudio.web.server import serve as serve_app

    settings: Settings = context.obj
    chosen = {"host": host, "port": port}
    settings = settings.model_copy(update={k: v for k, v in chosen.items() if v is not None})
    with opened(settings) as project, project.backing_up():
        serve_app(project)
