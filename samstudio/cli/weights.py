"""``samstudio weights``: the model's files."""

from __future__ import annotations

import typer

from samstudio.cli.choices import listing
from samstudio.cli.common import AsJson
from samstudio.cli.terminal import bytes_bar, plain, report
from samstudio.config import Settings

weights_commands = typer.Typer()


def _models() -> str:
    from samstudio.sam.specs import MODELS

    listed = "; ".join(f"{one.name}: {one.description}" for one in MODELS)
    return f"SAMSTUDIO_MODEL chooses among {listed}."


@weights_commands.command(cls=listing(_models))
def weights(context: typer.Context, as_json: AsJson = False) -> None:
    """Fetch the model's weights, if they are not cached yet, and say where they are."""
    from samstudio.sam.weights.sources import ensure_weights

    settings: Settings = context.obj
    with bytes_bar(hidden=as_json) as progress:
        files = ensure_weights(
            model=settings.model,
            checkpoint=settings.checkpoint,
            weights_dir=settings.weights_dir,
            progress=progress,
        )
    found = {name: str(path) for name, path in plain(files).items()}
    report({"model": settings.model, **found}, as_json, f"{settings.model}: " + ", ".join(found.values()))
