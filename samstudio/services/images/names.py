"""Names of images: safe to show, and short enough to be a file's name on every system."""

from __future__ import annotations

import re

MAX_NAME_BYTES = 180
"""Most systems allow 255 bytes a name; exports and temporary files add to it."""

_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
)


def display_name(filename: str) -> str:
    """Return the last part of a path in either system's spelling, as a name that every system can store.

    Without control characters and lone surrogates; at most `MAX_NAME_BYTES` of UTF-8, of which the end is
    kept, since suffixes and numbers are there; never empty, and never a name that Windows reserves.
    """
    name = re.split(r"[\\/]", filename)[-1]
    name = _last_bytes("".join(c for c in name if c.isprintable()).strip(), MAX_NAME_BYTES).strip()
    if not name.strip("."):
        return "image"
    return f"_{name}" if name.split(".")[0].strip().lower() in _DEVICES else name


def _last_bytes(text: str, limit: int) -> str:
    """Cut whole characters off the start until the rest fits."""
    return text.encode("utf-8")[-limit:].decode("utf-8", errors="ignore")
