"""The Fine-tune tab: one button, what it is doing, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gradio as gr

from samstudio.domain import Job, JobPoint, JobStatus, StudioError
from samstudio.ui.chart import line_chart
from samstudio.ui.components import Panel
from samstudio.ui.findings import findings_html
from samstudio.ui.markup import (
    box,
    button,
    clock,
    duration,
    esc,
    miou,
    panel,
    plural,
    say,
    seconds_between,
    table,
    tag,
    version_name,
)

if TYPE_CHECKING:
    from samstudio.bootstrap import Studio

TRUSTWORTHY_IMAGES = 8
HISTORY = 20

_STATES = {
    JobStatus.QUEUED: ("starting", ""),
    JobStatus.RUNNING: ("running", ""),
    JobStatus.SUCCEEDED: ("finished", "good"),
    JobStatus.FAILED: ("failed", "bad"),
    JobStatus.CANCELLED: ("cancelled", "warn"),
}


def finetune_tab(*, studio: Studio) -> tuple[list[Panel], Any]:
    """Build the tab; returns its panels and the function that draws them afresh."""
    message = Panel(elem_id="finetune-message")
    press = Panel(elem_id="finetune")
    with gr.Accordion("Settings", open=False):
        gr.Markdown("The defaults suit nearly every dataset: steps and strength are chosen from your masks.")
        with gr.Row():
            seconds = gr.Number(
                label="Time limit (seconds)", value=studio.settings.tune_max_seconds, minimum=5, precision=0
            )
            seed = gr.Number(label="Seed", value=0, minimum=0, precision=0)
        from_live = gr.Checkbox(
            label="Go on from the live version",
            info="Usually tuning starts from stock, which every image can judge. What goes on from the live "
            "version is judged only on images that it did not learn from.",
        )
    job = Panel(elem_id="job")
    history = Panel(elem_id="history")
    panels = [message, press, job, history]

    def act(
        limit: float | None, chosen_seed: float | None, on_live: bool, event: gr.EventData
    ) -> tuple[str, ...]:
        chosen = {"max_seconds": limit, "seed": int(chosen_seed or 0), "from_live": bool(on_live)}
        text, kind = _act(studio, dict(event._data or {}), chosen)
        return say(text, kind), *refresh()

    def refresh() -> tuple[str, ...]:
        return press_html(studio), job_html(studio), history_html(studio)

    for panel_ in (press, job):
        panel_.act(
            act,
            [seconds, seed, from_live],
            panels,
            show_progress="hidden",
            trigger_mode="multiple",
            api_visibility="private",
        )
    return panels, refresh


def _act(studio: Studio, data: dict[str, Any], chosen: dict[str, Any]) -> tuple[str, str]:
    """Do what a button says; what there is to tell, and how it is shown."""
    try:
        if data.get("act") == "start":
            studio.tuning.start(**chosen)
        elif data.get("act") == "cancel":
            studio.jobs.cancel(int(data["id"]))
            return "Stopping; nothing will be changed.", "good"
    except StudioError as error:
        return str(error), "bad"
    return "", "good"


def press_html(studio: Studio) -> str:
    """The button, with what the dataset carries and, until it is pressed, what preflight found."""
    job = studio.jobs.latest()
    active = job is not None and not job.status.finished
    label = "Fine-tuning…" if active else "Fine-tune now"
    found = [] if active else studio.preflight.check()
    stopped = any(one.severity == "stops" for one in found)
    # That nothing is accepted yet is said beside the button already.
    shown = [one for one in found if one.count or one.severity != "stops"]
    return panel(
        findings_html(shown),
        box(
            '<div class="ss-between"><div><h1>Fine-tune on your masks</h1>'
            f"<p>{esc(readiness(studio))}</p></div>"
            f"{button(label, kind='ss-primary ss-large', disabled=active or stopped, act='start')}</div>"
            '<p class="ss-lead" style="margin:0">Trains the mask decoder on accepted masks, measures it on '
            "images it did not train on, and makes it live only if it is better. "
            "You can keep annotating meanwhile.</p>"
        ),
    )


def readiness(studio: Studio) -> str:
    """How far the dataset carries, in one line."""
    counts = studio.annotations.counts()
    images = counts.images_with_accepted
    if not counts.accepted:
        return "No accepted masks yet: accept a few on the Annotate tab first."
    have = f"{plural(counts.accepted, 'accepted mask')} on {plural(images, 'image')}"
    if images < TRUSTWORTHY_IMAGES:
        return f"{have}. {TRUSTWORTHY_IMAGES} or more images make the result trustworthy."
    return f"{have}: enough for a trustworthy result."


def job_html(studio: Studio) -> str:
    """The latest job: its progress while it runs, then its verdict; with its curves."""
    job = studio.jobs.latest()
    if job is None:
        return ""
    points = studio.jobs.points(job.id)
    head = _verdict(job) if job.status.finished else _progress(job)
    return panel(head, _curves(job, points) if points or not job.status.finished else "")


def _progress(job: Job) -> str:
    left = f"about {duration(job.seconds_left)} left" if job.seconds_left is not None else ""
    phase = "stopping" if job.cancel_requested else job.phase or "starting"
    steps = f"{job.step} of {job.total_steps}" if job.total_steps else ""
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
    base = (job.result or {}).get("base_miou")
    reference = ("stock", float(base)) if isinstance(base, int | float) and held_out else None
    return (
        '<div class="ss-cols">'
        + box(line_chart(loss, title="Loss", digits=3))
        + box(line_chart(held_out, title="mIoU on held-out images", reference=reference))
        + "</div>"
    )


def _verdict(job: Job) -> str:
    title, kind = verdict_words(job)
    result = job.result or {}
    numbers = ""
    if job.status is JobStatus.SUCCEEDED:
        cells = [
            (miou(result.get("base_miou")), "stock"),
            (miou(result.get("live_miou")), "live before"),
            (miou(result.get("candidate_miou")), "candidate"),
            (str(result.get("n_train", "–")), "objects trained on"),
            (str(result.get("n_val", "–")), "objects judged on"),
        ]
        tiles = "".join(
            f'<div class="ss-tile"><b>{esc(value)}</b><span>{name}</span></div>' for value, name in cells
        )
        numbers = f'<div class="ss-tiles" style="margin:14px 0 0">{tiles}</div>'
    reason = job.reason or str(result.get("reason", ""))
    return box(
        f'<div class="ss-verdict ss-{kind}" role="status"><b>{esc(title)}</b>{esc(reason)}</div>{numbers}'
    )


def verdict_words(job: Job) -> tuple[str, str]:
    """A finished job's outcome as a title, and its kind: good, warn or bad."""
    result = job.result or {}
    if job.status is JobStatus.FAILED:
        return "The job failed", "bad"
    if job.status is JobStatus.CANCELLED:
        return "Cancelled", "warn"
    if result.get("promoted"):
        return f"{version_name(int(result['version']))} went live", "good"
    return "Nothing changed", "warn"


def history_html(studio: Studio) -> str:
    """The latest jobs, newest first."""
    jobs = studio.jobs.list(limit=HISTORY)
    if not jobs:
        return ""
    rows = [_row(job) for job in jobs]
    return panel(box(table(["Job", "When", "State", "mIoU", "Took", "Outcome"], rows), title="History"))


def _row(job: Job) -> list[str]:
    word, kind = _STATES[job.status]
    if job.status is JobStatus.SUCCEEDED and not (job.result or {}).get("promoted"):
        kind = "warn"
    result = job.result or {}
    scores = f"{miou(result.get('base_miou'))} → {miou(result.get('candidate_miou'))}" if result else "–"
    outcome = (
        f"{verdict_words(job)[0]}. {job.reason or result.get('reason', '')}"
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
