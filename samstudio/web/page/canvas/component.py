"""The canvas as a Gradio component: a static template that JavaScript fills.

The template holds no ``${}``: no update from Python ever touches its DOM, so
the drawing surfaces keep their pixels.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr

from samstudio.services.images.file_types import IMAGE_SUFFIXES, MEDIA_TYPES

FOLDER = Path(__file__).parent

ACCEPTED = ",".join((*MEDIA_TYPES, *sorted(IMAGE_SUFFIXES)))
"""The files that the browser's dialog offers, and that are images when they are dropped."""

LOADER = """
import(new URL("studio/canvas/main.js", document.baseURI).href)
  .then((module) => module.mount({ element, server }))
  .catch((error) => {
    console.error(error);
    element.textContent = "The canvas could not be loaded. Reload the page, or restart the app.";
  });
"""


def _template() -> str:
    return (FOLDER / "canvas.html").read_text(encoding="utf-8").replace('"ACCEPTED"', f'"{ACCEPTED}"')


class Canvas(gr.HTML):  # type: ignore[misc]
    """The annotation workspace: image list, picture, objects."""

    def __init__(self, *, server_functions: list[Callable[..., Any]]) -> None:
        super().__init__(
            html_template=_template(),
            js_on_load=LOADER,
            server_functions=server_functions,
            apply_default_css=False,
            elem_id="canvas",
        )

    def get_block_name(self) -> str:
        """Return the name of the frontend component that draws this."""
        return "html"
