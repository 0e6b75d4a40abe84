"""The search for near-duplicates, in small steps: embeddings pooled once, then all images compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from samstudio.db.engine import Database
from samstudio.domain import Embedding
from samstudio.sam.pooling import Vector, pooled
from samstudio.services.near_duplicates import rows
from samstudio.services.near_duplicates.rows import Stamp
from samstudio.services.near_duplicates.similarity import FEWEST, SAMPLE, Comparison, Linking

AT_ONCE = 16
"""Embeddings that are read and pooled in one step."""


class Embeddings(Protocol):
    """The part of `samstudio.sam.embeddings.EmbeddingStore` that is used here."""

    @property
    def encoder_id(self) -> str:
        """Id of the encoder's weights."""

    def has(self, image_id: str, /) -> bool:
        """Tell whether the image was encoded."""

    def read(self, image_id: str, /) -> Embedding | None:
        """Return an image's embedding if it was made already."""


@dataclass(frozen=True)
class AlikeImages:
    """Images that hang together, by their numbers; ``similarity`` of the least similar to another of them."""

    seqs: tuple[int, ...]
    similarity: float


@dataclass(frozen=True)
class Found:
    """What a search found: among which vectors, and what a person had said by then."""

    stamp: Stamp
    apart: frozenset[int]
    sets: tuple[AlikeImages, ...]

    @property
    def too_few(self) -> bool:
        """Whether there were too few images to tell what they have in common."""
        return self.stamp.vectors < FEWEST


@dataclass(frozen=True)
class Progress:
    """How far a search is: ``share`` of ``doing``."""

    doing: str
    share: float


def pool(database: Database, embeddings: Embeddings) -> Iterator[Progress]:
    """Pool every embedding that was not yet, and store the vectors."""
    after, encoder = 0, embeddings.encoder_id
    with database.read() as session:
        total = max(1, rows.count_images(session))
    while True:
        with database.read() as session:
            waiting = rows.without_vector(session, encoder, after)
        if not waiting:
            return
        after = waiting[-1][0]
        ready = [(seq, image_id) for seq, image_id in waiting if embeddings.has(image_id)]
        for start in range(0, len(ready), AT_ONCE):
            chosen = ready[start : start + AT_ONCE]
            read = ((seq, embeddings.read(image_id)) for seq, image_id in chosen)
            vectors = {seq: pooled(one) for seq, one in read if one is not None}
            with database.write() as session:
                rows.write_vectors(session, encoder, vectors)
                done = rows.stamp(session, encoder).vectors
            yield Progress("reading", done / total)


def compare(database: Database, encoder: str, stamp: Stamp) -> Iterator[Progress | Found]:
    """Compare all images that have a vector; the last that is yielded is what was found."""
    with database.read() as session:
        apart = rows.read_apart(session)
    if stamp.vectors < FEWEST:
        yield Found(stamp, frozenset(apart), ())
        return
    comparison = Comparison.of(_sample(database, encoder, stamp.vectors))
    seqs: list[int] = []
    sides: list[tuple[NDArray[np.float16], NDArray[np.float16]]] = []
    for numbers, vectors in rows.read_vectors(database, encoder):
        seqs += numbers
        sides.append(comparison.sides(vectors))
        yield Progress("comparing", 0.0)
    plain, flipped = (np.concatenate(side) for side in zip(*sides, strict=True))
    sides.clear()
    place = {seq: at for at, seq in enumerate(seqs)}
    linking = Linking(plain, flipped, apart=[_places(place, one) for one in apart.values()])
    for share in linking.steps():
        yield Progress("comparing", share)
    sets = tuple(
        AlikeImages(tuple(seqs[at] for at in found), float(linking.closest[found].min()))
        for found in linking.sets()
    )
    yield Found(stamp, frozenset(apart), sets)


def _sample(database: Database, encoder: str, count: int) -> Vector:
    """Return at most `SAMPLE` vectors, evenly over the images."""
    step = -(-count // SAMPLE)
    parts, passed = [], 0
    for numbers, vectors in rows.read_vectors(database, encoder):
        parts.append(vectors[-passed % step :: step].copy())
        passed += len(numbers)
    return np.concatenate(parts)


def _places(place: dict[int, int], seqs: Sequence[int] | frozenset[int]) -> NDArray[np.int64]:
    return np.array(sorted(place[seq] for seq in seqs if seq in place), dtype=np.int64)
