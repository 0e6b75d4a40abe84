"""Small pictures of what is doubtful in a plan: the image, with the outline of the object in question."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Picture

from samstudio.domain import StudioError
from samstudio.masks import usable_mask
from samstudio.services.dataset_io.imports.outcomes import Doubt, readable
from samstudio.services.dataset_io.imports.plan import ImportPlan
from samstudio.services.dataset_io.imports.reading import FoundImage, FoundObject
from samstudio.services.images import ImageService

log = logging.getLogger(__name__)

SIDE = 320
"""The longer side of a picture, in pixels."""

OUTLINE, HALO = (255, 64, 129), (255, 255, 255)


class DoubtPictures:
    """A drawer of doubts; one that cannot be drawn is left out, and said in words alone."""

    def __init__(self, images: ImageService) -> None:
        self._images = images

    def draw(self, plan: ImportPlan, doubts: Sequence[Doubt], folder: Path) -> set[int]:
        """Write ``NUMBER.jpg`` into a folder for each doubt that can be drawn; return their numbers."""
        found = {readable(image.name): image for image in plan.reading.images}
        drawn = set()
        for number, doubt in enumerate(doubts):
            image = found.get(doubt.image)
            try:
                if image is not None:
                    self._draw(image, doubt, folder / f"{number}.jpg")
                    drawn.add(number)
            except (StudioError, OSError):
                continue  # what is wrong with the image is among the plan's groups
            except Exception:
                log.exception("a doubt about %r could not be drawn", doubt.image)
        return drawn

    def _draw(self, image: FoundImage, doubt: Doubt, path: Path) -> None:
        pixels = self._pixels(image)
        height, width = pixels.shape[:2]
        small = Picture.fromarray(pixels)
        small.thumbnail((SIDE, SIDE), Picture.Resampling.BILINEAR)
        canvas = np.array(small)
        for one in image.objects((height, width)).objects if doubt.label else ():
            if readable(one.label) == doubt.label:
                _outline(canvas, one, (height, width))
        path.parent.mkdir(parents=True, exist_ok=True)
        Picture.fromarray(canvas).save(path, "JPEG", quality=85)

    def _pixels(self, image: FoundImage) -> NDArray[np.uint8]:
        if image.image_id:
            return self._images.pixels(image.image_id)
        if image.file is None:
            (known,) = self._images.named(image.name)
            return self._images.pixels(known.id)
        file = self._images.open_file(image.file.read_bytes(), filename=image.name)
        return file.decode(image.page or 1).pixels


def _outline(canvas: NDArray[Any], one: FoundObject, size: tuple[int, int]) -> None:
    """Draw the outline of an object's mask or box on a picture of an image of ``size`` (H, W)."""
    height, width = canvas.shape[:2]
    if one.rle is not None:
        covered = usable_mask(one.rle, size).decode().astype(np.float32)
        # By area, so that an object of a few pixels is still seen.
        small = cv2.resize(covered, (width, height), interpolation=cv2.INTER_AREA) > 0
        outlines, _ = cv2.findContours(small.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    elif one.box is None:
        return
    else:
        x0, y0, x1, y1 = np.array(one.box) * ([width / size[1], height / size[0]] * 2)
        corners = [[x0, y0], [x1, y0], [x1, y1], [x0, y1]]
        outlines = [np.array(corners, np.int32).reshape(-1, 1, 2)]
    for colour, thickness in ((HALO, 4), (OUTLINE, 2)):
        cv2.drawContours(canvas, outlines, -1, colour, thickness, cv2.LINE_AA)
