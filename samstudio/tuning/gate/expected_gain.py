"""What a candidate may be expected to gain, from a few images and from what tuning usually does.

Five or ten images say little by themselves: there is no guarantee without assumptions at such numbers.
What is assumed is a prior over true gains, in two parts (most jobs help, some harm), fitted on the
jobs of ``benchmarks.league``, whose gains on images that no job saw are known; what a job's own images
say updates it. The spread between images is shrunk towards its usual size (empirical Bayes: Efron,
Large-Scale Inference, 2010). All gains are differences of mIoU.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

JUDGED_IMAGES = 10
"""The spread of a judge is given for so many images."""

Scores = NDArray[np.float64]
"""One IoU an object."""


@dataclass(frozen=True)
class Normal:
    """A normal distribution."""

    mean: float
    spread: float

    def below(self, value: float) -> float:
        """Return the probability of a smaller value."""
        return 0.5 * math.erfc((self.mean - value) / (self.spread * math.sqrt(2)))

    def density(self, value: float) -> float:
        """Return the density at a value."""
        return math.exp(-0.5 * ((value - self.mean) / self.spread) ** 2) / self.spread

    def updated(self, value: float, spread: float) -> Normal:
        """Return the distribution after a measurement with a normal error of this spread."""
        weight = self.spread**2 / (self.spread**2 + spread**2)
        return Normal(self.mean + weight * (value - self.mean), self.spread * math.sqrt(1 - weight))


@dataclass(frozen=True)
class Prior:
    """What is known of gains before a job's own images are looked at.

    ``helps`` and ``harms``: the true gains of jobs of either kind; ``harm_share``: how many are of the
    second. ``image_spread``: the usual spread of gains between the images of a job, known as well as
    from ``image_weight`` images. ``judge_spread``: how far, on `JUDGED_IMAGES` images, the judged gain
    strays from the true one besides: two models judge what six will serve, and they learned from other
    images; with fewer images, more so.
    """

    helps: Normal
    harms: Normal
    harm_share: float
    image_spread: float
    image_weight: float
    judge_spread: float


@dataclass(frozen=True)
class Belief:
    """The probable true gain: a mixture of normal distributions, each with its share."""

    parts: tuple[tuple[float, Normal], ...]

    @property
    def mean(self) -> float:
        """The expected gain."""
        return sum(share * part.mean for share, part in self.parts)

    def below(self, gain: float) -> float:
        """Return the probability that the true gain is smaller."""
        return sum(share * part.below(gain) for share, part in self.parts)


@dataclass(frozen=True)
class Differences:
    """Paired differences of mIoU, ``gains``, one an image, with the share of the objects in it."""

    gains: Scores
    shares: Scores

    @classmethod
    def of(cls, before: Scores, after: Scores, images: Sequence[str]) -> Differences:
        """Compare two decoders on the same N objects, image by image: objects of one are not independent."""
        _, index = np.unique(np.asarray(images), return_inverse=True)
        counts = np.bincount(index).astype(np.float64)
        return cls(np.bincount(index, weights=after - before) / counts, counts / counts.sum())

    @property
    def mean(self) -> float:
        """The mean over objects."""
        return float(self.shares @ self.gains)

    def at_most(self, mean: float) -> Differences:
        """Return these differences, all lowered by as much where their mean is above ``mean``."""
        return Differences(self.gains + min(0.0, mean - self.mean), self.shares)

    def error(self, usual_spread: float, weight: float) -> float:
        """Return the standard error of the mean, the spread between images shrunk towards its usual size."""
        count = len(self.gains)
        own = float(((self.gains - self.gains.mean()) ** 2).sum())
        variance = (weight * usual_spread**2 + own) / (weight + count - 1)
        return math.sqrt(variance * float((self.shares**2).sum()))


def believe(prior: Prior, seen: Differences) -> Belief:
    """Return what to believe of the true gain after seeing a job's differences."""
    stray = prior.judge_spread * math.sqrt(JUDGED_IMAGES / len(seen.gains))
    error = math.hypot(seen.error(prior.image_spread, prior.image_weight), stray)
    value = seen.mean
    kinds = [(1 - prior.harm_share, prior.helps), (prior.harm_share, prior.harms)]
    weights = [
        share * Normal(kind.mean, math.hypot(kind.spread, error)).density(value) for share, kind in kinds
    ]
    total = sum(weights)
    if not total > 0:  # farther out than either kind: the nearer one explains it
        weights = [float(value > 0), float(value <= 0)]
        total = 1.0
    return Belief(
        tuple(
            (weight / total, kind.updated(value, error))
            for weight, (_, kind) in zip(weights, kinds, strict=True)
        )
    )


def left_out(
    by_strength: Mapping[float, Differences], priors: Mapping[float, Prior]
) -> dict[float, Differences]:
    """Return each strength's differences, those of the best strength freed of the winner's curse.

    Each image's difference is taken at the strength that looks best on the *other* images.
    """
    best = _best(by_strength, priors)
    count = len(by_strength[best].gains)
    if count < 3 or len(by_strength) == 1:
        return dict(by_strength)
    fair = np.array(
        [by_strength[_best(_without(by_strength, row), priors)].gains[row] for row in range(count)]
    )
    return {**by_strength, best: Differences(fair, by_strength[best].shares)}


def _best(by_strength: Mapping[float, Differences], priors: Mapping[float, Prior]) -> float:
    return max(by_strength, key=lambda strength: believe(priors[strength], by_strength[strength]).mean)


def _without(by_strength: Mapping[float, Differences], row: int) -> dict[float, Differences]:
    return {
        strength: Differences(np.delete(one.gains, row), np.delete(one.shares, row) / (1 - one.shares[row]))
        for strength, one in by_strength.items()
    }
