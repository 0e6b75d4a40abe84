"""Flipped copies of annotated images, encoded ahead of the tuning job that learns from them.

While nobody needs the encoder, one at a time: plain images that were never encoded
(imported ones), then their flips (`samstudio.sam.orientations`), to disk alone. What is
missing is asked of database and disk each time, so it does not matter whether the page,
the API or a command accepted an object. Not here: what a job makes of flips.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from samstudio.domain import NotFound, StudioError
from samstudio.sam.banking import missing
from samstudio.sam.orientations import Orientation
from samstudio.services.annotations import AnnotationService
from samstudio.services.images import ImageService

if TYPE_CHECKING:
    from samstudio.sam.embeddings import EmbeddingStore

log = logging.getLogger(__name__)

IMAGES = 60
"""Images whose flips are encoded: a job that draws from more sees enough different images without flips."""

QUIET_SECONDS = 1.0
"""How long nothing was predicted or opened before one is encoded: a click shares the cores with it."""

QUIET_SHARE = 2.0
"""The same, as a multiple of what the last one took: a large model on a CPU takes ten seconds."""


class FlippedImages:
    """The annotated images in every orientation, encoded when it disturbs nobody; for one thread."""

    def __init__(
        self,
        *,
        images: ImageService,
        annotations: AnnotationService,
        embeddings: Callable[[], EmbeddingStore],
        job_is_active: Callable[[], bool],
        quiet_seconds: Callable[[], float],
        limit: int = IMAGES,
    ) -> None:
        """Encode images that have an accepted object.

        Args:
            images: Gives the pixels.
            annotations: Says which images have an accepted object.
            embeddings: Returns the store that keeps the embeddings.
            job_is_active: Tells whether a tuning job is queued or running; it needs the cores.
            quiet_seconds: Returns how long ago something was last predicted or opened.
            limit: How many images, those annotated last; 0 encodes nothing.
        """
        self._images = images
        self._annotations = annotations
        self._embeddings = embeddings
        self._job_is_active = job_is_active
        self._quiet_seconds = quiet_seconds
        self._limit = limit
        self._took = 0.0
        self._failed: set[str] = set()

    def encode_one(self) -> bool:
        """Encode what is missing of the image annotated last; tell whether there is more to be tried.

        False: nothing is missing, or now is no time for it. An image that cannot be
        encoded is logged and not tried again.
        """
        found = self._next() if self._may_encode() else None
        if found is None:
            return False
        began = time.perf_counter()
        if not self._encoded(*found):
            self._failed.add(found[0])
        self._took = time.perf_counter() - began
        return True

    def _may_encode(self) -> bool:
        if not self._limit or self._quiet_seconds() < max(QUIET_SECONDS, QUIET_SHARE * self._took):
            return False
        return not self._job_is_active()

    def _next(self) -> tuple[str, Orientation] | None:
        newest = self._annotations.newest_accepted_images(self._limit)
        wanted = [image_id for image_id in newest if image_id not in self._failed]
        return next(missing(self._embeddings(), wanted), None)

    def _encoded(self, image_id: str, orientation: Orientation) -> bool:
        try:
            self._encode(image_id, orientation)
        except NotFound:
            log.info("image %s was deleted before it was encoded %s", image_id, orientation.name)
        except StudioError as error:
            log.warning("image %s could not be encoded %s: %s", image_id, orientation.name, error)
        except Exception:
            log.exception("image %s could not be encoded %s", image_id, orientation.name)
        else:
            return True
        return False

    def _encode(self, image_id: str, orientation: Orientation) -> None:
        store = self._embeddings()
        store.bank(image_id, lambda: self._images.pixels(image_id), orientation)
        try:
            self._images.get(image_id)
        except NotFound:  # deleted in the meantime, with the files that there were then
            store.delete(image_id)
            raise
