"""The app's appearance: Gradio's theme, the style sheets, the icon. All files are local: it works offline."""

from __future__ import annotations

from pathlib import Path

import gradio as gr
from gradio.themes.utils import colors, sizes

STATIC = Path(__file__).parent / "static"
FAVICON = STATIC / "favicon.png"
STYLES = (
    STATIC / "app.css",
    STATIC / "canvas.css",
    STATIC / "author.css",
    STATIC / "comparison/comparison.css",
    STATIC / "importing/importing.css",
    STATIC / "gallery/gallery.css",
    STATIC / "gallery/select.css",
    STATIC / "splits/splits.css",
    STATIC / "categories/categories.css",
    STATIC / "near_duplicates/near_duplicates.css",
    STATIC / "states/states.css",
    STATIC / "states/marks.css",
    STATIC / "keys/keys.css",
    STATIC / "lists.css",
    STATIC / "keys/key_list.css",
)


def theme() -> gr.themes.Base:
    """Return Gradio's theme: neutral colours with one accent, and fonts that ship with Gradio.

    Weights 400 and 700: the SemiBold files that Gradio 6.31 ships lack most letters.
    """
    return gr.themes.Base(
        primary_hue=colors.indigo,
        secondary_hue=colors.indigo,
        neutral_hue=colors.slate,
        radius_size=sizes.radius_md,
        font=[gr.themes.LocalFont("IBM Plex Sans", weights=(400, 700)), "system-ui", "sans-serif"],
        font_mono=[gr.themes.LocalFont("IBM Plex Mono", weights=(400, 700)), "ui-monospace", "monospace"],
    )
