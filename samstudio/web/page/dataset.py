"""The Dataset tab: the images and their masks so far, to look through, delete and export."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import gradio as gr

from samstudio.domain import Image, StudioError
from samstudio.services.dataset_io.exports import EXPORT_FORMATS
from samstudio.text import plural
from samstudio.web.page.components import Panel
from samstudio.web.page.markup import button, esc, panel, say

if TYPE_CHECKING:
    from samstudio.project import Project

PAGE = 60
FILTERS = {"all": "All", "done": "With masks", "todo": "Without masks"}

_IMPORT = '<button type="button" class="ss-button ss-primary" data-import>Import</button>'
"""Opens the import's dialog: static/importing/main.js."""

_TRASH = (
    '<svg viewBox="0 0 24 24" aria-hidden="true">'
    '<path d="M4 7h16M10 11v6M14 11v6M6 7l1 13h10l1-13M9 7V4h6v3"/></svg>'
)


def dataset_tab(*, project: Project) -> tuple[list[Panel], gr.State, Any]:
    """Build the tab; return its panels, the state that its drawing function takes, and that function."""
    shown = gr.State({"filter": "all", "limit": PAGE})
    message = Panel(elem_id="dataset-message")
    body = Panel(elem_id="dataset")

    def act(state: dict[str, Any], event: gr.EventData) -> tuple[dict[str, Any], str, str]:
        data = dict(event._data or {})
        text, kind = "", "good"
        if data.get("act") == "filter":
            state = {"filter": str(data.get("to")), "limit": PAGE}
        elif data.get("act") == "more":
            state = {**state, "limit": int(state["limit"]) + PAGE}
        elif data.get("act") == "delete":
            text, kind = _delete(project, str(data.get("id")))
        return state, say(text, kind), dataset_html(project, **_view(state))

    def refresh(state: dict[str, Any]) -> str:
        return dataset_html(project, **_view(state))

    body.act(
        act,
        shown,
        [shown, message, body],
        show_progress="hidden",
        trigger_mode="multiple",
        api_visibility="private",
    )
    return [message, body], shown, refresh


def _view(state: dict[str, Any]) -> dict[str, Any]:
    return {"chosen": str(state.get("filter", "all")), "limit": int(state.get("limit", PAGE))}


def _delete(project: Project, image_id: str) -> tuple[str, str]:
    try:
        image = project.images.get(image_id)
        project.images.delete(image_id, with_annotations=True)
    except StudioError as error:
        return str(error), "bad"
    return f"{image.filename} was deleted, with its masks.", "good"


def dataset_html(project: Project, *, chosen: str = "all", limit: int = PAGE) -> str:
    """Return the tab as HTML: counts, filter, export, and a card for each image.

    ``chosen`` is a key of `FILTERS`; at most ``limit`` cards are drawn.
    """
    stats = project.datasets.stats()
    if not stats.images:
        return panel(
            '<div class="ss-nothing"><h2>No images yet</h2>'
            "<p>Import images, with their annotations where there are some: files, a folder, a ZIP or a tar. "
            "Or drop them anywhere on the page.</p>"
            f"{_IMPORT}</div>"
        )
    images = project.images.list()
    counts = project.annotations.counts_by_image([image.id for image in images])
    wanted = [image for image in images if _matches(chosen, counts.get(image.id, 0))]
    return panel(
        _tiles(stats),
        _tools(chosen),
        '<div class="ss-cards">',
        *(_card(image, counts.get(image.id, 0)) for image in wanted[:limit]),
        "</div>",
        "" if wanted else '<p class="ss-nothing">No image is of this kind.</p>',
        f'<p style="margin-top:16px">{button(f"Show more ({limit} of {len(wanted)})", act="more")}</p>'
        if len(wanted) > limit
        else "",
    )


def _matches(chosen: str, accepted: int) -> bool:
    return chosen == "all" or (chosen == "done") == (accepted > 0)


def _tiles(stats: Any) -> str:
    tiles = [
        (stats.images, "images"),
        (stats.images_with_accepted, "with accepted masks"),
        (stats.accepted, "accepted masks"),
        (len(stats.categories), "categories"),
    ]
    if stats.proposed:
        tiles.append((stats.proposed, "proposed masks"))
    cells = "".join(
        f'<div class="ss-tile"><b>{count:,}</b><span>{name}</span></div>' for count, name in tiles
    )
    return f'<div class="ss-tiles">{cells}</div>'


def _tools(chosen: str) -> str:
    segments = "".join(
        f'<button type="button" data-act="filter" data-to="{key}" aria-pressed="{str(key == chosen).lower()}"'
        f">{name}</button>"
        for key, name in FILTERS.items()
    )
    return (
        f'<div class="ss-between" style="margin-bottom:14px"><div class="ss-segments" role="group" '
        f'aria-label="Which images">{segments}</div><div class="ss-row">{_export_button()}'
        f"{_IMPORT}</div></div>"
    )


def _export_button() -> str:
    """Return the button that opens the export's dialog (static/exporting/main.js), with the formats."""
    formats = [
        {
            "name": one.name,
            "label": one.label,
            "description": one.description,
            "measures": one.measures,
        }
        for one in EXPORT_FORMATS
    ]
    return f'<button type="button" class="ss-button" data-export="{esc(json.dumps(formats))}">Export</button>'


def _card(image: Image, accepted: int) -> str:
    masks = plural(accepted, "mask")
    question = f"Delete {image.filename}{f' and its {masks}' if accepted else ''}? This cannot be undone."
    name, image_id = esc(image.filename), esc(image.id)
    return (
        f'<div class="ss-image"><button type="button" data-open="{image_id}" title="Open on the canvas">'
        f'<img loading="lazy" translate="no" alt="{name}" src="studio/overlays/{image_id}?n={accepted}">'
        "</button>"
        f'<div class="ss-foot"><div><strong translate="no" title="{name}">{name}</strong>'
        f"<span>{masks if accepted else 'no masks yet'}</span></div>"
        f'<button type="button" class="ss-icon" data-act="delete" data-id="{image_id}" '
        f'data-confirm="{esc(question)}" aria-label="Delete" title="Delete {name}">{_TRASH}</button>'
        "</div></div>"
    )
