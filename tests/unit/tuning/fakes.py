"""Seeded random features and shapes: enough to run every part without an image or real weights."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from samstudio.domain import Embedding, Example, Size
from samstudio.masks import encode_rle
from samstudio.sam.geometry import preprocess_shape
from samstudio.tuning.data.samples import Sample, make_sample
from samstudio.tuning.gate import Differences, Evidence, against_live, choose, priors_for
from samstudio.tuning.recipe import Recipe


def disc(size: Size, *, x: float, y: float, radius: float) -> NDArray[np.bool_]:
    ys, xs = np.mgrid[: size[0], : size[1]]
    return (xs - x) ** 2 + (ys - y) ** 2 <= radius**2


def example(image_id: str, mask: NDArray[np.bool_], number: int = 1, group: str | None = None) -> Example:
    return Example(image_id, encode_rle(mask), annotation_id=number, group=group)


def examples(images: int, *, objects: int = 1, size: Size = (96, 128)) -> list[Example]:
    """``objects`` discs on each of ``images`` images named a, b, c, …"""
    found = []
    for image in range(images):
        for number in range(objects):
            mask = disc(size, x=20 + 30 * number, y=20 + 7 * image % 60, radius=9 + number)
            found.append(example(chr(ord("a") + image), mask, number=image * objects + number + 1))
    return found


def samples(images: int, *, objects: int = 1, size: Size = (96, 128)) -> list[Sample]:
    return [make_sample(one) for one in examples(images, objects=objects, size=size)]


class Embeddings:
    """An embedding of seeded noise for each image id; counts how often it was asked."""

    def __init__(self, size: Size = (96, 128)) -> None:
        self.size = size
        self.asked: list[str] = []

    def __call__(self, image_id: str) -> Embedding:
        self.asked.append(image_id)
        rng = np.random.default_rng(zlib.crc32(image_id.encode()))
        features = rng.normal(0, 0.3, (256, 64, 64)).astype(np.float16)
        return Embedding(features, self.size, preprocess_shape(self.size))


def evidence(
    base: NDArray[np.float64],
    candidate: NDArray[np.float64],
    *,
    images: Sequence[str] | None = None,
    live: NDArray[np.float64] | None = None,
    **given: Any,
) -> Evidence:
    """What the gate is shown: one object an image, stock live, steps enough, unless told otherwise."""
    names = images or [f"image{n}" for n in range(len(base))]
    known = {
        "choice": choose({1.0: Differences.of(base, candidate, names)}, priors_for([1.0])),
        "against_live": None
        if live is None
        else against_live(live, candidate, Differences.of(live, candidate, names), fair=True),
        "guards": (),
        "recipe": Recipe(),
        "steps": 60,
        "least_steps": 15,
        "max_seconds": 20.0,
    }
    return Evidence(stock=base, candidate=candidate, images=names, **{**known, **given})
