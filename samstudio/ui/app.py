"""Puts the page together: the header, the four tabs, and what refreshes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gradio as gr

from samstudio.ui.annotate import annotate_tab
from samstudio.ui.components import StatusBar
from samstudio.ui.dataset import dataset_tab
from samstudio.ui.finetune import finetune_tab
from samstudio.ui.preparing import Preparer
from samstudio.ui.status import status_function
from samstudio.ui.versions import versions_tab

if TYPE_CHECKING:
    from samstudio.bootstrap import Studio

# Redrawing is cheap and must not be lost: the last change always gets drawn,
# without Gradio's progress veil over the page.
_QUIETLY: dict[str, Any] = {
    "show_progress": "hidden",
    "trigger_mode": "always_last",
    "show_api": False,
    "concurrency_limit": None,
}


def build_ui(studio: Studio, preparer: Preparer | None = None) -> gr.Blocks:
    """The whole page over a studio; nothing is started. How it looks is said at launch."""
    preparer = preparer or Preparer(studio)
    with gr.Blocks(title="SAM Studio", analytics_enabled=False, fill_width=True) as page:
        header = StatusBar(status=status_function(studio=studio, preparer=preparer))
        with gr.Tabs(elem_id="ss-tabs"):
            with gr.Tab("Annotate", id="annotate", elem_id="tab-annotate"):
                annotate_tab(studio=studio, preparer=preparer)
            with (
                gr.Tab("Dataset", id="dataset", elem_id="tab-dataset") as tab,
                gr.Column(elem_classes="ss-page"),
            ):
                dataset, draw_dataset = dataset_tab(studio=studio)
            _refresh(draw_dataset, [dataset.shown], [dataset], tab.select, header.dataset_changed, page.load)
            with (
                gr.Tab("Fine-tune", id="finetune", elem_id="tab-finetune") as tab,
                gr.Column(elem_classes="ss-page"),
            ):
                finetune, draw_finetune = finetune_tab(studio=studio)
            _refresh(
                draw_finetune,
                None,
                finetune,
                tab.select,
                header.job_changed,
                header.dataset_changed,
                page.load,
            )
            with (
                gr.Tab("Versions", id="versions", elem_id="tab-versions") as tab,
                gr.Column(elem_classes="ss-page"),
            ):
                versions, draw_versions = versions_tab(studio=studio)
            _refresh(
                draw_versions,
                None,
                [versions],
                tab.select,
                header.live_changed,
                header.job_changed,
                page.load,
            )
    return page


def _refresh(draw: Any, inputs: Any, outputs: Any, *events: Any) -> None:
    for event in events:
        event(draw, inputs, outputs, **_QUIETLY)
