"""The gate's prior, fitted on jobs whose true gain is known."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from benchmarks.league_jobs import Press, Values, evenly
from samstudio.tuning.gate import Prior
from samstudio.tuning.gate.choice import HURTS
from samstudio.tuning.gate.expected_gain import JUDGED_IMAGES, Normal

HARM = (-0.03, 0.04)
"""Mean and spread of a harmful job's gain at full strength: there are too few of them to fit."""

HARM_SHARE = 0.15
"""The least share of harmful jobs that is assumed: people's masks are not all as good as these sets'."""

NEAREST_JUDGE = HURTS
"""No judge is believed to stray less from the truth, in mIoU: some thirty jobs show little of its tail."""

SMALLEST = 1e-3
"""No spread is believed to be smaller, in mIoU."""


def fit(jobs: Sequence[Press]) -> dict[float, Prior]:
    """Return the prior of each strength, from jobs whose true gain is known."""
    return {strength: _fitted(jobs, strength) for strength in sorted(jobs[0].seen)}


def _fitted(jobs: Sequence[Press], strength: float) -> Prior:
    weights = evenly(jobs)
    true = np.array([job.true[strength] for job in jobs])
    seen = [job.seen[strength] for job in jobs]
    images = np.array([len(one.gains) for one in seen])
    usual, weight = usual_spread(np.array([one.gains.var(ddof=1) for one in seen]), images, weights)
    errors = np.array([one.error(usual, weight) for one in seen])
    # The true gain is itself a mean over the held-out images, which differ as much.
    of_truth = errors * np.sqrt(images / np.array([job.held_images for job in jobs]))
    off = np.array([one.mean for one in seen]) - true
    # A loss is served where the judge saw too much; where it saw too little, nobody is harmed, and
    # that is more common and larger (the mean of two models moves less than that of six).
    too_much = 2 * np.maximum(off, 0.0) ** 2
    stray = float(weights @ ((too_much - errors**2 - of_truth**2) * images / JUDGED_IMAGES))
    helps = true >= -HURTS
    mean, spread = _moments(true[helps], weights[helps])
    return Prior(
        helps=Normal(mean, spread),
        harms=Normal(HARM[0] * strength, HARM[1] * strength),
        harm_share=max(HARM_SHARE, float(weights[~helps].sum())),
        image_spread=usual,
        image_weight=weight,
        judge_spread=float(np.sqrt(max(NEAREST_JUDGE**2, stray))),
    )


def usual_spread(variances: Values, images: Values, weights: Values) -> tuple[float, float]:
    """Return the usual spread between a job's images, and how many images it is known as well as from.

    The likeliest scaled inverse chi-squared prior of the variances: then each, over the usual one,
    is distributed as F (Smyth, Linear models and empirical Bayes methods, 2004).

    Args:
        variances: Of the gains between the images of each job, float64 N.
        images: How many images each job has.
        weights: How much each job counts; they sum to one.
    """
    known, usual = np.geomspace(0.5, 50, 60)[:, None], np.geomspace(1e-6, 0.1, 200)[None]
    likelihood = np.zeros((known.size, usual.size))
    for variance, count, weight in zip(np.maximum(variances, SMALLEST**2), images, weights, strict=True):
        likelihood += weight * _log_f(variance / usual, count - 1, known) - weight * np.log(usual)
    row, column = np.unravel_index(likelihood.argmax(), likelihood.shape)
    return float(np.sqrt(usual[0, column])), float(known[row, 0])


def _log_f(value: Values, first: float, second: Values) -> Values:
    """Return the logarithm of the density of F with these degrees of freedom, but for a constant."""
    gamma = np.vectorize(math.lgamma)
    ratio = first / second
    shape = gamma((first + second) / 2) - gamma(second / 2) + first / 2 * np.log(ratio)
    found: Values = shape + (first / 2 - 1) * np.log(value) - (first + second) / 2 * np.log1p(ratio * value)
    return found


def _moments(values: Values, weights: Values) -> tuple[float, float]:
    shares = weights / weights.sum()
    mean = float(shares @ values)
    return mean, max(SMALLEST, float(np.sqrt(shares @ (values - mean) ** 2)))
