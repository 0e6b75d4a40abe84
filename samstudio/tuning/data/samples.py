"""Training samples from accepted objects: boxes, targets, features.

A `Sample` is small (the mask stays run-length coded, the target is made at its first
use and keeps only its covered cells); features are read as float16 through the
``embedding`` callable each time and cast batch by batch. Not here: prompts, and which
objects a job learns from (`draw`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from samstudio.domain import Box, Embedding, Example, Size
from samstudio.masks import Mask, RunLengths, UnusableMask, usable_mask
from samstudio.sam.geometry import LOW_RES, low_res_target, valid_low_res

EmbeddingOf = Callable[[str], Embedding]
"""Reads the stored embedding of an image id."""


@dataclass(frozen=True, eq=False)
class Sample:
    """An object for training or evaluation.

    ``box``: the tight XYXY box in pixels. ``size``: the image's (H, W). ``area``: of the
    mask, in pixels.
    """

    example: Example
    box: Box
    size: Size
    area: int

    @property
    def image_id(self) -> str:
        """The id of its image."""
        return self.example.image_id

    @property
    def group(self) -> str:
        """The unit that is not split between training and validation: the image's group, or the image."""
        return self.example.group or self.example.image_id

    @cached_property
    def region(self) -> Size:
        """The (h, w) of the low-res frame that is image and not padding."""
        return valid_low_res(self.size)

    def mask(self) -> Mask:
        """Return the true mask, bool HxW."""
        return RunLengths.parse(self.example.rle).decode()

    def target(self) -> NDArray[np.float32]:
        """Return the low-res target, float32 256x256 in 0..1."""
        full = np.zeros((LOW_RES, LOW_RES), np.float32)
        (top, left), patch = self._covered
        height, width = patch.shape
        full[top : top + height, left : left + width] = patch / np.float32(255)
        return full

    @cached_property
    def _covered(self) -> tuple[tuple[int, int], NDArray[np.uint8]]:
        """The covered part of the low-res target: its top left (row, column), and uint8 fractions of 255.

        Made at its first use: it unpacks the mask, 12 MB for one of 12 megapixels, and most objects of
        a large set are never trained on.
        """
        target = low_res_target(self.mask())
        rows, columns = np.flatnonzero(target.any(axis=1)), np.flatnonzero(target.any(axis=0))
        patch = target[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        return (int(rows[0]), int(columns[0])), np.rint(patch * 255).astype(np.uint8)


def make_sample(example: Example, mask: RunLengths | None = None) -> Sample:
    """Prepare an object; ``mask`` is its mask where that was read already.

    Raises:
        InvalidInput: The mask is empty or not a mask.
    """
    mask = RunLengths.parse(example.rle) if mask is None else mask
    return Sample(example=example, box=mask.box, size=mask.size, area=mask.area)


def make_samples(examples: Sequence[Example], embedding: EmbeddingOf) -> tuple[list[Sample], list[str]]:
    """Prepare all usable objects; return them, and a sentence for each that was left out.

    An embedding is read only for an image whose size no example says.
    """
    samples: list[Sample] = []
    skipped: list[str] = []
    sizes: dict[str, Size] = {}
    seen: set[tuple[str, RunLengths]] = set()
    for example in examples:
        name = f"object {example.annotation_id}" if example.annotation_id else "an object"
        if example.image_id not in sizes:
            sizes[example.image_id] = example.size or embedding(example.image_id).original_size
        try:
            mask = usable_mask(example.rle, sizes[example.image_id])
        except UnusableMask as error:
            skipped.append(f"{name}: {error}")
            continue
        if (example.image_id, mask) in seen:
            skipped.append(f"{name} has the same mask as another on its image")
            continue
        seen.add((example.image_id, mask))
        samples.append(make_sample(example, mask))
    return samples, skipped


def by_image(samples: Sequence[Sample]) -> dict[str, list[Sample]]:
    """Group samples by image id, in order of first appearance."""
    images: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        images[sample.image_id].append(sample)
    return dict(images)


def features_of(samples: Sequence[Sample], embedding: EmbeddingOf, device: torch.device) -> Tensor:
    """Return features Bx256x64x64 float32 on ``device``, one row a sample."""
    stacked = np.stack([embedding(sample.image_id).features for sample in samples])
    return torch.from_numpy(stacked).to(device).float()


def targets_of(samples: Sequence[Sample], device: torch.device) -> tuple[Tensor, Tensor, Size]:
    """Return targets and validity Bxhxw float32, cut to the (h, w) that holds every image of the batch."""
    height = max(sample.region[0] for sample in samples)
    width = max(sample.region[1] for sample in samples)
    target = torch.from_numpy(np.stack([sample.target()[:height, :width] for sample in samples]))
    valid = torch.zeros_like(target)
    for row, sample in enumerate(samples):
        valid[row, : sample.region[0], : sample.region[1]] = 1
    return target.to(device), valid.to(device), (height, width)


class ImageBalanced:
    """A sampler that draws an image, then an object of it, so that images with many objects do not dominate.

    Seeded; each image's objects are all drawn before one is drawn twice.
    """

    def __init__(self, samples: Sequence[Sample], *, rng: np.random.Generator) -> None:
        self._images = list(by_image(samples).values())
        self._rng = rng
        self._queue: list[int] = []
        self._left: list[list[Sample]] = [[] for _ in self._images]

    def draw(self, count: int) -> list[Sample]:
        """Return the next ``count`` samples."""
        return [self._next() for _ in range(count)]

    def _next(self) -> Sample:
        if not self._queue:
            self._queue = self._rng.permutation(len(self._images)).tolist()
        index = self._queue.pop()
        if not self._left[index]:
            objects = self._images[index]
            self._left[index] = [objects[i] for i in self._rng.permutation(len(objects))]
        return self._left[index].pop()
