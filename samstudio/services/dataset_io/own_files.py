"""The files that an export writes about itself, which an import passes over."""

from __future__ import annotations

import re

MANIFEST = "samstudio-export.json"
"""Lists the files of an export."""

_NOTES = re.compile(r"samstudio-notes-[a-z-]+\.txt")


def notes_name(format: str) -> str:
    """Return the name of the text file with the notes of a format's export."""
    return f"samstudio-notes-{format}.txt"


def is_about_export(name: str) -> bool:
    """Tell whether a file of this name says something about an export and holds nothing of the dataset."""
    return name == MANIFEST or _NOTES.fullmatch(name) is not None
