"""An embedding pooled to a short vector, by which near-duplicates are found: 2 kB instead of 2 MB.

Two things are kept. What is in the picture: the mean and the standard deviation of each channel. And where:
the mean of each channel in the cells of a grid, projected to fewer numbers by one random matrix, the same for
every cell and for ever, so that a mirrored picture is one whose cells are mirrored.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from samstudio.domain import Embedding

CELLS = 4
"""Cells of the grid, each way."""

PROJECTED = 32
"""Numbers of a cell."""

CHANNELS = 256

CONTENT = 2 * CHANNELS
"""Numbers that say what is in the picture; those that say where come after them."""

LENGTH = CONTENT + CELLS * CELLS * PROJECTED

STRIDE = 16
"""Pixels of the encoder's frame for one step of the embedding."""

Vector = NDArray[np.float32]


def pooled(embedding: Embedding) -> Vector:
    """Return the vector of an embedding, float32 of `LENGTH`; the frame's padding does not count."""
    height, width = (max(1, -(-side // STRIDE)) for side in embedding.input_size)
    features = embedding.features[:, :height, :width].astype(np.float32)
    cells = _cells(features) @ _projection()
    return np.concatenate([features.mean((1, 2)), features.std((1, 2)), cells.ravel()])


def mirrored(vectors: Vector) -> Vector:
    """Return what vectors, N x `LENGTH`, say of where things are, in pictures mirrored left to right."""
    cells = vectors[:, CONTENT:].reshape(len(vectors), CELLS, CELLS, PROJECTED)
    return np.ascontiguousarray(cells[:, :, ::-1]).reshape(len(vectors), -1)


def _cells(features: Vector) -> Vector:
    """Return the means of the cells, float32 (rows, columns, channels)."""
    rows, columns = (_parts(side) for side in features.shape[1:])
    return np.stack([[features[:, ys][:, :, xs].mean((1, 2)) for xs in columns] for ys in rows])


def _parts(side: int) -> list[NDArray[np.int64]]:
    """Return the steps of each cell of one side; where there are fewer steps than cells, cells share them."""
    if side < CELLS:
        return [np.array([side * cell // CELLS]) for cell in range(CELLS)]
    return np.array_split(np.arange(side), CELLS)


@cache
def _projection() -> Vector:
    # RandomState's numbers are the same in every release of numpy: vectors are kept.
    drawn = np.random.RandomState(0).standard_normal((CHANNELS, PROJECTED))
    return np.asarray(drawn / np.sqrt(PROJECTED), np.float32)
