"""What jobs come to, over all sets: ``python -m benchmarks.league [--rows FILE] [--fit] [--json]``.

Reads the rows that `benchmarks.recipes` measured: for each job of ours the gains that it judged, by image
and strength, and the true gain at each strength on held-out images; and for the public recipes their
gain on the same splits. Nothing is trained here. The gate decides each job anew, **leave-one-set-out**: with
the prior fitted on the jobs of all *other* sets.

Figures are means over sets of the mean over a set's jobs, in points of mIoU:

- *served*: the true gain of what serves after the job; *full*: of the whole of the change, whatever the
  gate says;
- *refused*; *false refusals*: refused though the whole of the change gains a point or more;
- *false promotions*: served at more than half a point below stock.

``--fit`` writes the prior fitted on all sets to where the gate reads it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.recipes import MEASURED, PUBLIC, Row, Rows
from samstudio.tuning.gate import Choice, Differences, Prior, choose
from samstudio.tuning.gate.choice import HURTS
from samstudio.tuning.gate.expected_gain import JUDGED_IMAGES, Normal
from samstudio.tuning.gate.priors import FITTED, to_json
from samstudio.tuning.gate.rules.no_gain import LEAST_GAIN

IMAGE_WEIGHT = 4.0
"""The usual spread between images counts as much as four images of the job's own; not fitted."""

HARM = (-0.04, 0.05)
"""Mean and spread of a harmful job's gain at full strength: there are too few of them to fit."""

HARM_SHARE = 0.15
"""The least share of harmful jobs that is assumed: people's masks are not all as good as these sets'."""

WORTH = 0.01
"""A refusal is false where this much was to gain."""

SMALLEST = 1e-3
"""No spread is believed to be smaller, in mIoU."""

BY_CHOICE = ("promoted", "no-gain", "gain-uncertain")
"""Verdicts that rest on the choice of the strength; other refusals stay what they were."""


@dataclass(frozen=True)
class Press:
    """A job: its split, what it judged, what was true, and how long it took."""

    name: str
    k: int
    seed: int
    objects: int
    seen: dict[float, Differences]
    true: dict[float, float]
    code: str
    seconds: float

    @property
    def full(self) -> float:
        """The true gain of the whole of the change."""
        return self.true[max(self.true)]


@dataclass(frozen=True)
class Decided:
    """A job as the gate decided it without its own set."""

    press: Press
    choice: Choice
    served: bool

    @property
    def gain(self) -> float:
        """The true gain of what serves."""
        return self.press.true[self.choice.strength] if self.served else 0.0


def presses(rows: Iterable[Row]) -> list[Press]:
    """Return the jobs among the rows."""
    return [_press(row) for row in rows if row["recipe"] == "ours" and row["judged"]]


def _press(row: Row) -> Press:
    seen = {
        float(strength): Differences(np.array(one["gains"]), np.array(one["shares"]))
        for strength, one in row["judged"].items()
    }
    true = {float(strength): gain for strength, gain in row["true"].items()}
    place = (row["set"], row["k"], row["seed"], row["n_train"])
    return Press(*place, seen, true, row["code"], row["seconds"])


def fit(jobs: Sequence[Press]) -> dict[float, Prior]:
    """Return the prior of each strength, from jobs whose true gain is known."""
    return {strength: _fitted(jobs, strength) for strength in sorted(jobs[0].true)}


def _fitted(jobs: Sequence[Press], strength: float) -> Prior:
    weights = _even(jobs)
    true = np.array([job.true[strength] for job in jobs])
    judged = np.array([job.seen[strength].mean for job in jobs])
    spreads = np.array([job.seen[strength].gains.std(ddof=1) for job in jobs])
    usual = max(SMALLEST, float(np.sqrt(weights @ spreads**2)))
    errors = np.array([job.seen[strength].error(usual, IMAGE_WEIGHT) for job in jobs])
    shift = float(weights @ (true - judged))
    images = np.array([len(job.seen[strength].gains) for job in jobs])
    stray = float(weights @ (((true - judged - shift) ** 2 - errors**2) * images / JUDGED_IMAGES))
    helps = true >= -HURTS
    mean, spread = _moments(true[helps], weights[helps])
    return Prior(
        helps=Normal(mean, spread),
        harms=Normal(HARM[0] * strength, HARM[1] * strength),
        harm_share=max(HARM_SHARE, float(weights[~helps].sum())),
        image_spread=usual,
        image_weight=IMAGE_WEIGHT,
        judge_spread=float(np.sqrt(max(SMALLEST**2, stray))),
        judge_shift=shift,
    )


def _even(jobs: Sequence[Press]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return a weight for each job, so that every set counts as much."""
    names = [job.name for job in jobs]
    weights = np.array([1 / names.count(name) for name in names])
    return weights / weights.sum()


def _moments(values: np.ndarray[Any, Any], weights: np.ndarray[Any, Any]) -> tuple[float, float]:
    shares = weights / weights.sum()
    mean = float(shares @ values)
    return mean, max(SMALLEST, float(np.sqrt(shares @ (values - mean) ** 2)))


def decide_without_own_set(jobs: Sequence[Press]) -> list[Decided]:
    """Return each job as the gate decides it with the prior of the other sets."""
    decided = []
    for name in dict.fromkeys(job.name for job in jobs):
        priors = fit([job for job in jobs if job.name != name])
        decided += [_decided(job, priors) for job in jobs if job.name == name]
    return decided


def _decided(job: Press, priors: Mapping[float, Prior]) -> Decided:
    choice = choose(job.seen, priors)
    serves = choice.safe and choice.expected >= LEAST_GAIN and job.code in BY_CHOICE
    return Decided(job, choice, serves)


def figures(decided: Sequence[Decided]) -> dict[str, float]:
    """Return the figures of some jobs; see the module."""
    refused = [one for one in decided if not one.served]
    count = max(1, len(decided))
    return {
        "presses": len(decided),
        "served": _over_sets(decided, lambda one: one.gain),
        "full": _over_sets(decided, lambda one: one.press.full),
        "worst": min((one.gain for one in decided), default=0.0),
        "refused": len(refused) / count,
        "false_refusals": sum(one.press.full >= WORTH for one in refused) / count,
        "false_promotions": sum(one.gain < -HURTS for one in decided) / count,
        "below_stock": sum(one.gain < 0 for one in decided) / count,
        "seconds": max((one.press.seconds for one in decided), default=0.0),
    }


def _over_sets(decided: Sequence[Decided], value: Callable[[Decided], float]) -> float:
    by_set: dict[str, list[float]] = {}
    for one in decided:
        by_set.setdefault(one.press.name, []).append(value(one))
    return float(np.mean([np.mean(values) for values in by_set.values()]))


def beside_public(decided: Sequence[Decided], rows: Sequence[Row]) -> dict[str, dict[str, float]]:
    """Return each public recipe's mean gain, and that of what we serve on the same splits."""
    stock = {_split(row): row["miou"] for row in rows if row["recipe"] == "stock"}
    ours = {(one.press.name, one.press.k, one.press.seed): one for one in decided}
    found = {}
    for name in PUBLIC:
        theirs = {_split(row): row["miou"] - stock[_split(row)] for row in rows if row["recipe"] == name}
        shared = [place for place in theirs if place in ours]
        if shared:
            own = [ours[place] for place in shared]
            gain = _over_sets(own, lambda one: theirs[(one.press.name, one.press.k, one.press.seed)])  # noqa: B023
            served = _over_sets(own, lambda one: one.gain)
            found[name] = {"splits": len(shared), "gain": gain, "served": served, "ratio": served / gain}
    return found


def _split(row: Row) -> tuple[str, int, int]:
    return (row["set"], row["k"], row["seed"])


def table(parts: Mapping[str, Sequence[Decided]]) -> str:
    """Return a Markdown table of the figures of several groups of jobs."""
    heads = ["presses", "served", "full", "worst", "refused", "false refusals", "false promotions", "seconds"]
    lines = ["| | " + " | ".join(heads) + " |", "|---" * (len(heads) + 1) + "|"]
    for name, decided in parts.items():
        told = figures(decided)
        points = [f"{100 * told[key]:+.1f}" for key in ("served", "full", "worst")]
        shares = [f"{told[key]:.0%}" for key in ("refused", "false_refusals", "false_promotions")]
        cells = [f"{told['presses']:.0f}", *points, *shares, f"{told['seconds']:.0f}"]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def split_table(decided: Sequence[Decided], rows: Sequence[Row]) -> str:
    """Return a Markdown table of every split: stock, the gain of each recipe, and what we serve."""
    miou = {(row["recipe"], *_split(row)): row["miou"] for row in rows}
    peers = [name for name in PUBLIC if any(key[0] == name for key in miou)]
    heads = ["set, images", "stock", *peers, "all of ours", "served"]
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    for one in sorted(decided, key=lambda one: (one.press.name, one.press.k, one.press.seed)):
        place = (one.press.name, one.press.k, one.press.seed)
        stock = miou["stock", *place]
        gains = [miou[name, *place] - stock if (name, *place) in miou else None for name in peers]
        cells = ["–" if gain is None else f"{100 * gain:+.1f}" for gain in [*gains, one.press.full]]
        split = f"`{place[0]}`, {place[1]}" + (f" (split {place[2]})" if place[2] else "")
        lines.append(f"| {split} | {stock:.3f} | " + " | ".join(cells) + f" | **{100 * one.gain:+.1f}** |")
    return "\n".join(lines)


def groups(decided: Sequence[Decided]) -> dict[str, list[Decided]]:
    """Return all jobs, and those of each K, number of objects and set."""
    found: dict[str, list[Decided]] = {"all": list(decided)}
    for one in decided:
        few = "up to 12" if one.press.objects <= 12 else "13 to 40" if one.press.objects <= 40 else "over 40"
        for name in (f"K = {one.press.k}", f"{few} objects", f"`{one.press.name}`"):
            found.setdefault(name, []).append(one)
    return dict(sorted(found.items(), key=lambda item: (item[0] != "all", item[0])))


def main() -> None:
    """Print the tables, and with ``--json`` one line at the end."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=Path, default=MEASURED)
    parser.add_argument("--fit", action="store_true", help="write the prior of all sets for the gate")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    rows = list(Rows(args.rows).rows.values())
    jobs = presses(rows)
    decided = decide_without_own_set(jobs)
    public = beside_public(decided, rows)
    print(table(groups(decided)))
    print()
    print(split_table(decided, rows))
    for name, told in public.items():
        print(
            f"{name}: {100 * told['gain']:+.1f} on {told['splits']:.0f} splits; served there "
            f"{100 * told['served']:+.1f}, {told['ratio']:.2f} times as much"
        )
    if args.fit:
        FITTED.write_text(json.dumps(to_json(fit(jobs)), indent=1) + "\n", encoding="utf-8")
        print(f"wrote {FITTED}")
    if args.json:
        print(json.dumps({"all": figures(decided), "public": public}))


if __name__ == "__main__":
    main()
