"""Data for `benchmarks.recipes`: folders of images and label masks, encoded once, split reproducibly.

A set is a folder with ``images/`` and ``masks/`` in the layout of ``samstudio import``. Its
embeddings are kept under ``.dev/``, so that a second run begins at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import numpy as np

from samstudio.config import Settings
from samstudio.domain import Embedding, Example
from samstudio.sam.embeddings import EmbeddingMemory, EmbeddingStore
from samstudio.sam.models import SamModel
from samstudio.services.dataset_io.imports.source.folders import labelled_folder
from samstudio.services.images.decoding import pixels_id

KEPT = Path(__file__).parent.parent / ".dev" / "recipes"

MOST_TRAINING_IMAGES = 20
MOST_HELD_IMAGES = 40
MOST_HELD_OBJECTS = 120
"""Objects of the held-out images that recipes are scored on, spread over the images."""

MOST_OBJECTS = 10
"""An image with hundreds of objects shows ten of them, the same ones to every recipe."""


@dataclass(frozen=True, eq=False)
class RecipeSet:
    """A named set: objects by image, in the files' order."""

    name: str
    objects: dict[str, list[Example]]
    embeddings: EmbeddingStore

    def embedding(self, image_id: str) -> Embedding:
        """Return the stored embedding of an image."""
        return self.embeddings.get(image_id, _missing)

    def split(self, k: int, seed: int) -> tuple[list[Example], list[Example]]:
        """Objects of ``k`` images to learn from, and of the held-out images.

        Which images are held out depends on the seed alone, and a smaller ``k`` is the beginning of
        a larger one: rows of one seed differ in nothing but the number of images.
        """
        order = list(self.objects)
        order = [order[i] for i in np.random.default_rng(seed).permutation(len(order))]
        first_held = self._most()
        held = order[first_held : first_held + MOST_HELD_IMAGES]
        return self._of(order[: min(k, first_held)]), self._spread(held)

    def _spread(self, ids: list[str]) -> list[Example]:
        """Return at most `MOST_HELD_OBJECTS` objects, taken from the images in turn."""
        turns = zip_longest(*(self.objects[image_id] for image_id in ids))
        kept = [example for turn in turns for example in turn if example is not None]
        return sorted(kept[:MOST_HELD_OBJECTS], key=lambda example: ids.index(example.image_id))

    def sizes(self, wanted: list[int]) -> list[int]:
        """Those numbers of training images that this set can give; at least one."""
        return sorted({min(k, self._most()) for k in wanted})

    def _most(self) -> int:
        """Training images at most; a quarter, and at least one, is held out."""
        return min(MOST_TRAINING_IMAGES, len(self.objects) - max(1, len(self.objects) // 4))

    def _of(self, ids: list[str]) -> list[Example]:
        return [example for image_id in ids for example in self.objects[image_id]]


def load_set(folder: Path, model: SamModel) -> RecipeSet:
    """Read and, where it was never done, encode a set."""
    memory = EmbeddingMemory(encoder=model.encoder, limit_bytes=2 << 30)
    embeddings = EmbeddingStore(folder=KEPT / "embeddings" / model.name, memory=memory)
    objects: dict[str, list[Example]] = {}
    number = 0
    for item in labelled_folder(
        folder / "images",
        folder / "masks",
        max_pixels=int(Settings().max_image_megapixels * 1_000_000),
        skipped=[],
    ):
        image_id = pixels_id(item.pixels)
        if not item.rles or image_id in objects:
            continue
        embeddings.get(image_id, lambda pixels=item.pixels: pixels)  # type: ignore[misc]
        chosen = np.random.default_rng(len(item.rles)).permutation(len(item.rles))[:MOST_OBJECTS]
        objects[image_id] = []
        for index in sorted(chosen):
            number += 1
            objects[image_id].append(Example(image_id, item.rles[index], number))
    if len(objects) < 2:
        raise SystemExit(f"{folder} holds fewer than two images with masks: nothing could be held out")
    return RecipeSet(folder.resolve().name, objects, embeddings)


def _missing() -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    raise SystemExit(f"an embedding vanished from {KEPT} while it was in use; run again")
