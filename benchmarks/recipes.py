"""Our tuning beside the public recipes: ``python -m benchmarks.recipes DATA_DIR... [--quick] [--json]``.

Each DATA_DIR has ``images/`` and ``masks/`` in the layout of ``samstudio import``. On each set, for
K = 5, 10, 20 images and three seeds, every recipe learns from the same objects, through the same
embeddings, and is scored on the same held-out images (box protocol, mIoU over objects). ``--quick``:
one seed at K = 10.

*ours* is one press of Fine-tune now, gate included, with its default time; what counts is the
version that serves afterwards (stock, where the gate kept the candidate aside). *candidate* is what
the gate judged, whatever it said. The others are in `benchmarks.public_recipes`; they have no gate
and take the time they take.

Rows are appended to a file (``--rows``) as they come, and a run leaves out those that are there, so
that the full table can be made in pieces, on CPU or GPU (``--device``). Rows of *ours* are told
apart by the recipe that made them: a changed default is measured afresh.

Expected before measuring: medsam and digitalsreeni gain on most sets and lose on easy ones; ours gains
1.2 times the best of them in the mean, since the mean of six models steadies what five images teach and
since the gate takes away the losses. What it came to is the work of `benchmarks.league`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.public_recipes import train
from benchmarks.recipe_sets import RecipeSet, load_set
from samstudio.config import Settings
from samstudio.domain import Embedding, Example
from samstudio.sam.decoder import SamDecoder
from samstudio.sam.models import load_model
from samstudio.services.tuning.canary import canary_set
from samstudio.tuning.data.samples import make_samples
from samstudio.tuning.evaluation import evaluate
from samstudio.tuning.pipeline import TuneOutcome, tune
from samstudio.tuning.recipe import Recipe
from samstudio.tuning.trainer import blend

MEASURED = Path(__file__).with_name("league.jsonl")
"""The rows of the documentation's tables."""

OURS = Recipe(effort_objects=1)
"""The default, but for the annotation effort, which decides nothing and takes time to measure."""

PUBLIC = ("seed", "notebook", "medsam", "digitalsreeni")
ALL = ("stock", *PUBLIC, "ours")
SHOWN = (*ALL, "candidate")

Row = dict[str, Any]
Key = tuple[str, int, int, str, str]


class Rows:
    """The rows measured so far, in a file of JSON lines."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        self.rows: dict[Key, Row] = {_key(row): row for row in map(json.loads, lines)}

    def add(self, row: Row) -> None:
        """Keep a row, on disk before anything else is measured."""
        self.rows[_key(row)] = row
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")


def _key(row: Row) -> Key:
    return (row["set"], row["k"], row["seed"], row["recipe"], row.get("made_by", ""))


def made_by(recipe: Recipe) -> str:
    """Tells our recipe of today from an earlier one."""
    told = json.dumps(recipe.to_json(), sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:8]


def measure(data: RecipeSet, k: int, seed: int, name: str, stock: SamDecoder, seconds: float) -> Row:
    """One row: a recipe on one split."""
    learned, held = data.split(k, seed)
    row: Row = {"set": data.name, "k": k, "seed": seed, "recipe": name}
    row |= {"n_train": len(learned), "n_held": len(held)}
    started = time.perf_counter()
    if name == "stock":
        return row | {"miou": _miou(stock, data, held), "seconds": 0.0}
    if name == "ours":
        return row | _ours(data, learned, held, stock, seed, seconds)
    samples, _ = make_samples(learned, data.embedding)
    state = train(name, stock, samples, data.embedding, seed=seed)
    spent = time.perf_counter() - started
    return row | {"miou": _miou(stock.with_weights(state), data, held), "seconds": spent}


def _ours(
    data: RecipeSet,
    learned: Sequence[Example],
    held: Sequence[Example],
    stock: SamDecoder,
    seed: int,
    seconds: float,
) -> Row:
    canary = canary_set()

    def embedding(image_id: str) -> Embedding:
        if image_id in canary.pixels:
            return data.embeddings.get(image_id, lambda: canary.pixels[image_id])
        return data.embedding(image_id)

    outcome = tune(
        stock=stock,
        live_state=None,
        examples=learned,
        embedding=embedding,
        everyday=canary.examples,
        recipe=OURS,
        seed=seed,
        max_seconds=seconds,
    )
    true = _at_strengths(outcome, data, held, stock)
    before, candidate = _miou(stock, data, held), true[outcome.scores.strength or 0.0]
    return {
        "miou": candidate if outcome.promote else before,
        "candidate": candidate,
        "promoted": outcome.promote,
        "reason": outcome.reason,
        "code": outcome.verdict.code,
        "true": {str(strength): miou - before for strength, miou in true.items()},
        "judged": {
            str(strength): {"gains": seen.gains.round(5).tolist(), "shares": seen.shares.round(5).tolist()}
            for strength, seen in outcome.differences.items()
        },
        "config": {key: value for key, value in outcome.config.to_json().items() if key != "recipe"},
        "scores": {key: value for key, value in outcome.scores.to_json().items() if key != "skipped"},
        "seconds": outcome.seconds,
        "max_seconds": seconds,
        "made_by": made_by(OURS),
    }


def _at_strengths(
    outcome: TuneOutcome, data: RecipeSet, held: Sequence[Example], stock: SamDecoder
) -> dict[float, float]:
    """Return the mIoU on held-out images of the job's models at each strength, whichever it chose."""
    chosen = outcome.scores.strength
    if chosen is None:
        return {}
    origin = stock.decoder_state()
    return {
        strength: _miou(stock.with_weights(blend(origin, [outcome.state], strength / chosen)), data, held)
        for strength in sorted({chosen, *outcome.differences})
    }


def _miou(decoder: SamDecoder, data: RecipeSet, held: Sequence[Example]) -> float:
    return evaluate(decoder, held, data.embedding).miou


def run(args: argparse.Namespace) -> list[Row]:
    """Measure what is missing; → the rows that were asked for."""
    model = load_model(name=args.model, weights_dir=Settings().weights_dir, device=args.device)
    rows = Rows(args.rows)
    ks, seeds = ([10], [0]) if args.quick else (args.k, list(range(args.seeds)))
    ours = made_by(OURS)
    wanted: list[Row] = []
    for folder in args.data:
        data = load_set(folder, model)
        for seed in seeds:
            for k in data.sizes(ks):
                for name in args.recipes:
                    key = (data.name, k, seed, name, ours if name == "ours" else "")
                    if key not in rows.rows:
                        row = measure(data, k, seed, name, model.stock, args.max_seconds)
                        rows.add(row)
                        print(f"{data.name} K={k} seed {seed} {name}: {row['miou']:.3f}", flush=True)
                    wanted.append(rows.rows[key])
    return wanted


def table(rows: Sequence[Row]) -> str:
    """mIoU by set, K and recipe, the mean over seeds; and what it comes to."""
    cells = _cells(rows)
    shown = [name for name in SHOWN if any(cell[2] == name for cell in cells)]
    lines = ["set K n " + " ".join(shown)]
    for name, k in sorted({cell[:2] for cell in cells}):
        values = [cells.get((name, k, recipe), []) for recipe in shown]
        count = max(map(len, values))
        means = [f"{np.mean(value):.3f}" if value else "-" for value in values]
        lines.append(" ".join([name, str(k), str(count), *means]))
    return _aligned(lines)


def _aligned(lines: Sequence[str]) -> str:
    split = [line.split(" ") for line in lines]
    widths = [max(len(row[i]) for row in split if i < len(row)) for i in range(max(map(len, split)))]
    return "\n".join("  ".join(word.ljust(widths[i]) for i, word in enumerate(row)).rstrip() for row in split)


def _cells(rows: Sequence[Row]) -> dict[tuple[str, int, str], list[float]]:
    cells: dict[tuple[str, int, str], list[float]] = {}
    for row in rows:
        cells.setdefault((row["set"], row["k"], row["recipe"]), []).append(row["miou"])
        if "candidate" in row:
            cells.setdefault((row["set"], row["k"], "candidate"), []).append(row["candidate"])
    return cells


def summary(rows: Sequence[Row]) -> dict[str, Any]:
    """Mean gain over stock by recipe, our ratio to the best public one, and our worst row."""
    stock = {(row["set"], row["k"], row["seed"]): row["miou"] for row in rows if row["recipe"] == "stock"}
    gains: dict[str, dict[tuple[str, int], list[float]]] = {}
    worst: tuple[float, str] = (0.0, "")
    slowest = 0.0
    for row in rows:
        place = (row["set"], row["k"], row["seed"])
        if row["recipe"] == "stock" or place not in stock:
            continue
        gain = row["miou"] - stock[place]
        gains.setdefault(row["recipe"], {}).setdefault(place[:2], []).append(gain)
        if row["recipe"] == "ours":
            slowest = max(slowest, row["seconds"])
            worst = min(worst, (gain, f"{place[0]} K={place[1]} seed {place[2]}"))
    mean = {name: float(np.mean([np.mean(g) for g in by.values()])) for name, by in gains.items()}
    best = max((mean[name] for name in PUBLIC if name in mean), default=float("nan"))
    return {
        "mean_gain": mean,
        "best_public_gain": best,
        "ratio": mean["ours"] / best if "ours" in mean and best > 0 else None,
        "worst_loss": worst[0],
        "worst_at": worst[1],
        "slowest_seconds": slowest,
    }


def main() -> None:
    """Measure, print the table, and with ``--json`` one line at the end."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", nargs="+", type=Path, metavar="DATA_DIR")
    parser.add_argument("--quick", action="store_true", help="one seed at K = 10")
    parser.add_argument("--k", nargs="+", type=int, default=[5, 10, 20], help="training images")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--recipes", nargs="+", choices=ALL, default=list(ALL))
    parser.add_argument("--max-seconds", type=float, default=Settings().tune_max_seconds, help="of ours")
    parser.add_argument("--model", default="vit_t")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--rows", type=Path, default=MEASURED)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    rows = run(args)
    result = summary(rows)
    print(table(rows))
    print(json.dumps(result, indent=2))
    if args.json:
        print(json.dumps({"rows": rows, **result}))


if __name__ == "__main__":
    main()
