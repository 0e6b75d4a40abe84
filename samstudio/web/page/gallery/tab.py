"""The tab as a Gradio component: a static template that static/gallery/main.js fills."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import gradio as gr

from samstudio.services.dataset_io.exports import EXPORT_FORMATS
from samstudio.web.page.components import STATIC
from samstudio.web.page.gallery.selecting import SelectionServer
from samstudio.web.page.gallery.server import GalleryServer
from samstudio.web.page.markup import esc

if TYPE_CHECKING:
    from samstudio.project import Project

_LOADER = """
import(new URL("studio/static/gallery/main.js", document.baseURI).href)
  .then((module) => module.mount({ element, server }));
"""


class GalleryView(gr.HTML):  # type: ignore[misc]
    """The images of the dataset; nothing from Python ever changes its DOM."""

    def __init__(self, *, server_functions: list[Callable[..., Any]]) -> None:
        super().__init__(
            html_template=gallery_html(),
            js_on_load=_LOADER,
            server_functions=server_functions,
            apply_default_css=False,
            elem_id="dataset",
        )

    def get_block_name(self) -> str:
        """Return the name of the frontend component that draws this."""
        return "html"


def gallery_tab(*, project: Project) -> None:
    """Build the tab's content within the current Gradio context."""
    servers = (GalleryServer(project=project), SelectionServer(project=project))
    GalleryView(server_functions=[one for server in servers for one in server.functions()])


def gallery_html() -> str:
    """Return the tab's template, with the formats that the export's dialog offers."""
    formats = [
        {
            "name": one.name,
            "label": one.label,
            "description": one.description,
            "measures": one.measures,
        }
        for one in EXPORT_FORMATS
    ]
    template = (STATIC / "gallery/gallery.html").read_text(encoding="utf-8")
    return template.replace("EXPORT_FORMATS", esc(json.dumps(formats)))
