"""``python -m tests.foreign``: make the environment, and say where it is."""

from __future__ import annotations

from tests.foreign import ensure

print(f"exports are read by {ensure()}")
