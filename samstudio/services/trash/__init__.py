"""The trash: images that were deleted, with their annotations, until it is emptied."""

from __future__ import annotations

from samstudio.services.trash.service import TrashService

__all__ = ["TrashService"]
