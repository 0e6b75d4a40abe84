"""One version as a row of the table: its state, its scores, and its buttons."""

from __future__ import annotations

from samstudio.domain import STOCK_VERSION, DecoderVersion, LiveVersion
from samstudio.sam.transfer import DECODER_FORMATS
from samstudio.web.page.markup import button, clock, esc, miou, tag, version_name


def full_name(number: int) -> str:
    """Return the name of a version at the beginning of a sentence."""
    return "The stock decoder" if number == 0 else f"Version {number}"


def state_of(version: DecoderVersion, live: LiveVersion) -> tuple[str, str]:
    """Return a version's state in a word or two, and the kind of its tag; empty for idle stock."""
    if version.number == live.number:
        return "live", "good"
    if version.number == STOCK_VERSION:
        return "", ""
    if version.promoted:
        return "was live", ""
    if _imported(version):
        return "imported", ""
    return ("blended", "") if _blended(version) else ("kept aside", "warn")


def version_row(
    version: DecoderVersion, live: LiveVersion, *, opened: bool = False, tested: str | None = None
) -> list[str]:
    """Return the cells: number, state, date, scores, reason, and buttons.

    Args:
        version: The version.
        live: What is live.
        opened: Whether its details are shown.
        tested: The cell of its score on the test set, where there is one.
    """
    is_live = version.number == live.number
    state, kind = state_of(version, live)
    return [
        f'<td class="ss-num"><b>{version_name(version.number)}</b></td>',
        tag(state, kind) if state else "",
        f'<td class="ss-num">{clock(version.created_at) if version.number else "–"}</td>',
        f'<td class="ss-num">{_scores(version)}</td>',
        *([] if tested is None else [tested]),
        esc(version.reason or ("Segment Anything as published" if version.number == 0 else "")),
        f'<td class="ss-acts"><div>{_details(version, opened)}{_acts(version, is_live)}</div></td>',
    ]


def _details(version: DecoderVersion, opened: bool) -> str:
    if version.number == STOCK_VERSION:
        return ""
    label = "Hide details" if opened else "Details"
    return button(label, kind="ss-small", act="details", number=version.number)


def _acts(version: DecoderVersion, is_live: bool) -> str:
    """Return the buttons for what can be done with this version now: promote, export, delete."""
    promote = "" if is_live else _promote(version)
    delete = "" if is_live or not version.number else _delete(version.number)
    return promote + _download(version.number) + delete


def _download(number: int) -> str:
    file = f"api/v1/versions/{number}/file?format="
    links = "".join(
        f'<a href="{file}{one.name}" download><b>{one.suffix}</b> {one.description}</a>'
        for one in DECODER_FORMATS
    )
    label = f"Download {version_name(number)}"
    return (
        '<details class="ss-menu" name="download">'
        f'<summary class="ss-button ss-small" aria-label="{label}">Download</summary>'
        f"<div>{links}</div></details>"
    )


def _delete(number: int) -> str:
    question = f"Delete version {number} for good? Its file goes, and its number is not given again."
    return button("Delete", kind="ss-small ss-danger", act="delete", number=number, confirm=question)


def _imported(version: DecoderVersion) -> bool:
    return version.config.imported_from is not None


def _blended(version: DecoderVersion) -> bool:
    return version.config.blended_from is not None


def _scores(version: DecoderVersion) -> str:
    if not version.number or _imported(version) or _blended(version):
        return "–"
    return f"{miou(version.scores.base_miou)} → <b>{miou(version.scores.candidate_miou)}</b>"


def _promote(version: DecoderVersion) -> str:
    name = full_name(version.number)
    doubt = "" if version.promoted or not version.number else " The gate kept it aside, for the reason given."
    if _imported(version) and not version.promoted:
        doubt = " It was imported, and no gate has judged it."
    if _blended(version) and not version.promoted:
        doubt = " It was blended by hand, and no gate has judged it."
    question = f"Make {name[0].lower() + name[1:]} live?{doubt} You can roll back at any time."
    return button("Make live", kind="ss-small", act="promote", number=version.number, confirm=question)
