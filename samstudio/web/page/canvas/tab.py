"""The Annotate tab: the canvas over the whole page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from samstudio.web.encoding_queue import EncodingQueue
from samstudio.web.page.canvas.component import Canvas
from samstudio.web.page.canvas.server import CanvasServer

if TYPE_CHECKING:
    from samstudio.project import Project


def annotate_tab(*, project: Project, encoding_queue: EncodingQueue) -> Canvas:
    """Build the tab's content inside the current Gradio context."""
    return Canvas(server_functions=CanvasServer(project=project, encoding_queue=encoding_queue).functions())
