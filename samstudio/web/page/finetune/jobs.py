"""The progress of a tuning job, its result, and the jobs before it, as HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from samstudio.domain import Job, JobPoint, JobStatus, NotFound
from samstudio.records import JobResult, VersionScores
from samstudio.web.page.chart import line_chart
from samstudio.web.page.markup import (
    box,
    button,
    clock,
    duration,
    esc,
    miou,
    panel,
    seconds_between,
    table,
    tag,
    version_name,
)
from samstudio.web.page.versions.scores import effort_html, everyday_html

if TYPE_CHECKING:
    from samstudio.project import Project

HISTORY = 20

_STATES = {
    JobStatus.QUEUED: ("starting", ""),
    JobStatus.RUNNING: ("running", ""),
    JobStatus.SUCCEEDED: ("finished", "good"),
    JobStatus.FAILED: ("failed", "bad"),
    JobStatus.CANCELLED: ("cancelled", "warn"),
}


def job_html(project: Project) -> str:
    """Return the latest job: its progress while it runs, then its result; with its curves."""
    job = project.jobs.latest()
    if job is None:
        return ""
    points = project.jobs.points(job.id)
    link = _docs_link(job, project.settings.docs_url)
    head = _verdict(job, link, _news(project, job)) if job.status.finished else _progress(job)
    return panel(head, _curves(job, points) if points or not job.status.finished else "")


def _progress(job: Job) -> str:
    left = f"about {duration(job.seconds_left)} left" if job.seconds_left is not None else ""
    phase = "stopping" if job.cancel_requested else job.phase or "starting"
    steps = f"step {job.step} of {job.total_steps}" if job.total_steps else ""
    facts = " · ".join(part for part in (steps, left) if part)
    return box(
        f'<div class="ss-between"><b>{esc(phase[:1].upper() + phase[1:])}</b>'
        f'<span class="ss-lead">{esc(facts)}</span></div>'
        f'<progress class="ss-bar" max="1" value="{job.progress:.4f}" aria-label="Progress"></progress>'
        '<div class="ss-row" style="margin-top:14px">'
        f"{button('Cancel', act='cancel', id=job.id, disabled=job.cancel_requested)}"
        f'<span class="ss-lead">Job {job.id}, started {clock(job.created_at)}</span></div>'
    )


def _curves(job: Job, points: list[JobPoint]) -> str:
    loss = [(point.step, point.loss) for point in points if point.loss is not None]
    held_out = [(point.step, point.val_miou) for point in points if point.val_miou is not None]
    base = job.result.base_miou if job.result else None
    reference = ("stock", base) if base is not None and held_out else None
    return (
        '<div class="ss-cols">'
        + box(line_chart(loss, title="Loss", digits=3))
        + box(line_chart(held_out, title="mIoU on held-out images", reference=reference))
        + "</div>"
    )


def _news(project: Project, job: Job) -> str:
    """Return the effort that the job's version saves and its everyday objects; empty where it is deleted."""
    number = job.result.version if job.result else None
    try:
        scores = project.versions.get(number).scores if number is not None else VersionScores()
    except NotFound:
        return ""
    return effort_html(scores) + everyday_html(scores)


def _docs_link(job: Job, docs_url: str) -> str:
    """Return a link to what to do about a refusal; each code is an anchor of that page."""
    if not docs_url or job.code is None or (job.result and job.result.promoted):
        return ""
    address = f"{docs_url.rstrip('/')}/refused/#{job.code}"
    return f' <a href="{esc(address)}" target="_blank" rel="noopener">What to do</a>'


def _verdict(job: Job, link: str, news: str) -> str:
    title, kind = verdict_words(job)
    result = job.result or JobResult()
    numbers = ""
    if job.status is JobStatus.SUCCEEDED:
        cells = [
            (miou(result.base_miou), "stock"),
            (miou(result.live_miou), "live before"),
            (miou(result.candidate_miou), "candidate"),
            ("–" if result.n_train is None else str(result.n_train), "objects trained on"),
            ("–" if result.n_val is None else str(result.n_val), "objects judged on"),
        ]
        tiles = "".join(
            f'<div class="ss-tile"><b>{esc(value)}</b><span>{name}</span></div>' for value, name in cells
        )
        numbers = f'<div class="ss-tiles" style="margin:14px 0 0">{tiles}</div>'
    reason = job.reason or result.reason or ""
    code = f' data-code="{esc(job.code)}"' if job.code else ""
    return box(
        f'<div class="ss-verdict ss-{kind}" role="status"{code}><b>{esc(title)}</b>{esc(reason)}{link}</div>'
        f"{numbers}{news}"
    )


def verdict_words(job: Job) -> tuple[str, str]:
    """Return a finished job's outcome as a title, and its kind: good, warn or bad."""
    result = job.result or JobResult()
    if job.status is JobStatus.FAILED:
        return "The job failed", "bad"
    if job.status is JobStatus.CANCELLED:
        return "Cancelled", "warn"
    if result.promoted and result.version is not None:
        return f"{version_name(result.version)} went live", "good"
    return "Nothing changed", "warn"


def history_html(project: Project) -> str:
    """Return a table of the latest jobs, newest first; empty where there are none."""
    jobs = project.jobs.list(limit=HISTORY)
    if not jobs:
        return ""
    rows = [_row(job) for job in jobs]
    return panel(box(table(["Job", "When", "State", "mIoU", "Took", "Outcome"], rows), title="History"))


def _row(job: Job) -> list[str]:
    word, kind = _STATES[job.status]
    result = job.result
    if job.status is JobStatus.SUCCEEDED and not (result and result.promoted):
        kind = "warn"
    scores = f"{miou(result.base_miou)} → {miou(result.candidate_miou)}" if result else "–"
    outcome = (
        f"{verdict_words(job)[0]}. {job.reason or (result and result.reason) or ''}"
        if job.status.finished
        else job.phase
    )
    return [
        f'<td class="ss-num">{job.id}</td>',
        f'<td class="ss-num">{clock(job.created_at)}</td>',
        tag(word, kind),
        f'<td class="ss-num">{scores}</td>',
        f'<td class="ss-num">{duration(seconds_between(job.started_at, job.finished_at)) or "–"}</td>',
        esc(outcome),
    ]
