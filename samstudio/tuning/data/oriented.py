"""Training samples on flipped images, whose embeddings were encoded ahead.

A flipped sample is the same object: its annotation and its group stay, and its
image id is the key under which the embedding of the flipped image is stored. So
whatever reads ``embedding(sample.image_id)`` reads that one. Not here: when flipped
images are encoded, and what is made of flipped samples.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from samstudio.domain import Example, InvalidInput, Prompt, Size
from samstudio.lru import LruCache
from samstudio.masks import RunLengths
from samstudio.prompts import prompt_from_json
from samstudio.sam.orientations import FLIPS, IDENTITY, Orientation
from samstudio.tuning.data.samples import Sample, make_sample

VIEWS_KEPT = 2000
"""Flipped samples that are kept after their first use: a few kilobytes each."""


def oriented(sample: Sample, orientation: Orientation) -> Sample:
    """Return the same object on the flipped image; the identity returns the sample itself.

    The logged prompts are flipped too, without their mask inputs; those that are no prompts are left out.
    """
    if orientation == IDENTITY:
        return sample
    mask = RunLengths.parse(sample.example.rle)
    mask = mask.flipped(mirrored=orientation.mirrored, upside_down=orientation.upside_down)
    example = replace(
        sample.example,
        image_id=orientation.key(sample.image_id),
        rle=mask.to_rle(),
        group=sample.group,
        prompts=tuple(_flipped_prompts(sample.example, orientation, sample.size)),
    )
    return make_sample(example, mask)


def _flipped_prompts(example: Example, orientation: Orientation, size: Size) -> Iterator[Mapping[str, Any]]:
    for step in example.prompts:
        try:
            prompt = prompt_from_json(step)
        except InvalidInput:
            continue
        yield Prompt(
            box=None if prompt.box is None else orientation.box(prompt.box, size),
            point_coords=orientation.points(prompt.point_coords, size),
            point_labels=prompt.point_labels,
        ).to_json()


class Views:
    """The orientations in which samples can be used: as they are, and those that were encoded ahead.

    A flipped sample is made when it is first asked for.
    """

    def __init__(self, has: Callable[[str], bool]) -> None:
        """Ask ``has`` once for each flipped image: tells whether an embedding of this key is stored."""
        self._has = has
        self._known: dict[str, tuple[Orientation, ...]] = {}
        self._made: LruCache[tuple[Sample, Orientation], Sample] = LruCache(max_items=VIEWS_KEPT)

    def orientations(self, sample: Sample) -> tuple[Orientation, ...]:
        """Return the orientations in which a sample can be used; the identity is the first."""
        image_id = sample.image_id
        if image_id not in self._known:
            self._known[image_id] = (IDENTITY, *(o for o in FLIPS if self._has(o.key(image_id))))
        return self._known[image_id]

    def view(self, sample: Sample, orientation: Orientation) -> Sample:
        """Return a sample in one of its orientations."""
        return self._made.get_or_make((sample, orientation), lambda: oriented(sample, orientation))

    def all(self, sample: Sample) -> list[Sample]:
        """Return a sample in all its orientations, as it is first."""
        return [self.view(sample, orientation) for orientation in self.orientations(sample)]

    def draw(self, samples: Sequence[Sample], rng: np.random.Generator) -> list[Sample]:
        """Return each sample in one of its orientations, drawn with equal chances."""
        choices = [self.orientations(sample) for sample in samples]
        drawn = rng.random(len(samples))
        return [
            self.view(sample, known[int(share * len(known))])
            for sample, known, share in zip(samples, choices, drawn, strict=True)
        ]
