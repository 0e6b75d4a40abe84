"""A folder as a zip, and sentences as a header."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path

PACKED = frozenset({".jpg", ".jpeg", ".png", ".webp", ".parquet", ".gz", ".zip"})
"""Suffixes of files that are compressed already: packing them again takes time and saves nothing."""

MOST_HEADER = 4000
"""Of a header, in characters; servers and browsers refuse longer ones from 8,000 on."""


def zip_folder(folder: Path, archive: Path) -> Path:
    """Write all files of a folder into an archive, under their relative paths; return the archive."""
    with zipfile.ZipFile(archive, "w") as packed:
        for path in sorted(folder.rglob("*")):
            kind = zipfile.ZIP_STORED if path.suffix.lower() in PACKED else zipfile.ZIP_DEFLATED
            packed.write(path, path.relative_to(folder).as_posix(), compress_type=kind)
    return archive


def notes_header(notes: Sequence[str]) -> str:
    """Return notes as a JSON list in ASCII; the last ones are left out where a header would be too long."""
    shown = list(notes)
    while len(text := json.dumps(shown)) > MOST_HEADER:
        shown.pop()
    return text
