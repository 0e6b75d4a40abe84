"""Preflight's findings as HTML: errors and warnings in view, notes folded away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from samstudio.text import plural
from samstudio.web.page.markup import box, button, esc, tag

if TYPE_CHECKING:
    from samstudio.services.preflight.findings import Finding

_TAGS = {"error": ("error", "bad"), "warning": ("check", "warn"), "info": ("note", "")}


def findings_html(found: Sequence[Finding]) -> str:
    """Return a card with the findings; empty where there are none."""
    grave = "".join(_row(one) for one in found if one.severity != "info")
    notes = [_row(one) for one in found if one.severity == "info"]
    if notes:
        summary = f'<summary class="ss-lead" style="cursor:pointer">{plural(len(notes), "note")}</summary>'
        grave += f"<details>{summary}{''.join(notes)}</details>"
    return box(grave, title="Before you press") if grave else ""


def _row(one: Finding) -> str:
    look = button("Look", kind="ss-small", open=one.image_id) if one.image_id else ""
    return (
        '<div class="ss-row" style="flex-wrap:nowrap;align-items:flex-start;margin:0 0 8px">'
        f"{tag(*_TAGS[one.severity])}"
        f'<p style="margin:0;flex:1;max-width:none;overflow-wrap:anywhere">{esc(one.text)} '
        f'<span class="ss-lead">{esc(one.advice)}</span></p>{look}</div>'
    )
