"""The low-resolution logits of objects being drawn, kept for the next click.

They stay on the server under a random token, so that a click sends a few
bytes instead of 256 KB. A token that is not known any more (another process
answers, or it was evicted) is no failure: the browser also sends the prompts
so far, and the logits are computed again from them.
"""

from __future__ import annotations

import secrets

import numpy as np
from numpy.typing import NDArray

from samstudio.lru import LruCache

Logits = NDArray[np.float32]


class DraftLogits:
    """A bounded cache of logits (float32 1x256x256, held as float16) by token; thread-safe."""

    def __init__(self, *, limit: int = 256) -> None:
        self._kept: LruCache[str, tuple[str, NDArray[np.float16]]] = LruCache(max_items=limit)

    def keep(self, image_id: str, logits: Logits) -> str:
        """Store logits of an image and return their token."""
        token = secrets.token_urlsafe(16)
        self._kept.put(token, (image_id, logits.astype(np.float16)))
        return token

    def find(self, image_id: str, token: object) -> Logits | None:
        """Return the logits of a token; None where they are evicted or of another image."""
        entry = self._kept.get(token) if isinstance(token, str) else None
        return entry[1].astype(np.float32) if entry is not None and entry[0] == image_id else None
