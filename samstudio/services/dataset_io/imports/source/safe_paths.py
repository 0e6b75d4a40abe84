"""Relative paths from elsewhere (an upload, an archive) that stay inside one folder."""

from __future__ import annotations

import os
import re
from pathlib import PurePosixPath

from samstudio.domain import InvalidInput
from samstudio.services.dataset_io.imports.outcomes import readable

MAX_PART = 255
"""Bytes that file systems allow in one name."""

MAX_PATH = 1024
"""Bytes of a whole relative path; the storage folder's own path comes before it."""

MAX_DEPTH = 32

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\\]")
_WINDOWS = re.compile(r'[<>:"|?*]|[. ]$')
"""What Windows refuses in a name, or takes for a drive or a stream."""


def safe_path(text: str) -> PurePosixPath:
    """Return the relative path that ``text`` names, checked part by part.

    Raises:
        InvalidInput: It is empty, absolute or too long, leaves its folder, or has a part that no disk takes.
    """
    shown = readable(text)
    parts = text.split("/")
    if len(text.encode("utf-8", "surrogatepass")) > MAX_PATH or len(parts) > MAX_DEPTH:
        raise InvalidInput(
            f"the path {shown} is too long: {MAX_PATH} bytes and {MAX_DEPTH} folders are possible"
        )
    for part in parts:
        why = _refusal(part)
        if why:
            raise InvalidInput(f"{shown} cannot be the path of a file: {why}")
    return PurePosixPath(*parts)


def _refusal(part: str) -> str:
    if part in ("", ".", ".."):
        return f"it has a part {part!r}" if part else "it has an empty part"
    if _CONTROLS.search(part):
        return "it has a backslash or a control character"
    if len(part.encode()) > MAX_PART:
        return f"the name {readable(part, 60)} is longer than {MAX_PART} bytes"
    if os.name == "nt" and _WINDOWS.search(part):
        return "it has a character that Windows refuses"
    return ""
