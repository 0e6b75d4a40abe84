"""The statistics of the gate's rules: a paired bootstrap over images.

Objects of one image are not independent, so images are resampled, not objects.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

REPLICATES = 4000

Scores = NDArray[np.float64]
"""One IoU an object."""


@dataclass(frozen=True)
class Gain:
    """A paired difference of mIoU: its ``mean``, the bootstrap's lower bound, and the sample's size."""

    mean: float
    lower: float
    images: int
    objects: int


def paired_gain(
    before: Scores, after: Scores, images: Sequence[str], *, confidence: float, seed: int = 0
) -> Gain:
    """Compare two decoders on the same objects with a paired bootstrap over images.

    One image with no gain at all is added to each replicate: with three images
    that all gained a little, a plain bootstrap would be certain.

    Args:
        before: IoU of each object, float64 N.
        after: The same under the other decoder.
        images: The image of each object.
        confidence: The share of replicates in which the gain is at least ``lower``.
        seed: Of the resampling.

    Returns:
        How much better ``after`` is.
    """
    names, index = np.unique(np.asarray(images), return_inverse=True)
    counts = np.bincount(index).astype(np.float64)
    sums = np.bincount(index, weights=after - before)
    picks = np.random.default_rng(seed).integers(len(names), size=(REPLICATES, len(names)))
    gains = sums[picks].sum(axis=1) / (counts[picks].sum(axis=1) + counts.mean())
    return Gain(
        mean=float((after - before).mean()),
        lower=float(np.quantile(gains, 1 - confidence)),
        images=len(names),
        objects=len(before),
    )


def best_strength(
    base: Scores, by_strength: Mapping[float, Scores], images: Sequence[str], *, confidence: float
) -> float:
    """Return the strength with the largest lower bound of the gain; the smaller one where two are equal.

    Args:
        base: IoU of each object before tuning, float64 N.
        by_strength: The same at each strength.
        images: The image of each object.
        confidence: See `paired_gain`.
    """
    lowers = {
        strength: paired_gain(base, scores, images, confidence=confidence).lower
        for strength, scores in by_strength.items()
    }
    return max(lowers, key=lambda strength: (lowers[strength], -strength))
