"""The interface of an export format."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from samstudio.services.dataset_io.exports.source import ExportReport, ExportSource


@dataclass(frozen=True)
class ExportFormat:
    """A layout in which other tools read the accepted annotations.

    ``name``: what the command line and the API call it. ``label`` and
    ``description``: the words on the page's link, and what the files hold.
    ``measures``: whether it holds lengths, in the unit of the pixel size, instead of images.
    ``write``: fills an empty folder, which is then compared with what an earlier
    export left and put in its place. An image that the layout cannot hold is
    left out, with a note; where that leaves nothing, it raises InvalidInput.
    """

    name: str
    label: str
    description: str
    write: Callable[[ExportSource, Path], ExportReport]
    measures: bool = False
