"""Small pictures for lists: thumbnails, and thumbnails with the accepted masks drawn on them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image as Picture

from samstudio.domain import Annotation, AnnotationStatus, Size
from samstudio.lru import LruCache
from samstudio.masks import UnusableMask, usable_mask

if TYPE_CHECKING:
    from samstudio.project import Project

OPACITY = 0.5


class Pictures:
    """A cache of the latest few hundred small JPEGs, drawn when asked for; thread-safe."""

    def __init__(self, *, project: Project, limit: int = 400) -> None:
        self._project = project
        self._kept: LruCache[str, bytes] = LruCache(max_items=limit)

    def thumbnail(self, image_id: str) -> bytes:
        """Return a JPEG of at most 380 pixels a side, of an image that may be in the trash.

        Raises:
            NotFound: there is no such image.
        """
        return self._kept.get_or_make(image_id, lambda: _jpeg(self._small(image_id)))

    def overlay_tag(self, image_id: str) -> tuple[str, list[Annotation]]:
        """Return a cache key of what an image's overlay depends on, and the annotations to draw.

        Raises:
            NotFound: there is no such image.
        """
        image = self._project.images.get(image_id)
        masks = self._project.annotations.list(image.id, AnnotationStatus.ACCEPTED)
        stamp = "-".join(f"{one.id}.{one.revision}.{one.category.color}" for one in masks)
        return f"{image_id}:{hash(stamp) & 0xFFFFFFFFFFFF:x}", masks

    def overlay(self, image_id: str, key: str, masks: list[Annotation]) -> bytes:
        """Return the thumbnail with its accepted masks in their categories' colours, as JPEG.

        Masks that cannot be used on the image are left out.
        """
        size = self._project.images.get(image_id).size
        return self._kept.get_or_make(key, lambda: _jpeg(_drawn(self._small(image_id), masks, size)))

    def _small(self, image_id: str) -> Picture.Image:
        return self._project.small_files.get(image_id, self._project.images.path(image_id, in_trash=True))


def _drawn(small: Picture.Image, masks: list[Annotation], size: Size) -> Picture.Image:
    canvas = np.asarray(small).astype(np.float32)
    for one in masks:
        try:
            chosen = usable_mask(one.rle, size).sampled((small.height, small.width))
        except UnusableMask:  # preflight and the canvas name it
            continue
        canvas[chosen] = (1 - OPACITY) * canvas[chosen] + OPACITY * np.array(
            _rgb(one.category.color), np.float32
        )
    return Picture.fromarray(canvas.round().astype(np.uint8))


def _rgb(color: str) -> tuple[int, int, int]:
    return (int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16))


def _jpeg(picture: Picture.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, format="JPEG", quality=84)
    return out.getvalue()
