"""``tune`` and ``jobs``: fine-tuning in the foreground, and the list of jobs."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from samstudio.cli.common import AsJson, learned_from, opened
from samstudio.cli.terminal import bar, plain, report
from samstudio.domain import InvalidInput, Job, JobStatus, StudioError
from samstudio.records import JobResult

if TYPE_CHECKING:
    from samstudio.project import Project

tuning_commands = typer.Typer()


@tuning_commands.command()
def tune(
    context: typer.Context,
    max_seconds: Annotated[
        float | None, typer.Option(help="Time for encoding, training and judging.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = 0,
    from_live: Annotated[bool, typer.Option("--from-live", help="Go on from the live version.")] = False,
    keep_everyday: Annotated[
        bool, typer.Option("--keep-everyday", help="Refuse what gets worse on everyday objects.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Fine-tune on the accepted masks, in the foreground; Ctrl-C cancels."""
    with opened(context.obj) as project:
        project.jobs.recover()
        _warn(project)
        job = project.tuning.start(
            max_seconds=max_seconds, seed=seed, from_live=from_live, keep_everyday=keep_everyday
        )
        job = _follow(project, job, hidden=as_json)
    if job.status is not JobStatus.SUCCEEDED:
        raise StudioError(f"job {job.id} {job.status.value}: {job.reason}")
    result = job.result or JobResult()
    written = replace(result, params=None).to_json()
    report({**written, "strength": result.strength}, as_json, _verdict(result))


def _warn(project: Project) -> None:
    from samstudio.services.preflight.findings import Severity

    for finding in project.preflight.check():
        if finding.severity is Severity.ERROR:
            raise InvalidInput(f"{finding.text} {finding.advice}".strip())
        if finding.severity is Severity.WARNING:
            print(f"warning: {finding.text} {finding.advice}", file=sys.stderr)


def _follow(project: Project, job: Job, *, hidden: bool) -> Job:
    with bar(f"job {job.id}", hidden=hidden) as tick:
        while True:
            try:
                job = project.jobs.get(job.id)
                tick(round(job.progress * 100), 100, job.phase)
                if job.status.finished:
                    return job
                time.sleep(0.2)
            except KeyboardInterrupt:
                project.jobs.cancel(job.id)


def _verdict(result: JobResult) -> str:
    state = "is live" if result.promoted else "is kept and not promoted"
    told = f"{result.reason}{learned_from(result.drawn)}"
    return f"version {result.version} {state}: {told} ({result.seconds or 0:.0f} s)"


@tuning_commands.command()
def jobs(context: typer.Context, as_json: AsJson = False) -> None:
    """List the tuning jobs, newest first."""
    with opened(context.obj) as project:
        project.jobs.recover()
        listed = project.jobs.list()
    lines = (
        f"{job.id:>4}  {job.status.value:<9}  {job.progress:4.0%}  {job.reason or job.phase}"
        for job in listed
    )
    report({"jobs": [plain(job) for job in listed]}, as_json, "\n".join(lines) or "no job yet")
