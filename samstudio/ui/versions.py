"""The Versions tab: every decoder there is, which one is live, and how to go forward or back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gradio as gr

from samstudio.domain import DecoderVersion, LiveVersion, StudioError
from samstudio.ui.components import Panel
from samstudio.ui.markup import box, button, clock, esc, miou, panel, say, table, tag, version_name

if TYPE_CHECKING:
    from samstudio.bootstrap import Studio


def versions_tab(*, studio: Studio) -> tuple[list[Panel], Any]:
    """Build the tab; returns its panels, the message first, and the function that draws the others."""
    message = Panel(elem_id="versions-message")
    body = Panel(elem_id="versions")

    def act(event: gr.EventData) -> tuple[str, str]:
        text, kind = _act(studio, dict(event._data or {}))
        return say(text, kind), versions_html(studio)

    def refresh() -> str:
        return versions_html(studio)

    body.act(
        act, None, [message, body], show_progress="hidden", trigger_mode="multiple", api_visibility="private"
    )
    return [message, body], refresh


def _act(studio: Studio, data: dict[str, Any]) -> tuple[str, str]:
    try:
        if data.get("act") == "promote":
            live = studio.versions.promote(int(data["number"]), reason="promoted by hand")
            return f"{_name(live.number)} is live now. New masks come from it.", "good"
        if data.get("act") == "rollback":
            live = studio.versions.rollback(reason="rolled back by hand")
            return f"Rolled back: {_name(live.number)} is live again.", "good"
    except StudioError as error:
        return str(error), "bad"
    return "", "good"


def _name(number: int) -> str:
    return "The stock decoder" if number == 0 else f"Version {number}"


def versions_html(studio: Studio) -> str:
    """The live version with its roll-back, then the table, newest first."""
    live = studio.versions.live()
    versions = studio.versions.list()
    rows = [_row(version, live) for version in versions]
    parts = [
        _live(live),
        box(table(["Version", "", "Made", "mIoU: stock → candidate", "Why", ""], rows), title="All versions"),
    ]
    if len(versions) == 1:
        text = "Only the stock decoder so far. Fine-tune on a few accepted masks to make the first version."
        parts.append(f'<p class="ss-lead">{text}</p>')
    return panel(*parts)


def _live(live: LiveVersion) -> str:
    since = (
        f"Live since {clock(live.moved_at)}." if live.moved_at else "As published; nothing was promoted yet."
    )
    back = ""
    if live.number:
        question = f"Roll back? {_name(live.number)} stays here and can be promoted again."
        back = button("Roll back", act="rollback", confirm=question)
    return box(
        f'<div class="ss-between"><div><h1>{esc(_name(live.number))} proposes the masks</h1>'
        f'<p class="ss-lead" style="margin:0">{esc(since)} Every mask remembers the version that proposed it.'
        "</p></div>"
        f"{back}</div>"
    )


def _row(version: DecoderVersion, live: LiveVersion) -> list[str]:
    is_live = version.number == live.number
    state = tag("live", "good") if is_live else tag("was live") if version.promoted and version.number else ""
    if not is_live and version.number and not version.promoted:
        state = tag("kept aside", "warn")
    return [
        f'<td class="ss-num"><b>{version_name(version.number)}</b></td>',
        state,
        f'<td class="ss-num">{clock(version.created_at) if version.number else "–"}</td>',
        f'<td class="ss-num">{_scores(version)}</td>',
        esc(version.reason or ("Segment Anything as published" if version.number == 0 else "")),
        f'<td class="ss-acts">{"" if is_live else _promote(version)}</td>',
    ]


def _scores(version: DecoderVersion) -> str:
    if not version.number:
        return "–"
    return f"{miou(version.scores.get('base_miou'))} → <b>{miou(version.scores.get('candidate_miou'))}</b>"


def _promote(version: DecoderVersion) -> str:
    name = _name(version.number)
    doubt = "" if version.promoted or not version.number else " The gate kept it aside, for the reason given."
    question = f"Make {name[0].lower() + name[1:]} live?{doubt} You can roll back at any time."
    return button("Make live", kind="ss-small", act="promote", number=version.number, confirm=question)
