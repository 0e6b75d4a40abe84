"""The canary set: a dozen everyday objects that a tuned decoder must not forget.

The pictures ship inside scikit-image. The masks, in ``canary.json``, are what stock ``vit_t`` answers
to a box around each object, its largest part, each looked at by a person. Where scikit-image or a
picture is missing, the set is smaller or empty: then forgetting is not measured.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from samstudio.domain import Example
from samstudio.services.images.decoding import Pixels, decode_image, pixels_id
from samstudio.services.images.sample_images import sample_picture

MASKS = Path(__file__).with_name("canary.json")

LARGEST = 1_000_000
"""Pixels; the pictures have at most 370,500."""


@dataclass(frozen=True, eq=False)
class CanarySet:
    """The objects, and the pixels of the pictures they lie in (uint8 RGB HxWx3) by image id."""

    examples: tuple[Example, ...]
    pixels: dict[str, Pixels]

    def read(self, image_id: str) -> Callable[[], Pixels]:
        """Return a function that gives the pixels, uint8 HxWx3 RGB, of one of its images."""
        return lambda: self.pixels[image_id]


def canary_set() -> CanarySet:
    """Read the part of the set that is installed.

    No example has an annotation id: they are in nobody's dataset.
    """
    examples: list[Example] = []
    pixels: dict[str, Pixels] = {}
    for name, objects in json.loads(MASKS.read_text(encoding="utf-8")).items():
        path = sample_picture(name)
        if path is None:
            continue
        picture = decode_image(path.read_bytes(), filename=name, max_pixels=LARGEST).pixels
        image_id = pixels_id(picture)
        pixels[image_id] = picture
        examples += [Example(image_id, rle) for rle in objects.values()]
    return CanarySet(tuple(examples), pixels)
