"""Uploaded images: decoded, named by their pixels, stored once."""

from __future__ import annotations

from samstudio.services.images.picture_file import PictureFile
from samstudio.services.images.rendering import ReadOptions
from samstudio.services.images.results import AddedImage, RefusedPage
from samstudio.services.images.service import ImageService

__all__ = ["AddedImage", "ImageService", "PictureFile", "ReadOptions", "RefusedPage"]
