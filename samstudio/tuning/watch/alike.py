"""How much the objects of one image resemble each other, and for how many independent ones they count."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

USUAL = 0.2
"""Correlation of the differences within one image that is expected before any were seen."""

USUAL_IMAGES = 10
"""The usual correlation is believed as much as one that so many images show."""

FEWEST_IMAGES = 3
"""Where fewer images have several objects, each image counts as one object."""


def correlation(images: Sequence[NDArray[np.float64]]) -> float:
    """Return the correlation of the differences within one image, 0 to 1.

    That of all pairs of objects of one image, shrunk towards `USUAL`: a few images say little of it.

    Args:
        images: The differences of each image, float64 N each.
    """
    several = [own for own in images if len(own) > 1]
    if len(several) < FEWEST_IMAGES:
        return 1.0
    every = np.concatenate(images)
    mean, variance = every.mean(), every.var()
    if variance == 0:
        return USUAL
    products = sum(((own - mean).sum()) ** 2 - ((own - mean) ** 2).sum() for own in several)
    pairs = sum(len(own) * (len(own) - 1) for own in several)
    seen = products / pairs / variance
    shrunk = (USUAL_IMAGES * USUAL + len(several) * seen) / (USUAL_IMAGES + len(several))
    return float(np.clip(shrunk, 0, 1))


def design_effect(objects: int, correlated: float) -> float:
    """Return how many objects of one image say as much as an independent one (survey sampling)."""
    return 1 + (objects - 1) * correlated
