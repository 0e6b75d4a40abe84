"""The Fine-tune tab: one button, the progress of its job, and the result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gradio as gr

from samstudio.domain import StudioError, Use
from samstudio.text import aside_words, plural
from samstudio.web.page.components import Panel
from samstudio.web.page.finetune.findings import findings_html
from samstudio.web.page.finetune.jobs import history_html, job_html
from samstudio.web.page.markup import (
    box,
    button,
    esc,
    panel,
    say,
)

if TYPE_CHECKING:
    from samstudio.project import Project

TRUSTWORTHY_IMAGES = 8


def finetune_tab(*, project: Project) -> tuple[list[Panel], Any]:
    """Build the tab; return its panels, and the function that draws them afresh."""
    message = Panel(elem_id="finetune-message")
    start = Panel(elem_id="finetune")
    with gr.Accordion("Settings", open=False):
        gr.Markdown("The defaults suit nearly every dataset: steps and strength are chosen from your masks.")
        with gr.Row():
            seconds = gr.Number(
                label="Time limit (seconds)", value=project.settings.tune_max_seconds, minimum=5, precision=0
            )
            seed = gr.Number(label="Seed", value=0, minimum=0, precision=0)
        from_live = gr.Checkbox(
            label="Go on from the live version",
            info="Usually tuning starts from stock, which every image can judge. What goes on from the live "
            "version is judged only on images that it did not learn from.",
        )
        keep_everyday = gr.Checkbox(
            lambda: keeps_everyday(project),
            label="Keep everyday objects",
            info="A decoder that is tuned for images like yours may answer worse on cups and cats. "
            "With this, what gets much worse there does not go live.",
        )
    job = Panel(elem_id="job")
    history = Panel(elem_id="history")
    panels = [message, start, job, history]

    def act(
        limit: float | None, chosen_seed: float | None, on_live: bool, keep: bool, event: gr.EventData
    ) -> tuple[str, ...]:
        chosen = {
            "max_seconds": limit,
            "seed": int(chosen_seed or 0),
            "from_live": bool(on_live),
            "keep_everyday": bool(keep),
        }
        text, kind = _act(project, dict(event._data or {}), chosen)
        return say(text, kind), *refresh()

    def refresh() -> tuple[str, ...]:
        return start_html(project), job_html(project), history_html(project)

    for panel_ in (start, job):
        panel_.act(
            act,
            [seconds, seed, from_live, keep_everyday],
            panels,
            show_progress="hidden",
            trigger_mode="multiple",
            api_visibility="private",
        )
    return panels, refresh


def keeps_everyday(project: Project) -> bool:
    """Tell whether the last job was asked to keep everyday objects: that is how the box is found."""
    job = project.jobs.latest()
    return bool(job and job.config.keep_everyday)


def _act(project: Project, data: dict[str, Any], chosen: dict[str, Any]) -> tuple[str, str]:
    """Do what a button asks for; return the message to show, and its kind."""
    try:
        if data.get("act") == "start":
            project.tuning.start(**chosen)
        elif data.get("act") == "cancel":
            project.jobs.cancel(int(data["id"]))
            return "Stopping; nothing will be changed.", "good"
    except StudioError as error:
        return str(error), "bad"
    return "", "good"


def start_html(project: Project) -> str:
    """Return the button with the state of the dataset and, while no job runs, the findings of preflight."""
    job = project.jobs.latest()
    active = job is not None and not job.status.finished
    label = "Fine-tuning…" if active else "Fine-tune now"
    found = [] if active else project.preflight.check()
    stopped = any(one.severity == "error" for one in found)
    # That nothing is accepted yet is said beside the button already.
    shown = [one for one in found if one.count or one.severity != "error"]
    return panel(
        findings_html(shown),
        box(
            '<div class="ss-between"><div><h1>Fine-tune on your masks</h1>'
            f"<p>{esc(readiness(project))}</p></div>"
            f"{button(label, kind='ss-primary ss-large', disabled=active or stopped, act='start')}</div>"
            '<p class="ss-lead" style="margin:0">Trains the mask decoder on accepted masks, measures it on '
            "images it did not train on, and makes it live only if it is better. "
            "You can keep annotating meanwhile.</p>"
        ),
    )


def readiness(project: Project) -> str:
    """Return one line that says whether the dataset suffices for a trustworthy result."""
    uses = project.annotations.uses()
    known = [uses.of(Use.LEARN), uses.of(Use.JUDGE)]
    masks, images = sum(one.objects for one in known), sum(one.annotated for one in known)
    aside = aside_words(uses.test.images)
    if not masks:
        return f"No accepted masks yet: accept a few on the Annotate tab first. {aside}".strip()
    have = f"{plural(masks, 'accepted mask')} on {plural(images, 'image')}"
    if images < TRUSTWORTHY_IMAGES:
        return f"{have}. {TRUSTWORTHY_IMAGES} or more images make the result trustworthy. {aside}".strip()
    return f"{have}: enough for a trustworthy result. {aside}".strip()
