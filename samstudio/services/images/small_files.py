"""Small pictures of images, for lists: made once, and kept beside the images' files."""

from __future__ import annotations

import logging
from io import BytesIO
from pathlib import Path

from PIL import Image as Picture

from samstudio.files import write_with

SIDE = 380
"""Pixels of the longer side."""

QUALITY = 88

log = logging.getLogger(__name__)


class SmallFiles:
    """Small JPEGs of images in a folder, by the images' ids; any of them may be deleted at any time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, image_id: str, original: Path) -> Picture.Image:
        """Return an image with a longer side of at most `SIDE` pixels, RGB; decode ``original`` if it is new.

        Raises:
            OSError: It is new, and its file cannot be read.
        """
        path = self._path(image_id)
        try:
            return _opened(path)
        except OSError:  # not made yet, or damaged
            return _opened(self._make(path, original))

    def delete(self, image_id: str) -> None:
        """Delete an image's small picture, if there is one."""
        self._path(image_id).unlink(missing_ok=True)

    def _make(self, path: Path, original: Path) -> BytesIO:
        """Return the JPEG, and keep it where that can be done."""
        with Picture.open(original) as picture:
            picture.draft("RGB", (2 * SIDE, 2 * SIDE))
            small = picture.convert("RGB")
        small.thumbnail((SIDE, SIDE), Picture.Resampling.BILINEAR)
        data = BytesIO()
        small.save(data, format="JPEG", quality=QUALITY)
        try:
            write_with(path, lambda to: to.write_bytes(data.getvalue()), durable=False)
        except OSError as error:  # a full disk makes lists slow, and nothing else
            log.warning("the small picture %s could not be kept: %s", path.name, error)
        return data

    def _path(self, image_id: str) -> Path:
        return self._folder / image_id[:2] / f"{image_id}.jpg"


def _opened(file: Path | BytesIO) -> Picture.Image:
    with Picture.open(file) as picture:
        return picture.convert("RGB")
