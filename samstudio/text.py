"""Numbers in sentences."""

from __future__ import annotations


def plural(count: int, word: str) -> str:
    """Return a count with its noun: ``1 image``, ``2 images``, ``1,200 masks``."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"
