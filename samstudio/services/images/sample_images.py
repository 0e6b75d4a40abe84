"""The pictures that ship inside scikit-image: to try the app with, and to see that tuning forgets nothing."""

from __future__ import annotations

import importlib.util
from pathlib import Path


def sample_picture(name: str) -> Path | None:
    """Find the file of that name, e.g. ``coffee.png``; None where it is not installed."""
    # Found without importing it: scikit-image takes a second to import.
    found = importlib.util.find_spec("skimage")
    if not found or not found.origin:
        return None
    path = Path(found.origin).parent / "data" / name
    return path if path.is_file() else None
