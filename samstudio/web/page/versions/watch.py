"""What the watch says of the live version, as HTML: its figures on new objects, and what it took back."""

from __future__ import annotations

from samstudio.domain import STOCK_VERSION
from samstudio.services.watch.types import TakenBack, WatchFigures, WatchState
from samstudio.web.page.markup import esc, version_name

AGAIN = "Make it live again if you disagree: a version is taken back by itself only once."

WORSE = {
    "rolls-back": "It is worse, and is being taken back.",
    "switched-off": "It is worse. Going back by itself is switched off here: roll back by hand.",
    "made-live-again": "It is worse, as before. You made it live again, so it stays until you roll back.",
}
"""By what the watch does about it."""


def watch_html(state: WatchState) -> str:
    """Return the lines under the live version's name; empty where there is nothing to say."""
    parts = []
    if state.taken_back is not None:
        parts.append(_taken_back(state.taken_back))
    if state.watching is not None:
        parts += [f'<p class="ss-watch">{esc(_found(state.watching))}</p>', _lead(*_remarks(state.watching))]
    return "".join(parts)


def _taken_back(taken: TakenBack) -> str:
    return (
        f'<div class="ss-say ss-warn" role="status"><span>{esc(taken.reason)}</span> '
        f"<span>{esc(AGAIN)}</span></div>"
    )


def _lead(*sentences: str) -> str:
    shown = " ".join(f"<span>{esc(one)}</span>" for one in sentences)
    return f'<p class="ss-lead">{shown}</p>' if shown else ""


def _found(seen: WatchFigures) -> str:
    name = version_name(seen.version)
    if not seen.objects:
        return f"No new objects since {name} is live."
    objects = "1 new object" if seen.objects == 1 else f"{seen.objects} new objects"
    former = "" if seen.former == STOCK_VERSION else f"; {version_name(seen.former)} {_iou(seen.former_miou)}"
    return f"Since {name} is live: {objects}, {_iou(seen.live_miou)}{former}; stock {_iou(seen.stock_miou)}."


def _iou(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _remarks(seen: WatchFigures) -> list[str]:
    name, former = version_name(seen.version), version_name(seen.former)
    remarks = []
    if seen.waiting:
        remarks.append("More objects are being scored." if seen.objects else "New objects are being scored.")
    if seen.untouched:
        remarks.append(f"Accepted as {name} proposed them, which flatters it: {seen.untouched}.")
    if seen.worse:
        remarks.append(WORSE[seen.action])
    elif seen.objects:
        remarks.append(f"Nothing shows that {name} is worse than {former}.")
    if seen.problem:
        remarks.append(seen.problem)
    return remarks
