"""How alike pooled vectors are, and which pictures hang together by it; no database, no model.

Pictures of one microscope are alike in nearly every channel. So each vector is compared by what it differs in
from the others of its dataset: principal components of the dataset itself, each scaled to the same spread.
What is in the pictures and where it is are compared apart; where, also with one of the two mirrored.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from samstudio.sam.pooling import CONTENT, Vector, mirrored

ALIKE = 0.76
"""So similar pictures, at least, are near-duplicates; `benchmarks/near_duplicates.py` measures it."""

FEWEST = 12
"""Images from which on a dataset says what its images have in common."""

COMPONENTS = 256
"""Components at most; and no more than half as many as there are images."""

CONTENT_WEIGHT = 0.3
"""Of what is in the pictures; the rest is of where it is."""

FLOOR = 0.1
"""Of the components' mean spread, added to each: the last ones are noise."""

ROUGH_FLOOR = 3.0
"""The same for the first look, which only finds those images that would count twice."""

ROUGHLY_ALIKE = 0.8
"""By the first look: of so similar images one alone says what the dataset's have in common."""

SAMPLE = 2_000
"""Vectors that the components are computed of, at most."""

BLOCK = 1_024
"""Images that are compared with as many at a time: two blocks of similarities are 8 MB."""


@dataclass(frozen=True)
class Components:
    """Principal components with their scale: ``mean`` and ``matrix``, float32."""

    mean: Vector
    matrix: Vector

    @classmethod
    def of(cls, vectors: Vector, floor: float) -> Components:
        """Return the components of vectors, N x D; ``floor``: as `FLOOR`."""
        mean = vectors.mean(0)
        spread, axes = np.linalg.eigh(np.cov(vectors - mean, rowvar=False, bias=True).astype(np.float64))
        kept = min(COMPONENTS, max(2, len(vectors) // 2), len(spread))
        spread, axes = np.maximum(spread[::-1][:kept], 0), axes[:, ::-1][:, :kept]
        scale = np.sqrt(spread + floor * spread.mean() + 1e-12)
        return cls(mean, (axes / scale).astype(np.float32))

    def project(self, vectors: Vector) -> Vector:
        """Return vectors in these components, of length 1."""
        found = (vectors - self.mean) @ self.matrix
        length = np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-6)
        return np.asarray(found / length, np.float32)


@dataclass(frozen=True)
class Comparison:
    """What vectors of one dataset are compared by."""

    content: Components
    place: Components

    @classmethod
    def of(cls, sample: Vector) -> Comparison:
        """Return the comparison for a dataset, of which ``sample`` are vectors, N x D.

        Near-duplicates in it would count as what the dataset's images differ in: of each set one is taken.
        """
        rough = cls._fitted(sample, ROUGH_FLOOR).sides(sample)
        different = _different(similarities(rough[0], *rough))
        return cls._fitted(sample[different] if len(different) >= FEWEST // 2 else sample, FLOOR)

    @classmethod
    def _fitted(cls, vectors: Vector, floor: float) -> Comparison:
        place = np.concatenate([vectors[:, CONTENT:], mirrored(vectors)])
        return cls(Components.of(vectors[:, :CONTENT], floor), Components.of(place, floor))

    def sides(self, vectors: Vector) -> tuple[NDArray[np.float16], NDArray[np.float16]]:
        """Return vectors as they are compared, as they are and mirrored: `similarities` multiplies them."""
        content = np.sqrt(CONTENT_WEIGHT) * self.content.project(vectors[:, :CONTENT])
        weight = np.sqrt(1 - CONTENT_WEIGHT)
        plain = weight * self.place.project(vectors[:, CONTENT:])
        other = weight * self.place.project(mirrored(vectors))
        return (
            np.concatenate([content, plain], 1).astype(np.float16),
            np.concatenate([content, other], 1).astype(np.float16),
        )


def similarities(
    ones: NDArray[np.float16], others: NDArray[np.float16], flipped: NDArray[np.float16]
) -> Vector:
    """Return how alike each of N is to each of M, float32 N x M, 1 at most.

    ``ones``: N x D. ``others`` and ``flipped``: M x D, as `Comparison.sides` gives them.
    """
    left, right, mirror = (side.astype(np.float32) for side in (ones, others, flipped))
    return np.asarray(np.maximum(left @ right.T, left @ mirror.T), np.float32)


def _different(alike: Vector) -> list[int]:
    """Return images none of which is roughly alike to an earlier one, given how alike all are."""
    chosen: list[int] = []
    covered = np.zeros(len(alike), bool)
    for number, row in enumerate(alike):
        if not covered[number]:
            chosen.append(number)
            covered |= row >= ROUGHLY_ALIKE
    return chosen


class Linking:
    """Images linked to sets, block by block: ``labels`` has for each the first image of its set."""

    def __init__(
        self,
        plain: NDArray[np.float16],
        flipped: NDArray[np.float16],
        *,
        apart: Sequence[NDArray[np.int64]] = (),
        alike: float = ALIKE,
    ) -> None:
        """Link images.

        Args:
            plain: N x D, as `Comparison.sides` gives them.
            flipped: The same.
            apart: Numbers of images, ascending, between which a person wants no link.
            alike: Images at least so similar are linked.
        """
        self._plain = plain
        self._flipped = flipped
        self._apart = apart
        self._alike = alike
        self.labels = np.arange(len(plain))
        self.closest = np.zeros(len(plain), np.float32)
        """How similar each image is to the one most like it, where it is linked."""

    def steps(self) -> Iterator[float]:
        """Compare all images, and yield after each row of blocks which share of the pairs is compared."""
        count = len(self._plain)
        for top in range(0, count, BLOCK):
            for left in range(top, count, BLOCK):
                self._compare(top, left)
            rest = 1 - (top + BLOCK) / count
            yield 1 - max(0.0, rest) ** 2

    def sets(self) -> list[NDArray[np.int64]]:
        """Return the numbers of the images of each set of two or more, in the order of their first ones."""
        order = np.argsort(self.labels, kind="stable")
        cuts = np.flatnonzero(np.diff(self.labels[order])) + 1
        return [found for found in np.split(order, cuts) if len(found) > 1]

    def _compare(self, top: int, left: int) -> None:
        rows, columns = slice(top, top + BLOCK), slice(left, left + BLOCK)
        found = similarities(self._plain[rows], self._plain[columns], self._flipped[columns])
        if top == left:
            np.fill_diagonal(found, 0)
        for numbers in self._apart:
            here, there = _within(numbers, top), _within(numbers, left)
            if len(here) and len(there):
                found[np.ix_(here - top, there - left)] = 0
        links = found >= self._alike
        if links.any():
            self._note(found, links, rows, columns)
            ones, others = np.nonzero(links)
            self._link(np.stack([self.labels[ones + top], self.labels[others + left]], 1))

    def _note(self, found: Vector, links: NDArray[np.bool_], rows: slice, columns: slice) -> None:
        linked = np.where(links, found, 0)
        self.closest[rows] = np.maximum(self.closest[rows], linked.max(1))
        self.closest[columns] = np.maximum(self.closest[columns], linked.max(0))

    def _link(self, pairs: NDArray[np.int64]) -> None:
        """Make one set of each two sets, given by the labels that they have now."""
        pairs = np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0)
        if not len(pairs):
            return
        first: dict[int, int] = {}
        for one, other in pairs.tolist():
            a, b = _root(first, one), _root(first, other)
            first[max(a, b)] = min(a, b)
        former = np.fromiter(first, dtype=np.int64)
        self._relabel(np.sort(former), first)

    def _relabel(self, former: NDArray[np.int64], first: dict[int, int]) -> None:
        """Give all images of the sets ``former`` (ascending) the label of the set that they are in now."""
        now = np.array([_root(first, label) for label in former.tolist()])
        at = np.minimum(np.searchsorted(former, self.labels), len(former) - 1)
        self.labels = np.where(former[at] == self.labels, now[at], self.labels)


def _within(numbers: NDArray[np.int64], start: int) -> NDArray[np.int64]:
    begin, end = np.searchsorted(numbers, (start, start + BLOCK))
    return numbers[begin:end]


def _root(first: dict[int, int], label: int) -> int:
    while first.get(label, label) != label:
        label = first[label]
    return label
