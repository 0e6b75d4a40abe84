"""``import``, ``export`` and ``preflight``: reading, writing and checking the dataset."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from samstudio.cli.choices import SOURCES, with_choices, with_sources
from samstudio.cli.common import AsJson, opened
from samstudio.cli.terminal import bar, plain, report
from samstudio.domain import AnnotationStatus, InvalidInput
from samstudio.registry import Registry

if TYPE_CHECKING:
    from samstudio.services.dataset_io.exports import ExportFormat
    from samstudio.services.dataset_io.imports import ImportFormat

dataset_commands = typer.Typer()


def _export_formats() -> Registry[ExportFormat]:
    from samstudio.services.dataset_io.exports import EXPORT_FORMATS

    return EXPORT_FORMATS


def _import_formats() -> Registry[ImportFormat]:
    from samstudio.services.dataset_io.imports import IMPORT_FORMATS

    return IMPORT_FORMATS


@dataset_commands.command("import", cls=with_sources("images", _import_formats))
def import_(
    context: typer.Context,
    images: Annotated[Path, typer.Option(help="Folder of images.")],
    category: Annotated[str, typer.Option(help="Category of the objects in --masks.")] = "object",
    limit: Annotated[int | None, typer.Option(min=1, help="Take the first N images by name.")] = None,
    status: Annotated[AnnotationStatus, typer.Option(help="Status of the imported masks.")] = (
        AnnotationStatus.ACCEPTED
    ),
    as_json: AsJson = False,
) -> None:
    """Import a folder of images, with their masks where there are any."""
    with opened(context.obj) as project, bar("importing", hidden=as_json) as tick:
        found = project.datasets.import_folder(
            images,
            category=category,
            limit=limit,
            status=status,
            progress=tick,
            **context.meta.get(SOURCES, {}),
        )
    if not found.images + found.known_images:
        raise InvalidInput(f"nothing could be imported from {images}{_first(found.skipped)}")
    for name, why in found.skipped:
        print(f"skipped {name}: {why}", file=sys.stderr)
    report(
        plain(found),
        as_json,
        f"{found.images} new images and {found.annotations} new masks imported "
        f"({found.known_images} images and {found.known_annotations} masks were there already), "
        f"{len(found.skipped)} skipped",
    )


def _first(skipped: list[tuple[str, str]]) -> str:
    if not skipped:
        return ""
    name, why = skipped[0]
    return f": {why}" if name in why else f": {name}: {why}"


@dataset_commands.command(cls=with_choices(format=_export_formats))
def export(
    context: typer.Context,
    format: Annotated[str, typer.Option(help="What to write.")],
    out: Annotated[Path, typer.Option(help="Folder to write to.")],
    status: Annotated[
        list[AnnotationStatus] | None,
        typer.Option(help="Only objects of this status; repeatable. By default accepted ones."),
    ] = None,
    category: Annotated[list[str] | None, typer.Option(help="Only this category; repeatable.")] = None,
    group: Annotated[list[str] | None, typer.Option(help="Only images of this group; repeatable.")] = None,
    no_images: Annotated[bool, typer.Option("--no-images", help="Write the annotations alone.")] = False,
    with_empty: Annotated[
        bool, typer.Option("--with-empty", help="Also write images that have no object.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Export objects, by default the accepted ones, and their images."""
    from samstudio.services.dataset_io.exports.choice import ExportChoice

    choice = ExportChoice(
        tuple(status or [AnnotationStatus.ACCEPTED]),
        tuple(category or ()),
        tuple(group or ()),
        with_images=not no_images,
        with_empty=with_empty,
    )
    with opened(context.obj) as project:
        found = project.datasets.export(format, out, choice)
    for note in found.notes:
        print(f"note: {note}", file=sys.stderr)
    report(
        {"format": format, "out": str(out), **plain(found)},
        as_json,
        f"{found.annotations} masks on {found.images} images written to {out}",
    )


@dataset_commands.command()
def preflight(context: typer.Context, as_json: AsJson = False) -> None:
    """Say what is worth knowing about the accepted masks before tuning; changes nothing."""
    with opened(context.obj) as project:
        found = project.preflight.check()
    lines = (f"{one.severity}: {one.text} {one.advice}".strip() for one in found)
    report({"findings": plain(found)}, as_json, "\n".join(lines) or "nothing to warn of")
