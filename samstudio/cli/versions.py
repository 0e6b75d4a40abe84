"""The commands about decoder versions: list, promote, roll back, export, import, delete."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from samstudio.cli.choices import with_choices
from samstudio.cli.common import AsJson, learned_from, opened, version_number
from samstudio.cli.terminal import plain, report
from samstudio.registry import Registry
from samstudio.text import plural

if TYPE_CHECKING:
    from samstudio.sam.transfer import DecoderFormat
    from samstudio.services.watch.types import WatchState

version_commands = typer.Typer()


def _decoder_formats() -> Registry[DecoderFormat]:
    from samstudio.sam.transfer import DECODER_FORMATS

    return DECODER_FORMATS


@version_commands.command()
def versions(context: typer.Context, as_json: AsJson = False) -> None:
    """List the decoder versions."""
    with opened(context.obj) as project:
        live = project.versions.live()
        listed = project.versions.list()
        watch = project.watch.state()
    rows = [{**plain(v), "live": v.number == live.number} for v in listed]
    lines = (
        f"{'*' if row['live'] else ' '} {row['number']:>3}  {row['created_at'][:19]}  "
        f"{row['reason']}{learned_from(version.config.drawn)}"
        for row, version in zip(rows, listed, strict=True)
    )
    text = "\n".join([*lines, *_watched(watch)])
    report({"live": live.number, "versions": rows, "watch": plain(watch)}, as_json, text)


def _watched(watch: WatchState) -> list[str]:
    """Return what the watch found, a sentence a line."""
    taken, seen = watch.taken_back, watch.watching
    lines = [] if taken is None else [taken.reason]
    if seen is not None and seen.objects:
        lines.append(
            f"since version {seen.version} is live: {plural(seen.objects, 'new object')}, "
            f"{seen.live_miou:.2f}; version {seen.former} {seen.former_miou:.2f}; stock {seen.stock_miou:.2f}"
            f"{'; it is worse' if seen.worse else ''}"
        )
    return lines


@version_commands.command()
def promote(
    context: typer.Context,
    number: Annotated[int, typer.Argument(min=0, help="Version to serve from now on.")],
    as_json: AsJson = False,
) -> None:
    """Make a version live."""
    with opened(context.obj) as project:
        live = project.versions.promote(number, reason="promoted by hand")
    report({"live": live.number}, as_json, f"version {live.number} is live")


@version_commands.command()
def rollback(context: typer.Context, as_json: AsJson = False) -> None:
    """Make the version live that was live before."""
    with opened(context.obj) as project:
        live = project.versions.rollback()
    report({"live": live.number}, as_json, f"version {live.number} is live again")


@version_commands.command("export-version", cls=with_choices(format=_decoder_formats))
def export_version(
    context: typer.Context,
    version: Annotated[str, typer.Argument(help="Decoder version: live, or a number (0 is stock).")],
    format: Annotated[str, typer.Option(help="What to write.")],
    out: Annotated[Path, typer.Option(help="File to write.")],
    as_json: AsJson = False,
) -> None:
    """Write a version as a file for segment-anything, safetensors or onnxruntime."""
    number = version_number(version)
    with opened(context.obj) as project:
        file = project.transfer.export_version(number, format, out)
    text = f"version {file.version} written to {out} ({file.bytes / 1e6:.1f} MB). {file.note}"
    report(plain(file), as_json, text.strip())


@version_commands.command("import-version")
def import_version(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A file that holds a mask decoder.")],
    reason: Annotated[str, typer.Option(help="Kept with the version.")] = "",
    as_json: AsJson = False,
) -> None:
    """Make the mask decoder in a file the next version; it is not made live."""
    with opened(context.obj) as project:
        made = project.transfer.import_version(file, reason=reason)
    report(
        {"version": made.number, "reason": made.reason, "sha256": made.sha256},
        as_json,
        f"version {made.number} {made.reason}; `promote {made.number}` makes it live",
    )


@version_commands.command("delete-version")
def delete_version(
    context: typer.Context,
    number: Annotated[int, typer.Argument(min=0, help="Version to delete for good.")],
    as_json: AsJson = False,
) -> None:
    """Delete a version's file for good; its number is never given again."""
    with opened(context.obj) as project:
        project.versions.delete(number)
    report({"deleted": number}, as_json, f"version {number} is deleted; its number is not given again")
