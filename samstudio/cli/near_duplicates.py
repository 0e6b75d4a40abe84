"""``near-duplicates``: pictures that are nearly alike, made groups of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from samstudio.cli.common import AsJson, opened
from samstudio.cli.terminal import bar, plain, report
from samstudio.domain import InvalidInput, StudioError
from samstudio.text import plural

if TYPE_CHECKING:
    from samstudio.project import Project
    from samstudio.services.near_duplicates.service import Looked
    from samstudio.services.near_duplicates.suggestions import Suggestion

near_duplicate_commands = typer.Typer()

ALL = "all"
SHOWN = 6


@near_duplicate_commands.command("near-duplicates")
def near_duplicates(
    context: typer.Context,
    accept: Annotated[
        list[str] | None,
        typer.Option(help="Make a group of it: an id, or all; repeatable.", metavar="ID|all"),
    ] = None,
    dismiss: Annotated[
        list[str] | None,
        typer.Option(help="Never suggest it again: an id, or all; repeatable.", metavar="ID|all"),
    ] = None,
    bring_back: Annotated[
        bool, typer.Option("--bring-back", help="Suggest again what was dismissed.")
    ] = False,
    encode: Annotated[
        bool,
        typer.Option("--encode", help="Encode first the images that are not yet; others are not compared."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List images that are nearly alike, as the groups that they would be; groups are never split."""
    if accept and dismiss:
        raise InvalidInput("give either --accept or --dismiss: after the one, the list is another")
    with opened(context.obj) as project:
        if encode:
            _encode(project, hidden=as_json)
        if bring_back:
            project.near_duplicates.bring_back()
        found = _looked(project, hidden=as_json)
        said = _acted(project, accept, dismiss)
        known = project.near_duplicates.state() if said else found
    items = [_item(one) for one in known.suggestions]
    counts = {name: getattr(known, name) for name in ("state", "images", "compared", "total", "dismissed")}
    report({**counts, "items": items, **said}, as_json, "\n".join(_lines(known, said)))


def _encode(project: Project, *, hidden: bool) -> None:
    ids = [one.id for one in project.images.list() if not project.embeddings.has(one.id)]
    with bar("encoding", hidden=hidden) as tick:
        for done, image_id in enumerate(ids):
            tick(done, len(ids), "")
            project.predictions.prepare(image_id)


def _looked(project: Project, *, hidden: bool) -> Looked:
    with bar("comparing", hidden=hidden) as tick:
        return project.near_duplicates.finish(lambda far: tick(int(1000 * far.share), 1000, far.doing))


def _acted(project: Project, accept: list[str] | None, dismiss: list[str] | None) -> dict[str, int]:
    """Do what was asked for; return how many images or suggestions it changed."""
    near = project.near_duplicates
    if accept:
        run = project.bulk.wait(near.accept(None if ALL in accept else accept).id)
        if run.problem:
            raise StudioError(run.problem)
        return {"grouped": run.images}
    if dismiss:
        before = near.state().total
        near.dismiss(None if ALL in dismiss else dismiss)
        return {"hidden": before - near.state().total}
    return {}


def _item(one: Suggestion) -> dict[str, object]:
    images = [{"id": image.id, "filename": image.filename, "group": image.group} for image in one.images]
    return {**plain(one), "count": len(images), "images": images}


def _lines(known: Looked, said: dict[str, int]) -> list[str]:
    lines = []
    if "grouped" in said:
        lines.append(f"{plural(said['grouped'], 'image')} put into groups")
    if "hidden" in said:
        lines.append(f"{plural(said['hidden'], 'suggestion')} dismissed")
    lines.append(
        f"{plural(known.total, 'suggestion')}; {known.compared:,} of {known.images:,} images compared"
    )
    if known.state == "few":
        lines.append(f"too few images are encoded: {known.fewest} are needed (--encode)")
    lines += [_line(one) for one in known.suggestions]
    return lines


def _line(one: Suggestion) -> str:
    names = ", ".join(image.filename for image in one.images[:SHOWN])
    more = f" and {len(one.images) - SHOWN:,} more" if len(one.images) > SHOWN else ""
    return f"{one.id}  {one.similarity:.2f}  {names}{more}"
