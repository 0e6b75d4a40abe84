"""How a version was judged, as HTML: its mIoU by prompt and strength, and the annotation effort it saves."""

from __future__ import annotations

from samstudio.domain import DecoderVersion
from samstudio.records import Compared, VersionScores
from samstudio.text import plural
from samstudio.tuning.protocols import DECIDES, PROTOCOLS
from samstudio.web.page.markup import esc, miou, table, version_name

CANARY = "Everyday objects, tight box"

FELL = 0.05
"""Where everyday objects lost more mIoU than this, it is said what the version is for now."""


def judged_html(version: DecoderVersion) -> str:
    """Return the full evaluation on held-out objects, by protocol; a sentence where there is none."""
    scores = version.scores
    if scores.candidate_miou is None:
        return '<p class="ss-lead">No gate has judged it on images it had not seen.</p>'
    name = version_name(version.number)
    decides = Compared(scores.base_miou, scores.live_miou, scores.candidate_miou)
    rows = [_scored(_label(DECIDES), decides)]
    rows += [_scored(_label(protocol), by) for protocol, by in scores.protocols.items()]
    on = f" on {plural(scores.n_val, 'held-out object')}" if scores.n_val is not None else ""
    return (
        f"<h3>mIoU{esc(on)}, by prompt</h3>"
        + table(["Prompt", "stock", "live then", name, "against stock"], rows)
        + _strengths(scores)
    )


def _label(protocol: str) -> str:
    if protocol in PROTOCOLS:
        return PROTOCOLS.get(protocol).label
    return CANARY if protocol == "canary" else protocol


def _scored(label: str, by: Compared) -> list[str]:
    gain = None if by.base is None or by.candidate is None else by.candidate - by.base
    change = "–" if gain is None else f"{gain:+.3f}".replace("-", "−")
    kind = "ss-up" if gain and gain > 0 else "ss-down" if gain and gain < 0 else ""
    return [
        esc(label),
        *(f'<td class="ss-num">{miou(value)}</td>' for value in (by.base, by.live, by.candidate)),
        f'<td class="ss-num {kind}">{change}</td>',
    ]


def _strengths(scores: VersionScores) -> str:
    """Return the models' mIoU at each strength, the chosen one marked."""
    if not scores.by_strength:
        return ""
    each = [
        f"{strength:g}: {miou(score)}{' (chosen)' if strength == scores.strength else ''}"
        for strength, score in sorted(scores.by_strength.items())
    ]
    return f'<p class="ss-lead">By strength: {" · ".join(each)}</p>'


def effort_html(scores: VersionScores) -> str:
    """Return the annotation effort that the version saves, where it was measured; else empty."""
    effort = scores.effort
    if effort is None:
        return ""
    savings = [
        _saved("Objects that need no click", effort.no_click, ".0%"),
        _saved("Clicks to reach IoU 0.90", effort.clicks90, ".1f"),
        _saved("beside the middle", effort.loose_clicks90, ".1f"),
        _saved("Not reached with five clicks", effort.failed, ".0%"),
        _saved("Pixels to correct per object", effort.corrected_pixels, ",.0f"),
    ]
    shown = " · ".join(one for one in savings if one)
    over = f"over {plural(effort.objects, 'object')}" if effort.objects is not None else ""
    return f'<p class="ss-effort">{shown} <span class="ss-lead">{over}</span></p>' if shown else ""


def everyday_html(scores: VersionScores) -> str:
    """Return how the version does on everyday objects, as news; empty where that was not measured."""
    by = scores.protocols.get("canary")
    if by is None or by.base is None or by.candidate is None:
        return ""
    known = f"Everyday objects: {by.base:.2f} → <b>{by.candidate:.2f}</b>"
    fell = by.base - by.candidate > FELL
    news = ' <span class="ss-lead">This decoder now is for images like yours.</span>' if fell else ""
    return f'<p class="ss-everyday">{known}{news}</p>'


def _saved(label: str, by: Compared | None, form: str) -> str:
    if by is None or by.base is None or by.candidate is None:
        return ""
    return f"{label}: {by.base:{form}} → <b>{by.candidate:{form}}</b>"
