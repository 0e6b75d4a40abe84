"""The gate by itself, on made jobs whose true gain is known: ``python -m benchmarks.gate_made``.

Options: ``[--rows FILE] [--gains ...] [--images ...] [--objects ...] [--spread ...] [--risks ...]``
Nothing is trained. A made job has a true gain at full strength, and at each smaller strength that
strength's share of it: real candidates keep more of a gain and less of a loss there (on the league, at a
quarter, half of the gain and no loss), so this is the worst case for whoever goes a part of the way to be
careful. Its images differ by as much as those of the league's jobs with about as many objects an
image and gains of such a size (``--spread`` sets it); its judge strays from the truth as theirs does.

For each true gain: how often it is served at all, how often at a loss that counts (served strength times
the loss, more than half a point), and the mean true gain of what serves, in points.

Expected before measuring: with ten images of one object each, +3 points is served in nine jobs of ten,
and a loss that counts in one of twenty at most; five images cannot have both.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from benchmarks.league_fit import fit
from benchmarks.league_jobs import Press, evenly, presses
from benchmarks.recipes import MEASURED, Rows
from samstudio.tuning.gate import Differences, Prior, choose
from samstudio.tuning.gate.choice import HURTS, MOST_RISK
from samstudio.tuning.gate.expected_gain import JUDGED_IMAGES
from samstudio.tuning.gate.rules.no_gain import LEAST_GAIN

GAINS = (-6, -5, -4, -3, -2, -1.5, -1, -0.7, 0, 1, 2, 3, 4, 5, 6)
"""True gains in points of mIoU."""


@dataclass(frozen=True)
class MadeRow:
    """What became of jobs of one true gain; shares of jobs, and points."""

    images: int
    objects: int
    most_risk: float
    gain: float
    served: float
    at_a_loss: float
    mean_served: float


def spread_of(jobs: Sequence[Press], objects: int) -> float:
    """Return how much the images of jobs with about so many objects an image differ, at full strength.

    The root of the mean variance over sets, of the jobs with half to twice as many objects an image that
    changed by no more than made ones do (larger gains differ more); of all, where there are none.
    """
    most = max(GAINS) / 100
    like = [
        job
        for job in jobs
        if abs(job.full) <= most and objects / 2 <= job.objects / job.images <= 2 * objects
    ] or list(jobs)
    variances = np.array([job.seen[max(job.seen)].gains.var(ddof=1) for job in like])
    return float(np.sqrt(evenly(like) @ variances))


def made_job(
    rng: np.random.Generator, gain: float, images: int, spread: float, priors: Mapping[float, Prior]
) -> dict[float, Differences]:
    """Return what a job of this true gain judges at each strength.

    Args:
        rng: Makes the noise.
        gain: The true gain at full strength, in mIoU.
        images: How many images there are.
        spread: How much they differ.
        priors: How far judges stray.
    """
    stray = priors[max(priors)].judge_spread * np.sqrt(JUDGED_IMAGES / images)
    judged = gain + rng.normal(0, stray) + rng.normal(0, spread, images)
    return {s: Differences(s * judged, np.full(images, 1 / images)) for s in priors}


def made_row(
    gain: float,
    images: int,
    objects: int,
    spread: float,
    priors: Mapping[float, Prior],
    *,
    jobs: int = 400,
    most_risk: float = MOST_RISK,
) -> MadeRow:
    """Return what becomes of jobs of one true gain.

    Args:
        gain: In points of mIoU.
        images: How many images each job has.
        objects: How many objects each image has.
        spread: How much the images differ, in mIoU.
        priors: The gate's.
        jobs: How many are made.
        most_risk: The largest risk that the gate takes.
    """
    rng = np.random.default_rng(0)
    true = gain / 100
    strengths = []
    for _ in range(jobs):
        choice = choose(made_job(rng, true, images, spread, priors), priors, most_risk=most_risk)
        strengths.append(choice.strength if choice.safe and choice.expected >= LEAST_GAIN else 0.0)
    served = np.array(strengths)
    return MadeRow(
        images=images,
        objects=objects,
        most_risk=most_risk,
        gain=gain,
        served=float((served > 0).mean()),
        at_a_loss=float((served * true < -HURTS).mean()),
        mean_served=float((served * gain).mean()),
    )


def table(rows: Sequence[MadeRow]) -> str:
    """Return a Markdown table: a line each number of images and objects, a column each true gain."""
    gains = list(dict.fromkeys(row.gain for row in rows))
    lines = ["| images × objects, risk | " + " | ".join(f"{gain:+g}" for gain in gains) + " |"]
    lines.append("|---" * (len(gains) + 1) + "|")
    for key in dict.fromkeys((row.images, row.objects, row.most_risk) for row in rows):
        mine = [row for row in rows if (row.images, row.objects, row.most_risk) == key]
        cells = [f"{row.served:.0%} / {row.at_a_loss:.0%} / {row.mean_served:+.1f}" for row in mine]
        lines.append(f"| {key[0]} × {key[1]}, {key[2]:.1%} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    """Print the table, and with ``--json`` the rows at the end."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=Path, default=MEASURED, help="the league's, for spreads and the prior")
    parser.add_argument("--gains", nargs="+", type=float, default=GAINS)
    parser.add_argument("--images", nargs="+", type=int, default=[5, 10, 20])
    parser.add_argument("--objects", nargs="+", type=int, default=[1, 4, 10], help="an image")
    parser.add_argument("--spread", type=float, help="points by which images differ")
    parser.add_argument("--risks", nargs="+", type=float, default=[MOST_RISK])
    parser.add_argument("--jobs", type=int, default=1500, help="of each row")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    jobs = presses(Rows(args.rows).rows.values())
    priors = fit(jobs)
    given = None if args.spread is None else args.spread / 100
    spreads = {objects: given or spread_of(jobs, objects) for objects in args.objects}
    told = ", ".join(f"{objects}: {100 * spread:.1f}" for objects, spread in spreads.items())
    stray = 100 * priors[max(priors)].judge_spread
    print(f"images differ, by objects an image: {told} points; judges of ten images stray by {stray:.1f}")
    rows = [
        made_row(gain, images, objects, spreads[objects], priors, jobs=args.jobs, most_risk=risk)
        for images in args.images
        for objects in args.objects
        for risk in args.risks
        for gain in args.gains
    ]
    print(table(rows))
    if args.json:
        print(json.dumps([asdict(row) for row in rows]))


if __name__ == "__main__":
    main()
