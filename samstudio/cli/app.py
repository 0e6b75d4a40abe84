"""The command line as a whole: its global options, its commands and its exit codes.

Each command parses, calls one service and prints. ``--json`` prints one JSON
line on standard output and nothing else there; progress goes to standard
error. A failure is one line on standard error and exit code 1; a misuse of
the command line itself is exit code 2.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from samstudio.cli.dataset import dataset_commands
from samstudio.cli.near_duplicates import near_duplicate_commands
from samstudio.cli.pixel_sizes import pixel_size_commands
from samstudio.cli.plots import plot_commands
from samstudio.cli.predict import predict_commands
from samstudio.cli.serve import serve_commands
from samstudio.cli.spaces import spaces_commands
from samstudio.cli.splits import split_commands
from samstudio.cli.terminal import die
from samstudio.cli.tuning import tuning_commands
from samstudio.cli.versions import version_commands
from samstudio.cli.weights import weights_commands
from samstudio.config import Settings
from samstudio.domain import StudioError
from samstudio.spaces.place import with_space_defaults

app = typer.Typer(
    name="samstudio",
    help="Annotate with Segment Anything, then tune its mask decoder.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

app.add_typer(serve_commands)
app.add_typer(dataset_commands)
app.add_typer(pixel_size_commands)
app.add_typer(split_commands)
app.add_typer(near_duplicate_commands)
app.add_typer(tuning_commands)
app.add_typer(predict_commands)
app.add_typer(version_commands)
app.add_typer(weights_commands)
app.add_typer(plot_commands, name="plot")
app.add_typer(spaces_commands, name="spaces")


@app.callback()
def _options(
    context: typer.Context,
    storage: Annotated[
        Path | None, typer.Option(help="Storage folder; by default SAMSTUDIO_STORAGE, or ./storage.")
    ] = None,
) -> None:
    # Settings are read here, once, and a worker that a command launches gets the very same ones.
    chosen = Settings(storage=storage) if storage is not None else Settings()
    context.obj = with_space_defaults(chosen, os.environ)


def main() -> None:
    """Run the command line; every expected failure becomes one line and an exit code."""
    try:
        app()
    except StudioError as error:
        die(str(error))
    except ValidationError as error:
        die("; ".join(f"SAMSTUDIO_{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors()))
    except OSError as error:
        die(f"{error.filename or 'the system'}: {error.strerror or error}")
    except KeyboardInterrupt:
        die("interrupted", code=130)
