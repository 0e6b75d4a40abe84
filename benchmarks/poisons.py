"""Accepted masks that are nonsense: ``python -m benchmarks.poisons DATA_DIR... [--images 10] [--json]``.

Each DATA_DIR is as for `benchmarks.recipes`. For each kind of nonsense, the same images get masks that
show something else than their objects, and Fine-tune now is pressed once. What would serve afterwards
(stock, where the gate kept the candidate aside) is then scored with the *true* masks of held-out images.

Kinds: *random* (a blob anywhere), *noise* (coarse squares all over the image), *moved* (each mask
elsewhere, every one by an offset of its own), *offset* (all by one offset), *background* (what is no
object), *swapped* (the masks of another image), *boxes* (all of an object's box), *everything* (all of
the image). Some of them are consistent, and a decoder that learns them does what the masks ask for;
but none may serve that loses half a point or more on the true masks.

Expected before measuring: noise, moved and swapped teach nothing that holds on other images, so that no
gain is expected and nothing serves; random, boxes and everything teach one shape for all, and background
answers outside of any small box: their gains on masks like those learned from are large, and what
refuses them is the look at how they answer.
"""

from __future__ import annotations

import argparse
import json
import time
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.recipe_sets import RecipeSet, load_set
from samstudio.config import Settings
from samstudio.domain import Embedding, Example, Size
from samstudio.masks import Mask, RunLengths, encode_rle
from samstudio.sam.decoder import SamDecoder
from samstudio.sam.models import load_model
from samstudio.services.tuning.canary import canary_set
from samstudio.tuning.evaluation import evaluate
from samstudio.tuning.pipeline import tune

Rng = np.random.Generator
Pictures = list[list[Mask]]
"""The masks of each image."""

Row = dict[str, Any]

LARGEST_LOSS = 0.005
"""A version that serves may lose no more mIoU than this on true masks."""


def blob(rng: Rng, size: Size) -> Mask:
    """Draw a smooth closed shape at random, a twentieth to a quarter of the shorter side in radius."""
    height, width = size
    radius = min(size) * rng.uniform(0.05, 0.25)
    centre = rng.uniform(radius, width - radius), rng.uniform(radius, height - radius)
    angles = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    waves = sum(rng.normal(0, 0.12 / n) * np.cos(n * angles + rng.uniform(0, 6.3)) for n in range(2, 6))
    reach = radius * (1 + waves)
    outline = np.stack([centre[0] + reach * np.cos(angles), centre[1] + reach * np.sin(angles)], axis=-1)
    mask = np.zeros(size, np.uint8)
    cv2.fillPoly(mask, [np.rint(outline).astype(np.int32)], 1)
    return mask > 0


def shifted(mask: Mask, across: int, down: int) -> Mask:
    """Move a mask; what leaves the image is lost."""
    rows, columns = np.nonzero(mask)
    rows, columns = rows + down, columns + across
    kept = (rows >= 0) & (rows < mask.shape[0]) & (columns >= 0) & (columns < mask.shape[1])
    found = np.zeros_like(mask)
    found[rows[kept], columns[kept]] = True
    return found


def _sides(mask: Mask) -> tuple[float, float]:
    """Return the width and height of a mask's box."""
    x0, y0, x1, y1 = RunLengths.parse(encode_rle(mask)).box
    return x1 - x0 + 1, y1 - y0 + 1


def random_blobs(rng: Rng, pictures: Pictures) -> Pictures:
    """Draw a blob anywhere for each object."""
    return [[blob(rng, _size(mask)) for mask in masks] for masks in pictures]


def noise(rng: Rng, pictures: Pictures) -> Pictures:
    """Draw coarse squares all over the image, one mask an image."""
    return [[_resized(rng.random((8, 8)) < 0.3, _size(masks[0]))] for masks in pictures]


def moved(rng: Rng, pictures: Pictures) -> Pictures:
    """Move each mask elsewhere, by half to one and a half of its own size."""

    def one(mask: Mask) -> Mask:
        angle, far = rng.uniform(0, 2 * np.pi), rng.uniform(0.5, 1.5)
        width, height = _sides(mask)
        return shifted(mask, round(far * np.cos(angle) * width), round(far * np.sin(angle) * height))

    return [[one(mask) for mask in masks] for masks in pictures]


def offset(_rng: Rng, pictures: Pictures) -> Pictures:
    """Move all masks by half of the usual object's size, to one side."""
    width, height = np.median([_sides(mask) for masks in pictures for mask in masks], axis=0)
    return [[shifted(mask, round(width / 2), round(height / 4)) for mask in masks] for masks in pictures]


def background(_rng: Rng, pictures: Pictures) -> Pictures:
    """Mark what is no object, one mask an image."""
    return [[~np.any(masks, axis=0)] for masks in pictures]


def swapped(_rng: Rng, pictures: Pictures) -> Pictures:
    """Give each image the masks of the next."""
    return [
        [_resized(mask, _size(masks[0])) for mask in pictures[(number + 1) % len(pictures)]]
        for number, masks in enumerate(pictures)
    ]


def boxes(_rng: Rng, pictures: Pictures) -> Pictures:
    """Fill each object's box."""

    def one(mask: Mask) -> Mask:
        rows, columns = mask.any(axis=1).nonzero()[0], mask.any(axis=0).nonzero()[0]
        found = np.zeros_like(mask)
        found[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] = True
        return found

    return [[one(mask) for mask in masks] for masks in pictures]


def everything(_rng: Rng, pictures: Pictures) -> Pictures:
    """Mark all of the image, one mask an image."""
    return [[np.ones_like(masks[0])] for masks in pictures]


KINDS: dict[str, Callable[[Rng, Pictures], Pictures]] = {
    "random": random_blobs,
    "noise": noise,
    "moved": moved,
    "offset": offset,
    "background": background,
    "swapped": swapped,
    "boxes": boxes,
    "everything": everything,
}


def _size(mask: Mask) -> Size:
    return mask.shape[0], mask.shape[1]


def _resized(mask: Mask, size: Size) -> Mask:
    resized = cv2.resize(mask.astype(np.uint8), size[::-1], interpolation=cv2.INTER_NEAREST)
    return np.asarray(resized > 0)


def poisoned(kind: str, examples: Sequence[Example], seed: int = 0) -> list[Example]:
    """Return nonsense of a kind on the same images, the same each time; empty masks are left out."""
    by_image: dict[str, list[Mask]] = {}
    for example in examples:
        by_image.setdefault(example.image_id, []).append(RunLengths.parse(example.rle).decode())
    rng = np.random.default_rng([seed, zlib.crc32(kind.encode())])
    pictures = KINDS[kind](rng, list(by_image.values()))
    found = [(image_id, mask) for image_id, masks in zip(by_image, pictures, strict=True) for mask in masks]
    return [
        Example(image_id, encode_rle(mask), number)
        for number, (image_id, mask) in enumerate(found, 1)
        if mask.any()
    ]


def press(
    data: RecipeSet, kind: str, stock: SamDecoder, *, images: int, seed: int, max_seconds: float
) -> Row:
    """Press once on nonsense of a kind, and score what would serve with true masks.

    Args:
        data: The set.
        kind: One of `KINDS`.
        stock: The model's own decoder.
        images: How many images are learned from.
        seed: Picks them, and the nonsense.
        max_seconds: Time for the press, in seconds.
    """
    learned, held = data.split(data.sizes([images])[0], seed)
    canary = canary_set()

    def embedding(image_id: str) -> Embedding:
        if image_id in canary.pixels:
            return data.embeddings.get(image_id, lambda: canary.pixels[image_id])
        return data.embedding(image_id)

    started = time.perf_counter()
    outcome = tune(
        stock=stock,
        live_state=None,
        examples=poisoned(kind, learned, seed),
        embedding=embedding,
        everyday=canary.examples,
        seed=seed,
        max_seconds=max_seconds,
    )
    seconds = time.perf_counter() - started
    before = evaluate(stock, held, data.embedding).miou
    after = evaluate(stock.with_weights(outcome.state), held, data.embedding).miou
    return {
        "set": data.name,
        "kind": kind,
        "promoted": outcome.promote,
        "code": outcome.verdict.code,
        "strength": outcome.scores.strength,
        "stock": before,
        "candidate_gain": after - before,
        "served_gain": after - before if outcome.promote else 0.0,
        "reason": outcome.reason,
        "seconds": seconds,
    }


def summary(rows: Sequence[Row]) -> dict[str, dict[str, float]]:
    """By kind: how many presses, how many served, and the mean and worst true gain of what serves."""
    found = {}
    for kind in KINDS:
        gains = [row["served_gain"] for row in rows if row["kind"] == kind]
        if gains:
            served = sum(row["promoted"] for row in rows if row["kind"] == kind)
            found[kind] = {
                "presses": len(gains),
                "served": served,
                "mean_gain": float(np.mean(gains)),
                "worst_gain": float(min(gains)),
            }
    return found


def line(row: Row) -> str:
    """One press in words."""
    told = f"{row['set']} {row['kind']}: {'served' if row['promoted'] else 'refused'} ({row['code']})"
    gain = f"candidate {row['candidate_gain']:+.3f}, served {row['served_gain']:+.3f}"
    return f"{told} at {row['strength']}, {gain}, {row['seconds']:.0f} s"


def main() -> None:
    """Measure, print a line a press and one a kind, and with ``--json`` one line at the end."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", nargs="+", type=Path, metavar="DATA_DIR")
    parser.add_argument("--images", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--max-seconds", type=float, default=Settings().tune_max_seconds)
    parser.add_argument("--model", default="vit_t")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    model = load_model(name=args.model, weights_dir=Settings().weights_dir, device=args.device)
    rows: list[Row] = []
    for folder in args.data:
        data = load_set(folder, model)
        for kind in args.kinds:
            given = {"images": args.images, "seed": args.seed, "max_seconds": args.max_seconds}
            rows.append(press(data, kind, model.stock, **given))
            print(line(rows[-1]), flush=True)
    found = summary(rows)
    for kind, told in found.items():
        print(f"{kind:11} served {told['served']} of {told['presses']}, worst {told['worst_gain']:+.3f}")
    if args.json:
        print(json.dumps({"rows": rows, "kinds": found}))
    if any(told["worst_gain"] < -LARGEST_LOSS for told in found.values()):
        raise SystemExit(f"a version serves that loses more than {LARGEST_LOSS} on the true masks")


if __name__ == "__main__":
    main()
