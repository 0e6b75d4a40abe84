"""``import``, ``export`` and ``preflight``: reading, writing and checking the dataset."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from samstudio.authors import acting_as, author_name
from samstudio.cli.choices import SOURCES, with_choices, with_sources
from samstudio.cli.common import AsJson, opened
from samstudio.cli.terminal import bar, plain, report
from samstudio.domain import AnnotationStatus, InvalidInput
from samstudio.registry import Registry
from samstudio.text import plural

if TYPE_CHECKING:
    from samstudio.services.dataset_io.exports import ExportFormat
    from samstudio.services.dataset_io.imports import ImportFormat
    from samstudio.services.dataset_io.imports.report import ImportReport

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
    sources: Annotated[
        list[Path] | None, typer.Argument(metavar="SOURCE...", help="Folders and files, in any known format.")
    ] = None,
    images: Annotated[Path | None, typer.Option(help="Folder of images, instead of SOURCE.")] = None,
    format: Annotated[
        str, typer.Option(help="The name of the format of SOURCE; auto recognises it.", metavar="auto|NAME")
    ] = "auto",
    category: Annotated[str, typer.Option(help="Category of objects whose format names none.")] = "object",
    limit: Annotated[int | None, typer.Option(min=1, help="Take the first N images by name.")] = None,
    status: Annotated[AnnotationStatus, typer.Option(help="Status of the imported masks.")] = (
        AnnotationStatus.ACCEPTED
    ),
    doubtful: Annotated[
        bool, typer.Option("--doubtful", help="Take pictures that look like masks; trust crowd regions.")
    ] = False,
    split_parts: Annotated[
        bool,
        typer.Option("--split-parts", help="Make each separate part of a mask's value an object."),
    ] = False,
    group_by_folder: Annotated[
        bool, typer.Option("--group-by-folder", help="Put the images of each folder into a group.")
    ] = False,
    page: Annotated[
        int | None, typer.Option(min=1, help="Of files with several pages take page N alone; else all.")
    ] = None,
    channels: Annotated[
        str | None,
        typer.Option(metavar="N[,N,N]", help="Channels to show, from 1; several are red, green, blue."),
    ] = None,
    contrast: Annotated[
        str | None,
        typer.Option(metavar="LOW:HIGH", help="Values shown as black and white, for every image alike."),
    ] = None,
    author: Annotated[
        str | None, typer.Option(help="Name under which the objects are recorded.", metavar="NAME")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would come in.")] = False,
    as_json: AsJson = False,
) -> None:
    """Import images, with their objects where there are any."""
    from samstudio.services.dataset_io.imports.command import import_command
    from samstudio.services.images import ReadOptions

    read = ReadOptions.parsed(channels, contrast)
    objects = context.meta.get(SOURCES, {})
    with (
        import_command(sources or [], images, format, objects, storage=context.obj.storage) as asked,
        opened(context.obj) as project,
        bar("importing", hidden=as_json) as tick,
        acting_as(author_name(author)),
    ):
        options = replace(
            asked.options,
            category=category,
            limit=limit,
            status=status,
            doubtful=doubtful,
            split_parts=split_parts,
            group_by_folder=group_by_folder,
            page=page,
            read=read,
        )
        imports = project.datasets.imports
        if dry_run:
            found = imports.plan(asked.tree, options, progress=tick).report
        else:
            found = imports.apply(asked.tree, options, progress=tick)
    if not found.images + found.known_images:
        raise InvalidInput(f"nothing could be imported from {asked.tree.title}{_first(found)}")
    for group in found.groups:
        print(f"{'skipped' if group.left_out else 'note'}: {group.text}", file=sys.stderr)
    report({**plain(found), "dry_run": dry_run}, as_json, _summary(found, dry_run=dry_run))


def _summary(found: ImportReport, *, dry_run: bool) -> str:
    verb = "would be imported" if dry_run else "imported"
    skipped = sum(counts["skipped"] for counts in found.outcomes.values())
    waiting = f"; {found.waiting} boxes wait for their mask" if found.waiting else ""
    return (
        f"{found.images} new images and {found.annotations} new masks {verb} "
        f"({found.known_images} images and {found.known_annotations} masks were there already), "
        f"{skipped} skipped{waiting}{_beyond_limit(found)}"
    )


def _beyond_limit(found: ImportReport) -> str:
    count = found.outcomes["image"].get("beyond_limit", 0)
    return f"; {plural(count, 'image')} beyond the limit left for later" if count else ""


def _first(found: ImportReport) -> str:
    return f": {found.groups[0].text}" if found.groups else ""


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
    group: Annotated[
        list[str] | None, typer.Option(help="Only images of this group; repeatable. Empty: of none.")
    ] = None,
    tag: Annotated[
        list[str] | None, typer.Option(help="Only images with this tag; repeatable. Empty: with none.")
    ] = None,
    split: Annotated[
        list[str] | None,
        typer.Option(help="Only images put into train, val or test; repeatable. Empty: into none."),
    ] = None,
    no_images: Annotated[bool, typer.Option("--no-images", help="Write the annotations alone.")] = False,
    with_empty: Annotated[
        bool, typer.Option("--with-empty", help="Also write images that have no object.")
    ] = False,
    pixel_size: Annotated[
        list[str] | None,
        typer.Option(help="For measurements, instead of `pixel-size`: 0.25um, or NAME=0.25um; repeatable."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Export objects, by default the accepted ones, and their images."""
    from samstudio.services.dataset_io.exports.choice import ExportChoice
    from samstudio.services.dataset_io.exports.pixel_size import PixelSizes

    choice = ExportChoice(
        tuple(status or [AnnotationStatus.ACCEPTED]),
        tuple(category or ()),
        tuple(group or ()),
        tuple(tag or ()),
        tuple(split or ()),
        with_images=not no_images,
        with_empty=with_empty,
        pixel_sizes=PixelSizes.parse(pixel_size or ()),
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
