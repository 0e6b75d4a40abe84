"""The Gradio components of the pages other than the canvas: panels of HTML, and the header."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr

STATIC = Path(__file__).parent / "static"

_LOAD = """
import(new URL("studio/static/{module}", document.baseURI).href)
  .then((module) => module.mount({{ element, server, trigger }}));
// Gradio finds custom events by their names in quotes: {events}
"""


class Panel(gr.HTML):  # type: ignore[misc]
    """HTML made in Python; its ``data-act`` buttons trigger the event ``act`` (see static/panel.js)."""

    def __init__(self, value: str = "", *, elem_id: str | None = None) -> None:
        super().__init__(
            value=value,
            js_on_load=_LOAD.format(module="panel.js", events='"act"'),
            apply_default_css=False,
            elem_id=elem_id,
        )

    def get_block_name(self) -> str:
        """Return the name of the frontend component that draws this."""
        return "html"


class StatusBar(gr.HTML):  # type: ignore[misc]
    """The header; its events are live_changed, job_changed, scores_changed and dataset_changed."""

    def __init__(self, *, status: Callable[..., Any], can_log_out: bool = False) -> None:
        template = (STATIC / "status.html").read_text(encoding="utf-8")
        super().__init__(
            html_template=template.replace("data-leave hidden", "data-leave") if can_log_out else template,
            js_on_load=_LOAD.format(
                module="status.js", events='"live_changed" "job_changed" "scores_changed" "dataset_changed"'
            ),
            server_functions=[status],
            apply_default_css=False,
            elem_id="ss-status",
        )

    def get_block_name(self) -> str:
        """Return the name of the frontend component that draws this."""
        return "html"


class ComparisonView(gr.HTML):  # type: ignore[misc]
    """Two versions side by side (static/comparison/main.js); its event ``act`` says that it kept one."""

    def __init__(self, *, elem_id: str | None = None) -> None:
        super().__init__(
            html_template=(STATIC / "comparison/comparison.html").read_text(encoding="utf-8"),
            js_on_load=_LOAD.format(module="comparison/main.js", events='"act"'),
            apply_default_css=False,
            elem_id=elem_id,
        )

    def get_block_name(self) -> str:
        """Return the name of the frontend component that draws this."""
        return "html"
