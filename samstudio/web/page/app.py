"""The whole page: the header, the four tabs, and the events that refresh them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gradio as gr

from samstudio.web.encoding_queue import EncodingQueue
from samstudio.web.page.canvas.tab import annotate_tab
from samstudio.web.page.components import StatusBar
from samstudio.web.page.finetune.tab import finetune_tab
from samstudio.web.page.gallery.tab import gallery_tab
from samstudio.web.page.status import status_function
from samstudio.web.page.versions.tab import versions_tab

if TYPE_CHECKING:
    from samstudio.project import Project

# Redrawing is cheap and must not be lost: the last change always gets drawn,
# without Gradio's progress overlay on the page.
_QUIETLY: dict[str, Any] = {
    "show_progress": "hidden",
    "trigger_mode": "always_last",
    "api_visibility": "private",
    "concurrency_limit": None,
}


def build_ui(project: Project, encoding_queue: EncodingQueue, *, can_log_out: bool = False) -> gr.Blocks:
    """Return the whole page over a project; nothing is started. Its theme is given when it is launched.

    ``can_log_out``: whether the visitor has logged in, so that the header offers to log out.
    """
    with gr.Blocks(title="SAM Studio", analytics_enabled=False, fill_width=True) as page:
        header = StatusBar(
            status=status_function(project=project, encoding_queue=encoding_queue), can_log_out=can_log_out
        )
        with gr.Tabs(elem_id="ss-tabs"):
            with _tab("annotate", "Annotate"):
                annotate_tab(project=project, encoding_queue=encoding_queue)
            with _tab("dataset", "Dataset"), gr.Column(elem_classes="ss-page"):
                gallery_tab(project=project)
            with _tab("finetune", "Fine-tune") as tab, gr.Column(elem_classes="ss-page"):
                panels, draw = finetune_tab(project=project)
            _refresh_on(draw, None, panels, tab, page.load, header.job_changed, header.dataset_changed)
            with _tab("versions", "Versions") as tab, gr.Column(elem_classes="ss-page"):
                panels, opened, draw = versions_tab(project=project)
            _refresh_on(
                draw,
                opened,
                panels,
                tab,
                page.load,
                header.live_changed,
                header.job_changed,
                header.scores_changed,
            )
    return page


def _tab(name: str, label: str) -> gr.Tab:
    # The element id is what static/panel.js finds the tab's button by.
    return gr.Tab(label, id=name, elem_id=f"tab-{name}")


def _refresh_on(draw: Any, inputs: Any, panels: Any, tab: gr.Tab, *events: Any) -> None:
    """Redraw a tab when something changed and when it is chosen; choosing it also clears its message."""
    _, *drawn = panels

    def afresh(*given: Any) -> list[str]:
        html = draw(*given)
        return ["", *([html] if len(drawn) == 1 else html)]

    tab.select(afresh, inputs, panels, **_QUIETLY)
    for event in events:
        event(draw, inputs, drawn, **_QUIETLY)
