"""The watch's rule on made errors: ``python -m benchmarks.watch_made [--runs N]``. Seconds, and no model.

Two versions answer objects of which nothing is made but how far each answer is from what the person means:
a part that both get wrong, and a part that each gets wrong by itself, which do not overlap. So the IoU of an
answer is 1 minus its parts, and the two answers agree to 1 minus their own parts. Both kinds have long tails:
most objects are easy. The person accepts the live version's answer untouched from ``tolerance`` on (then the
final mask is that answer), and corrects all others to what was meant. One object an image.

Taken back is shown within 30, 60 and 200 objects, by three rules with the same test: the watch's; *all*,
the difference of the IoUs with the final masks; and *corrected*, the same for corrected objects alone.

A second table leaves the person out: normal differences of a known spread, one object an image or four that
do not resemble each other, beside a test that may look once only, after just so many objects. No test that
may be looked at after each object can find more than that one.

Expected before measuring: *corrected* takes back versions that are no worse, *all* finds few of the bad ones;
the watch's rule is as rarely wrong as the test promises, and nearly as quick as if the truth were known.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from samstudio.tuning.watch.difference import ACCEPTED_ERROR, NewObject
from samstudio.tuning.watch.sequential_test import ALPHA, BETS, LIMIT, MOST, SLACK, evidence

Values = NDArray[np.float64]

SOON, LATER, HORIZON = 30, 60, 200
"""Numbers of objects."""

ERROR = 0.15
"""Mean distance of the former version's answers from what is meant, where the live one is no better."""

ALIKE = (0.3, 0.6)
"""The part of that distance which both versions get wrong."""

LOSSES = (-0.1, -0.05, -0.02, 0.0, 0.05, 0.1, 0.2)
TOLERANCES = (0.85, 0.9, 0.95)

SPREADS = (0.1, 0.12, 0.15, 0.2)
NORMAL_LOSSES = (0.0, 0.05, 0.085, 0.1)
AN_IMAGE = 4

MOST_SLOW_RUNS = 300
"""Of the second table."""


@dataclass(frozen=True)
class Made:
    """Distances from what is meant, each runs x objects."""

    common: Values
    former: Values
    live: Values


def made(loss: float, alike: float, runs: int, seed: int) -> Made:
    """Draw objects on which the live version is about ``loss`` worse; negative: better."""
    rng = np.random.default_rng(seed)
    size = (runs, HORIZON)

    def errors(mean: float, shape: float) -> Values:
        return np.clip(rng.gamma(shape, mean / shape, size), 0, 0.5)

    own = ERROR * (1 - alike)
    return Made(errors(ERROR * alike, 0.8), errors(own + max(-loss, 0), 0.6), errors(own + max(loss, 0), 0.6))


def differences(drawn: Made, tolerance: float) -> Iterator[tuple[str, Values, NDArray[np.bool_]]]:
    """Yield each rule's differences, and which objects it counts."""
    live, former = 1 - drawn.common - drawn.live, 1 - drawn.common - drawn.former
    untouched = live >= tolerance
    agreement = np.clip(1 - drawn.live - drawn.former, 0, 1)
    gap = np.where(untouched, agreement - 1, former - live)
    everywhere = np.ones_like(untouched)
    yield "watch", np.where(untouched, np.minimum(0, gap + 2 * ACCEPTED_ERROR), gap), everywhere
    yield "all", gap, everywhere
    yield "corrected", gap, ~untouched


def taken_back(gaps: Values, counted: NDArray[np.bool_]) -> list[float]:
    """Return the shares of runs that are taken back within so many objects, for each of the three numbers."""
    bets = np.array(BETS)[:, None, None] / (MOST + SLACK)
    growth = np.log1p(bets * (np.clip(gaps, -MOST, MOST) - SLACK)) * counted
    found = np.exp(growth.cumsum(axis=2)).mean(axis=0) >= LIMIT
    return [float(found[:, :most].any(axis=1).mean()) for most in (SOON, LATER, HORIZON)]


def person_table(runs: int, seed: int) -> str:
    """Return the simulation of a person as Markdown."""
    lines = [
        "| errors in common | accepted from | loss, points | spread | untouched | watch | all | corrected |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for alike in ALIKE:
        for tolerance in TOLERANCES:
            for loss in LOSSES:
                drawn = made(loss, alike, runs, seed)
                gaps = drawn.live - drawn.former
                untouched = (drawn.common + drawn.live <= 1 - tolerance).mean()
                cells = [_shares(taken_back(*rule[1:])) for rule in differences(drawn, tolerance)]
                head = f"| {100 * alike:.0f} % | {tolerance:g} | {100 * gaps.mean():+.1f} | {gaps.std():.2f}"
                lines.append(f"{head} | {100 * untouched:.0f} % | {' | '.join(cells)} |")
    return "\n".join(lines)


def normal_table(runs: int, seed: int) -> str:
    """Return the shares that are found within 30 and 60 objects, for normal differences, as Markdown."""
    lines = [
        f"| loss, points | spread | one an image | {AN_IMAGE} an image | one look |",
        "|---|---|---|---|---|",
    ]
    rng = np.random.default_rng(seed)
    for loss in NORMAL_LOSSES:
        for spread in SPREADS:
            gaps = rng.normal(loss, spread, (runs, LATER))
            single = taken_back(gaps, np.ones_like(gaps, dtype=bool))[:2]
            several = [found_after(row) for row in gaps]
            shares = [float(np.mean([count <= most for count in several])) for most in (SOON, LATER)]
            once = [one_look(loss, spread, objects) for objects in (SOON, LATER)]
            cells = " | ".join(map(_shares, (single, shares, once)))
            lines.append(f"| {100 * loss:g} | {spread:g} | {cells} |")
    return "\n".join(lines)


def found_after(gaps: Values) -> float:
    """Return after how many objects, `AN_IMAGE` an image, the watch goes back; infinity: never."""
    objects = [
        NewObject(str(number // AN_IMAGE), 0.5 + gap / 2, 0.5 - gap / 2, untouched=False)
        for number, gap in enumerate(np.clip(gaps, -1, 1))
    ]
    looks = range(2, len(objects) + 1, 2)
    return next((count for count in looks if evidence(objects[:count]) >= LIMIT), np.inf)


def one_look(loss: float, spread: float, objects: int) -> float:
    """Return the share that a test of known spread finds, with one look after so many objects."""
    certain = NormalDist().inv_cdf(1 - ALPHA)
    return NormalDist().cdf((loss - SLACK) / spread * objects**0.5 - certain)


def _shares(shares: list[float]) -> str:
    return " / ".join(f"{100 * share:.0f}" for share in shares) + " %"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    print(person_table(args.runs, args.seed))
    print()
    print(normal_table(min(args.runs, MOST_SLOW_RUNS), args.seed))


if __name__ == "__main__":
    main()
