"""Small pieces of HTML, with everything a person typed escaped, and numbers as text."""

from __future__ import annotations

import html
from datetime import UTC, datetime
from typing import Any


def esc(value: object) -> str:
    """Escape text for HTML; safe inside double-quoted attributes too."""
    return html.escape(str(value), quote=True)


def panel(*parts: str) -> str:
    """Return the wrapper that the style sheet's rules apply to."""
    return f'<div class="ss-panel">{"".join(parts)}</div>'


def box(*parts: str, title: str = "") -> str:
    """Return a framed card with an optional title."""
    head = f"<h2>{esc(title)}</h2>" if title else ""
    return f'<section class="ss-box">{head}{"".join(parts)}</section>'


def tag(text: str, kind: str = "") -> str:
    """Return a small rounded label; ``kind``: good, warn, bad or empty."""
    return f'<span class="ss-tag{f" ss-{kind}" if kind else ""}">{esc(text)}</span>'


def say(text: str, kind: str = "bad") -> str:
    """Return a message across the page; empty for no text."""
    role = "alert" if kind == "bad" else "status"
    return panel(f'<div class="ss-say ss-{kind}" role="{role}">{esc(text)}</div>') if text else ""


def button(label: str, *, kind: str = "", disabled: bool = False, **data: object) -> str:
    """Return a button; ``data`` becomes ``data-*`` (see static/panel.js: act, confirm, open, tab)."""
    attributes = "".join(f' data-{name}="{esc(value)}"' for name, value in data.items())
    off = " disabled" if disabled else ""
    return f'<button type="button" class="ss-button {esc(kind)}"{attributes}{off}>{esc(label)}</button>'


def table(heads: list[str], rows: list[list[str]]) -> str:
    """Return a table of cells that are HTML already; a cell may bring its own ``<td>``."""
    head = "".join(f"<th>{esc(one)}</th>" for one in heads)
    body = "".join(f"<tr>{''.join(_cell(cell) for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(cell: str) -> str:
    return cell if cell.startswith("<td") else f"<td>{cell}</td>"


def miou(value: Any) -> str:
    """Return a score with three digits, or a dash."""
    return f"{value:.3f}" if isinstance(value, int | float) else "–"


def version_name(number: int) -> str:
    """Return the short name of a decoder version: ``stock``, or ``v3``."""
    return "stock" if number == 0 else f"v{number}"


def clock(moment: datetime | None) -> str:
    """Return ``14:05`` today, ``3 Mar 14:05`` on other days, in the server's time zone; empty for None."""
    if moment is None:
        return ""
    local = _aware(moment).astimezone()
    today = datetime.now().astimezone().date()
    return f"{local:%H:%M}" if local.date() == today else f"{local.day} {local:%b %H:%M}"


def seconds_between(start: datetime | None, end: datetime | None) -> float | None:
    """Return the seconds between two moments; None where either is missing."""
    return (_aware(end) - _aware(start)).total_seconds() if start and end else None


def duration(seconds: float | None) -> str:
    """Return ``8 s``, ``2 min 5 s``; empty for None."""
    if seconds is None:
        return ""
    whole = max(0, round(seconds))
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60} s"


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
