"""The Versions tab: all decoders, which one is live, how to promote and roll back, and how they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gradio as gr

from samstudio.domain import LiveVersion, StudioError
from samstudio.sam.transfer import DECODER_FORMATS
from samstudio.web.page.components import ComparisonView, Panel
from samstudio.web.page.markup import box, button, clock, esc, panel, say, table
from samstudio.web.page.versions.details import details_html
from samstudio.web.page.versions.row import full_name, version_row
from samstudio.web.page.versions.tested import TEST_SET, score_cell, score_line
from samstudio.web.page.versions.watch import watch_html

if TYPE_CHECKING:
    from samstudio.project import Project

HEADS = ["Version", "", "Made", "mIoU: stock → candidate", "Why", ""]


def versions_tab(*, project: Project) -> tuple[list[Panel], gr.State, Any]:
    """Build the tab; return its panels, the state that its drawing function takes, and that function."""
    opened = gr.State(None)
    message = Panel(elem_id="versions-message")
    body = Panel(elem_id="versions")
    view = ComparisonView(elem_id="compare")

    def act(unfolded: int | None, event: gr.EventData) -> tuple[int | None, str, str]:
        data = dict(event._data or {})
        text, kind = _act(project, data)
        if data.get("act") == "details":
            number = int(data["number"])
            unfolded = None if number == unfolded else number
        return unfolded, say(text, kind), versions_html(project, unfolded)

    def refresh(unfolded: int | None) -> str:
        return versions_html(project, unfolded)

    for panel_ in (body, view):
        panel_.act(
            act,
            opened,
            [opened, message, body],
            show_progress="hidden",
            trigger_mode="multiple",
            api_visibility="private",
        )
    return [message, body], opened, refresh


def _act(project: Project, data: dict[str, Any]) -> tuple[str, str]:
    try:
        if data.get("act") == "promote":
            live = project.versions.promote(int(data["number"]), reason="promoted by hand")
            return f"{full_name(live.number)} is live now. New masks come from it.", "good"
        if data.get("act") == "rollback":
            live = project.versions.rollback(reason="rolled back by hand")
            return f"Rolled back: {full_name(live.number)} is live again.", "good"
        if data.get("act") == "delete":
            number = int(data["number"])
            project.versions.delete(number)
            return f"Version {number} was deleted. Its number is not given again.", "good"
    except StudioError as error:
        return str(error), "bad"
    if data.get("act") == "uploaded":
        return _uploaded(data)
    if data.get("act") == "kept":  # stored already, by the comparison's own address
        return f"Kept as version {int(data['number'])}. It is not live: make it live when you like.", "good"
    return "", "good"


def _uploaded(data: dict[str, Any]) -> tuple[str, str]:
    if data.get("error") or not data.get("number"):
        return str(data.get("error") or "The file could not be imported."), "bad"
    return f"Imported as version {int(data['number'])}. It is not live: make it live when you like.", "good"


def versions_html(project: Project, opened: int | None = None) -> str:
    """Return the live version with its roll-back, then the table, newest first; ``opened`` is unfolded."""
    live = project.versions.live()
    versions = project.versions.list()
    tested = project.test_scores.ask()
    heads = [*HEADS[:4], TEST_SET, *HEADS[4:]] if tested.objects else HEADS
    rows = []
    for version in versions:
        cell = score_cell(tested.of(version.number)) if tested.objects else None
        rows.append(version_row(version, live, opened=version.number == opened, tested=cell))
        if version.number == opened:
            rows.append([f'<td colspan="{len(heads)}">{details_html(project, version)}</td>'])
    parts = [
        _live(live, watch_html(project.watch.state())),
        box(_heading(), score_line(tested), table(heads, rows)),
    ]
    if len(versions) == 1:
        text = "Only the stock decoder so far. Fine-tune on a few accepted masks to make the first version."
        parts.append(f'<p class="ss-lead">{text}</p>')
    return panel(*parts)


def _live(live: LiveVersion, watched: str) -> str:
    since = (
        f"Live since {clock(live.moved_at)}." if live.moved_at else "As published; nothing was promoted yet."
    )
    back = ""
    if live.number:
        question = f"Roll back? {full_name(live.number)} stays here and can be promoted again."
        back = button("Roll back", act="rollback", confirm=question)
    return box(
        f'<div class="ss-between"><div><h1>{esc(full_name(live.number))} proposes the masks</h1>'
        f'<p class="ss-lead" style="margin:0">{esc(since)} Every mask remembers the version that proposed it.'
        "</p></div>"
        f"{back}</div>{watched}"
    )


def _heading() -> str:
    bring = button(
        "Import a version",
        kind="ss-small",
        upload="versions",
        accept=",".join(one.suffix for one in DECODER_FORMATS if one.read),
    )
    return f'<div class="ss-between"><h2>All versions</h2>{bring}</div>'
