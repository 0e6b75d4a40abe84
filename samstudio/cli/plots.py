"""``samstudio plot``: pictures of objects, of two decoders side by side, and of a job's curves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from samstudio.cli.common import AsJson, opened, version_number
from samstudio.cli.terminal import report
from samstudio.domain import InvalidInput

if TYPE_CHECKING:
    from matplotlib.figure import Figure

plot_commands = typer.Typer(help="Pictures of objects, decoders and jobs.", no_args_is_help=True)

Out = Annotated[Path, typer.Option(help="File to write: .png, .svg or .pdf.")]
Number = Annotated[int, typer.Argument(min=1, help="Number of the annotation.")]


@plot_commands.command("object")
def object_(context: typer.Context, annotation: Number, out: Out, as_json: AsJson = False) -> None:
    """Draw an image with the mask of an annotation and its box."""
    with opened(context.obj) as project:
        _write(project.plots.object(annotation), out, as_json)


@plot_commands.command()
def compare(
    context: typer.Context,
    annotation: Number,
    out: Out,
    a: Annotated[str, typer.Option(help="Decoder version: live, or a number (0 is stock).")] = "0",
    b: Annotated[str, typer.Option(help="Decoder version: live, or a number (0 is stock).")] = "live",
    as_json: AsJson = False,
) -> None:
    """Draw what two versions answer to the box of an annotation, side by side."""
    with opened(context.obj) as project:
        live = project.versions.live().number
        chosen = [live if (number := version_number(text)) is None else number for text in (a, b)]
        _write(project.plots.comparison(annotation, chosen), out, as_json)


@plot_commands.command()
def job(
    context: typer.Context,
    number: Annotated[int, typer.Argument(min=1, help="Number of the tuning job.")],
    out: Out,
    as_json: AsJson = False,
) -> None:
    """Draw loss and held-out mIoU of a tuning job."""
    with opened(context.obj) as project:
        _write(project.plots.curves(number), out, as_json)


def _write(figure: Figure, out: Path, as_json: bool) -> None:
    from samstudio.plots import save_plot

    try:
        save_plot(figure, out)
    except ValueError as error:
        raise InvalidInput(f"{out} cannot be written: {error}") from error
    report({"path": str(out), "bytes": out.stat().st_size}, as_json, f"written to {out}")
