"""How a version was judged, as HTML: its mIoU by prompt and strength, and the annotation effort it saves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from samstudio.domain import DecoderVersion
from samstudio.text import plural
from samstudio.web.page.markup import esc, miou, table, version_name

PROTOCOLS = {
    "jitter": "Loose box",
    "click": "One click",
    "clicks3": "Three clicks",
    "canary": "Everyday objects, tight box",
}


def judged_html(version: DecoderVersion) -> str:
    """The full evaluation on held-out objects, by protocol; a sentence where there is none."""
    scores = version.scores
    if not isinstance(scores.get("candidate_miou"), int | float):
        return '<p class="ss-lead">No gate has judged it on images it had not seen.</p>'
    name = version_name(version.number)
    decides = (scores.get(f"{role}_miou") for role in ("base", "live", "candidate"))
    rows = [_scored("Tight box (decides)", *decides)]
    protocols = scores.get("protocols")
    for protocol, by in (protocols if isinstance(protocols, Mapping) else {}).items():
        label = PROTOCOLS.get(str(protocol), str(protocol))
        rows.append(_scored(label, by.get("base"), by.get("live"), by.get("candidate")))
    judged = scores.get("n_val")
    on = f" on {plural(judged, 'held-out object')}" if isinstance(judged, int) else ""
    return (
        f"<h3>mIoU{esc(on)}, by prompt</h3>"
        + table(["Prompt", "stock", "live then", name, "against stock"], rows)
        + _strengths(scores)
    )


def _scored(label: str, base: Any, live: Any, candidate: Any) -> list[str]:
    known = isinstance(base, int | float) and isinstance(candidate, int | float)
    change = f"{candidate - base:+.3f}".replace("-", "−") if known else "–"
    kind = "" if not known else "ss-up" if candidate > base else "ss-down" if candidate < base else ""
    return [
        esc(label),
        *(f'<td class="ss-num">{miou(value)}</td>' for value in (base, live, candidate)),
        f'<td class="ss-num {kind}">{change}</td>',
    ]


def _strengths(scores: Mapping[str, Any]) -> str:
    """What the trial models scored at each strength, the chosen one marked."""
    by_strength = scores.get("by_strength")
    if not isinstance(by_strength, Mapping) or not by_strength:
        return ""
    chosen = scores.get("strength")
    tried = sorted((float(strength), score) for strength, score in by_strength.items())
    each = [
        f"{strength:g}: {miou(score)}{' (chosen)' if strength == chosen else ''}" for strength, score in tried
    ]
    return f'<p class="ss-lead">Trial models by strength: {" · ".join(each)}</p>'


def effort_html(scores: Mapping[str, Any]) -> str:
    """The work that the version saves, where it was measured."""
    effort = scores.get("labour")
    if not isinstance(effort, Mapping):
        return ""
    told = [
        _saved("Clicks to reach IoU 0.90", effort.get("clicks90"), ".1f"),
        _saved("Pixels to correct per object", effort.get("corrected_pixels"), ",.0f"),
    ]
    shown = " · ".join(one for one in told if one)
    objects = effort.get("objects")
    over = f"over {plural(objects, 'object')}" if isinstance(objects, int) else ""
    return f'<p class="ss-effort">{shown} <span class="ss-lead">{over}</span></p>' if shown else ""


def _saved(label: str, by: Any, form: str) -> str:
    before, after = (by.get(name) if isinstance(by, Mapping) else None for name in ("base", "candidate"))
    if not isinstance(before, int | float) or not isinstance(after, int | float):
        return ""
    return f"{label}: {before:{form}} → <b>{after:{form}}</b>"
