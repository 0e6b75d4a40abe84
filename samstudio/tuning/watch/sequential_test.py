"""A test that may be looked at after every object: is the live version worse than the former one?

Testing by betting (Waudby-Smith and Ramdas 2023): a player with capital 1 bets on each difference that the
former version is the better one. While it is not, no way of betting makes the capital grow in the mean, so
it reaches ``1 / ALPHA`` with a probability of at most ``ALPHA``, however often one looks and whenever one
stops (Ville's inequality). The capital is the evidence.

Half of the capital is bet carefully and half boldly, so that nothing has to be guessed. An object counts
for at most `MOST`: bets may be as large as the worst loss allows, and one object that one version fails on
altogether decides nothing. Objects of one image may resemble each other: their bets count as those of so
many independent ones (`alike`). There the promise is no theorem, for how alike they are is estimated from
the same objects; simulations in tests and in ``benchmarks.watch_made`` hold it to ``ALPHA``.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from samstudio.tuning.watch.alike import correlation, design_effect
from samstudio.tuning.watch.difference import NewObject, difference

ALPHA = 0.05
"""Probability, over a version's whole life, of taking back one that is not worse."""

LIMIT = 1 / ALPHA
"""The evidence that is enough."""

SLACK = 0.005
"""IoU by which the live version must be worse before it is worth going back."""

MOST = 0.25
"""IoU that an object counts for at most, either way."""

BETS = (0.5, 0.9)
"""Shares of the largest bet that cannot lose everything."""


def evidence(objects: Iterable[NewObject]) -> float:
    """Return the evidence that the live version is worse than the former one by more than `SLACK`.

    The order of the objects makes no difference. 1 says nothing, less speaks against it, `LIMIT` is enough.
    """
    by_image: dict[str, list[float]] = {}
    for one in objects:
        by_image.setdefault(one.image_id, []).append(difference(one))
    images = [np.clip(differences, -MOST, MOST) for differences in by_image.values()]
    correlated = correlation(images)
    log_capital = np.zeros(len(BETS))
    for differences in images:
        log_capital += _log_growth(differences) / design_effect(len(differences), correlated)
    return float(np.exp(log_capital).mean())


def _log_growth(differences: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return for each bet the logarithm of the factor that differences (N) bring, were they independent."""
    bets = np.array(BETS) / (MOST + SLACK)
    growth: NDArray[np.float64] = np.log1p(np.outer(bets, differences - SLACK)).sum(axis=1)
    return growth
