"""Uploaded images: decoded, named by their pixels, stored once."""

from __future__ import annotations

from samstudio.services.images.service import ImageService

__all__ = ["ImageService"]
