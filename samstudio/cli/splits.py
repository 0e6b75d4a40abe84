"""``test-set``: images that no tuning looks at."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from samstudio.cli.common import AsJson, opened
from samstudio.cli.terminal import bar, plain, report
from samstudio.domain import StudioError, Use
from samstudio.text import plural

if TYPE_CHECKING:
    from samstudio.project import Project
    from samstudio.services.bulk import BulkRun
    from samstudio.services.splits.scoring import TestSetScores
    from samstudio.services.splits.service import TestSetPlan
    from samstudio.services.splits.use import Uses

split_commands = typer.Typer()


@split_commands.command("test-set")
def fixed_test_set(
    context: typer.Context,
    share: Annotated[
        float | None,
        typer.Option(
            help="Add images until the test set has this part of all: 0.2 is 20 %.", metavar="SHARE"
        ),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the draw.")] = 0,
    any_category: Annotated[
        bool, typer.Option("--any-category", help="Draw from all images alike, not from each category.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be added.")] = False,
    clear: Annotated[bool, typer.Option("--clear", help="Take all images out of the test set.")] = False,
    scores: Annotated[bool, typer.Option("--scores", help="Score every version on the test set.")] = False,
    as_json: AsJson = False,
) -> None:
    """Count the images that no tuning looks at, or draw them by share; groups are never split."""
    with opened(context.obj) as project:
        if clear:
            _followed(project, project.splits.clear(), hidden=as_json)
        plan = None
        if share is not None:
            _look_for_near_duplicates(project, hidden=as_json)
            plan = project.splits.plan(share=share, seed=seed, by_category=not any_category)
            if not dry_run:
                run = project.splits.draw(share=share, seed=seed, by_category=not any_category)
                _followed(project, run, hidden=as_json)
        uses = project.splits.uses()
        scored = _scored(project, hidden=as_json) if scores else None
    counted = {use.value: plain(uses.of(use)) for use in Use}
    planned = {} if plan is None else {"plan": {**plain(plan), "after": plan.after}, "dry_run": dry_run}
    found = {} if scored is None else {"scores": plain(scored)}
    lines = [_said(uses, plan, dry_run=dry_run), *([] if scored is None else _lines(scored))]
    report({**counted, **planned, **found}, as_json, "\n".join(lines))


def _look_for_near_duplicates(project: Project, *, hidden: bool) -> None:
    """Have the plan say what it would part, where somebody has looked for near-duplicates before."""
    near = project.near_duplicates
    if not near.looked_before():
        return
    with bar("comparing", hidden=hidden) as tick, suppress(StudioError):  # a plan needs no model
        near.finish(lambda far: tick(int(1000 * far.share), 1000, far.doing))


def _scored(project: Project, *, hidden: bool) -> TestSetScores:
    """Score every version, in the foreground."""
    scoring = project.test_scores
    total = scoring.state().waiting
    with bar("scoring", hidden=hidden) as tick:
        while scoring.step():
            tick(total - scoring.state().waiting, total, "")
    return scoring.state()


def _lines(scored: TestSetScores) -> list[str]:
    """Return a line a version."""
    lines = []
    for one in scored.versions:
        miou = "–" if one.miou is None else f"{one.miou:.3f} on {plural(one.objects, 'object')}"
        learned = f", of which it learned from {one.learned}" if one.learned else ""
        lines.append(f"version {one.version}: {one.problem or miou}{learned}")
    return lines


def _followed(project: Project, run: BulkRun, *, hidden: bool) -> None:
    with bar("marking images", hidden=hidden) as tick:
        while run.state == "running":
            run = project.bulk.wait(run.id, 0.2)
            tick(run.done, run.total, "")
    if run.problem:
        raise StudioError(run.problem)


def _said(uses: Uses, plan: TestSetPlan | None, *, dry_run: bool) -> str:
    test = uses.test
    has = f"the test set has {plural(test.images, 'image')} with {plural(test.objects, 'accepted object')}"
    if plan is None:
        return f"{has}; {plural(uses.of(Use.LEARN).images, 'image')} to learn from"
    verb = "would be added" if dry_run else "added"
    parted = (
        f"; {plural(plan.parted, 'set')} of near-duplicates parted (near-duplicates)" if plan.parted else ""
    )
    return f"{plural(plan.added, 'image')} {verb}: {plan.after:,} of {plan.images:,}; {has}{parted}"
