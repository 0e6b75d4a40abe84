"""The watch's rule on made errors: ``python -m benchmarks.watch_made [--runs N]``. Seconds, and no model.

Two versions answer objects of which nothing is made but how far each answer is from what the person means:
a part that both get wrong, and a part that each gets wrong by itself, which do not overlap. So the IoU of an
answer is 1 minus its parts, and the two answers agree to 1 minus their own parts. Both kinds have long tails:
most objects are easy. The person accepts the live version's answer untouched from ``tolerance`` on (then the
final mask is that answer), and corrects all others to what was meant. One object an image.

Taken back is shown within 30 and within 60 objects, by three rules with the same test: the watch's; *all*,
the difference of the IoUs with the final masks; and *corrected*, the same for corrected objects alone.

Expected before measuring: *corrected* takes back versions that are no worse, *all* finds few of the bad ones;
the watch's rule is as rarely wrong as the test promises, and nearly as quick as if the truth were known.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from samstudio.tuning.watch.difference import AGREES
from samstudio.tuning.watch.sequential_test import BETS, LIMIT, MOST, SLACK

Values = NDArray[np.float64]

HORIZON, SOON = 60, 30
ERROR = 0.15
"""Mean distance of the former version's answers from what is meant, where the live one is no better."""

ALIKE = (0.3, 0.6)
"""The part of that distance which both versions get wrong."""

LOSSES = (-0.1, -0.05, 0.0, 0.05, 0.1, 0.2)
TOLERANCES = (0.85, 0.9, 0.95)


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
    yield "watch", np.where(untouched & (agreement >= AGREES), 0, gap), everywhere
    yield "all", gap, everywhere
    yield "corrected", gap, ~untouched


def taken_back(gaps: Values, counted: NDArray[np.bool_]) -> tuple[float, float]:
    """Return the shares of runs that are taken back within `SOON` and within `HORIZON` objects."""
    bets = np.array(BETS)[:, None, None] / (MOST + SLACK)
    growth = np.log1p(bets * (np.clip(gaps, -MOST, MOST) - SLACK)) * counted
    found = np.exp(growth.cumsum(axis=2)).mean(axis=0) >= LIMIT
    return float(found[:, :SOON].any(axis=1).mean()), float(found.any(axis=1).mean())


def table(runs: int, seed: int) -> str:
    """Return the simulation as Markdown."""
    lines = [
        "| errors in common | accepted from | true loss, points | untouched | watch | all | corrected |",
        "|---|---|---|---|---|---|---|",
    ]
    for alike in ALIKE:
        for tolerance in TOLERANCES:
            for loss in LOSSES:
                drawn = made(loss, alike, runs, seed)
                true = 100 * float((drawn.live - drawn.former).mean())
                untouched = 100 * float((drawn.common + drawn.live <= 1 - tolerance).mean())
                shares = [taken_back(gaps, counted) for _, gaps, counted in differences(drawn, tolerance)]
                cells = " | ".join(f"{100 * soon:.0f} / {100 * ever:.0f} %" for soon, ever in shares)
                head = f"| {100 * alike:.0f} % | {tolerance:g} | {true:+.1f} | {untouched:.0f} %"
                lines.append(f"{head} | {cells} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    print(table(args.runs, args.seed))


if __name__ == "__main__":
    main()
