"""The watch after a swap: new objects scored by the live version and the one before it, and the way back."""

from __future__ import annotations

from samstudio.services.watch.service import WatchService

__all__ = ["WatchService"]
