"""The Annotate tab: the canvas over the whole page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from samstudio.ui.canvas.component import Canvas
from samstudio.ui.canvas.server import CanvasServer
from samstudio.ui.preparing import Preparer

if TYPE_CHECKING:
    from samstudio.bootstrap import Studio


def annotate_tab(*, studio: Studio, preparer: Preparer) -> Canvas:
    """Build the tab's content inside the current Gradio context."""
    return Canvas(server_functions=CanvasServer(studio=studio, preparer=preparer).functions())
