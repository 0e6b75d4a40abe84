"""What jobs come to, over all sets: ``python -m benchmarks.league [--rows FILE] [--risks] [--fit] [--json]``.

Reads the rows that `benchmarks.recipes` measured: for each job of ours the gains that it judged, by image
and strength, and the true gain at each strength on held-out images; and for the public recipes their
gain on the same splits. Nothing is trained here. The gate decides each job anew, **leave-one-set-out**: with
the prior fitted on the jobs of all *other* sets.

Figures are means over sets of the mean over a set's jobs, in points of mIoU:

- *served*: the true gain of what serves after the job; *full*: of the whole of the change, whatever the
  gate says;
- *refused*; *false refusals*: refused though the whole of the change gains a point or more;
- *false promotions*: served at more than half a point below stock.

*Chosen on* are the jobs that were there when the gate's constants were settled, the first of the rows;
*checked on* are those that were measured afterwards.

``--risks`` decides all jobs at several limits of the risk, and at the limit that serves most on the *other*
sets without a loss there: what the choice of that constant is worth. ``--fit`` writes the prior fitted on
all sets to where the gate reads it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.league_fit import fit
from benchmarks.league_jobs import Press, presses
from benchmarks.recipes import MEASURED, PUBLIC, Row, Rows
from samstudio.tuning.gate import Choice, Prior, choose
from samstudio.tuning.gate.choice import HURTS, MOST_RISK
from samstudio.tuning.gate.priors import FITTED, to_json
from samstudio.tuning.gate.rules.no_gain import LEAST_GAIN

WORTH = 0.01
"""A refusal is false where this much was to gain."""

BY_CHOICE = ("promoted", "no-gain", "gain-uncertain")
"""Verdicts that rest on the choice of the strength; other refusals stay what they were."""


CHOSEN_ON = 40
"""So many jobs, the first of `MEASURED`, were there when the gate's constants were settled."""

RISKS = (0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.10, 0.15)
"""The limits that ``--risks`` compares."""


@dataclass(frozen=True)
class Decided:
    """A job as the gate decided it without its own set."""

    press: Press
    choice: Choice
    served: bool

    @property
    def gain(self) -> float:
        """The true gain of what serves."""
        return self.press.true_at(self.choice.strength) if self.served else 0.0


def decide_without_own_set(jobs: Sequence[Press], most_risk: float = MOST_RISK) -> list[Decided]:
    """Return each job as the gate decides it with the prior of the other sets, at a limit of the risk."""
    names = {job.name for job in jobs}
    priors = {name: fit([job for job in jobs if job.name != name]) for name in names}
    return [_decided(job, priors[job.name], most_risk) for job in jobs]


def _decided(job: Press, priors: Mapping[float, Prior], most_risk: float) -> Decided:
    choice = choose(job.seen, priors, most_risk=most_risk)
    serves = choice.safe and choice.expected >= LEAST_GAIN and job.code in BY_CHOICE
    return Decided(job, choice, serves)


def at_the_limit_of_others(by_risk: Mapping[float, Sequence[Decided]]) -> list[Decided]:
    """Return each job as decided at the limit that serves most on the other sets, without a loss there."""
    found: list[Decided] = []
    for name in dict.fromkeys(one.press.name for one in next(iter(by_risk.values()))):
        others = {
            risk: [one for one in decided if one.press.name != name] for risk, decided in by_risk.items()
        }
        best = max(others, key=lambda risk: _without_a_loss(others[risk]))
        found += [one for one in by_risk[best] if one.press.name == name]
    return found


def _without_a_loss(decided: Sequence[Decided]) -> tuple[float, float]:
    told = figures(decided)
    return (-told["false_promotions"], told["served"])


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


def groups(decided: Sequence[Decided], chosen_on: int = CHOSEN_ON) -> dict[str, list[Decided]]:
    """Return all jobs, those of each K, number of objects and set, and the first ``chosen_on`` of them."""
    found: dict[str, list[Decided]] = {"all": list(decided)}
    for number, one in enumerate(decided):
        few = "up to 12" if one.press.objects <= 12 else "13 to 40" if one.press.objects <= 40 else "over 40"
        when = "chosen on" if number < chosen_on else "checked on"
        for name in (f"K = {one.press.k}", when, f"{few} objects", f"`{one.press.name}`"):
            found.setdefault(name, []).append(one)
    return dict(sorted(found.items(), key=lambda item: (item[0] != "all", item[0])))


def main() -> None:
    """Print the tables, and with ``--json`` one line at the end."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=Path, default=MEASURED)
    parser.add_argument("--risks", action="store_true", help="compare limits of the risk")
    parser.add_argument("--fit", action="store_true", help="write the prior of all sets for the gate")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    rows = list(Rows(args.rows).rows.values())
    jobs = presses(rows)
    decided = decide_without_own_set(jobs)
    parts = groups(decided)
    print(table(parts))
    print()
    print(split_table(decided, rows))
    for name in [one for one in parts if not one.startswith("`")]:
        for peer, told in beside_public(parts[name], rows).items():
            print(
                f"{name}: {peer} {100 * told['gain']:+.1f} on {told['splits']:.0f} splits; served there "
                f"{100 * told['served']:+.1f}, {told['ratio']:.2f} times as much"
            )
    if args.risks:
        by_risk = {risk: decide_without_own_set(jobs, risk) for risk in RISKS}
        nested = {"chosen without the set": at_the_limit_of_others(by_risk)}
        print(table({f"risk {risk:.0%}": one for risk, one in by_risk.items()} | nested))
    if args.fit:
        FITTED.write_text(json.dumps(to_json(fit(jobs)), indent=1) + "\n", encoding="utf-8")
        print(f"wrote {FITTED}")
    if args.json:
        print(json.dumps({"all": figures(decided), "public": beside_public(decided, rows)}))


if __name__ == "__main__":
    main()
