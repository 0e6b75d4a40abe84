"""The watch after a swap, simulated: ``python -m benchmarks.watch DATA_DIR... [--runs N] [--json]``.

Each DATA_DIR has ``images/`` and ``masks/`` in the layout of ``samstudio import``. On each set some decoders
are forced live over a former one, a simulated person annotates the set's images one after the other, and
the watch counts what it would count in the app. Asked is after how many new objects a *bad* version is
taken back, and how often a *good* one is.

Live over former: a decoder tuned for 30 steps on five images over stock, and stock over it; stock with noise
added to its weights, so much that it loses about 5, 10 and 20 points, over stock, and stock over it; and one
trained for 20 steps on the masks of other objects, over stock. What is good and what is bad is decided by the
true masks. *Either*: on each image one of the two, drawn at random, is the live one, so that by design
neither is better; images are drawn with replacement, up to 200 objects.

The person draws a box around the object. The live version's answer is accepted as it is where it reaches an
IoU of 0.9 with the truth: then the final mask *is* that answer. Otherwise it is corrected to the truth, one
in five only on the left half. Images, of five objects at most, come in random order, ``--runs`` times; up to
60 objects.

Beside the watch's rule the table has two others, with the same test: *all*, the difference of the IoUs on
all objects, and *corrected*, on the corrected ones alone.

Expected before measuring: *corrected* takes good versions back, for it sees only their failures; *all* finds
bad ones late; the watch's rule takes no good one back and finds nine in ten of those that lose ten points
within 30 objects.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.recipe_sets import RecipeSet, load_set
from samstudio.config import Settings
from samstudio.domain import Example, Prompt
from samstudio.masks import Mask, encode_rle, iou
from samstudio.sam.decoder import SINGLE, PromptBatch, SamDecoder
from samstudio.sam.geometry import binary_masks
from samstudio.sam.models import load_model
from samstudio.tuning.data.samples import Sample, features_of, make_sample, targets_of
from samstudio.tuning.evaluation import evaluate
from samstudio.tuning.losses import cross_entropy, soft_iou
from samstudio.tuning.watch import sequential_test
from samstudio.tuning.watch.difference import NewObject

State = dict[str, torch.Tensor]

LEARNED_IMAGES = 5
MOST_IMAGES, MOST_AN_IMAGE, MOST_OBJECTS = 40, 5, 80
NOISE_EXAMPLES = 12
"""Objects on which the size of the noise is found."""

HORIZON = 60
"""Objects that the person annotates while the watch looks on."""

LONG_HORIZON = 200
"""The same, where neither version is better."""

SOON = 30
ACCEPTED = 0.9
HALF_CORRECTED = 0.2
LOSSES = (0.05, 0.1, 0.2)
BAD, GOOD = 0.05, -0.005
"""True loss, in IoU, from which a live version counts as bad, and up to which as good."""


@dataclass(frozen=True)
class Annotated:
    """One object: both versions' true IoUs, and the object as the watch sees it."""

    true_former: float
    true_live: float
    seen: NewObject


@dataclass(frozen=True)
class Pair:
    """A decoder forced live over a former one."""

    name: str
    former: SamDecoder
    live: SamDecoder
    reverses: bool = False
    """Whether it is the pair before, the other way round."""


def pairs(data: RecipeSet, stock: SamDecoder, learned: list[Example], seed: int) -> Iterator[Pair]:
    """Yield what is forced live on a set."""
    tuned = stock.with_weights(trained(data, stock, learned, steps=30, seed=seed))
    yield Pair("tuned over stock", stock, tuned)
    yield Pair("stock over tuned", tuned, stock, reverses=True)
    for loss in LOSSES:
        spoilt = stock.with_weights(noisy(data, stock, learned[:NOISE_EXAMPLES], loss, seed))
        yield Pair(f"noise, {100 * loss:.0f} points", stock, spoilt)
        yield Pair(f"stock over noise, {100 * loss:.0f} points", spoilt, stock, reverses=True)
    order = np.random.default_rng(seed).permutation(len(learned))
    wrong = [Example(one.image_id, learned[i].rle) for one, i in zip(learned, order, strict=True)]
    fitting = [one for one, own in zip(wrong, learned, strict=True) if one.rle["size"] == own.rle["size"]]
    yield Pair(
        "other objects' masks", stock, stock.with_weights(_poisoned(data, stock, learned, fitting, seed))
    )


def _poisoned(
    data: RecipeSet, stock: SamDecoder, learned: list[Example], wrong: list[Example], seed: int
) -> State:
    """Train on boxes of one object and masks of another one."""
    boxes = [make_sample(one) for one in learned]
    return trained(data, stock, wrong or learned, steps=20, seed=seed, boxes=boxes)


def trained(
    data: RecipeSet,
    stock: SamDecoder,
    examples: Sequence[Example],
    *,
    steps: int,
    seed: int,
    boxes: Sequence[Sample] = (),
) -> State:
    """Tune the mask decoder for some steps of four boxes; ``boxes``: prompts of other objects instead."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    decoder = stock.with_weights(stock.decoder_state())
    decoder.mask_decoder.requires_grad_(True)
    samples = [make_sample(one) for one in examples]
    optimizer = torch.optim.AdamW(decoder.mask_decoder.parameters(), lr=1e-4)
    for _ in range(steps):
        chosen = rng.choice(len(samples), size=min(4, len(samples)), replace=False)
        batch = [samples[i] for i in chosen]
        prompted = [boxes[rng.integers(len(boxes))] for _ in batch] if boxes else batch
        loss = _loss(decoder, batch, prompted, data).mean()
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return decoder.decoder_state()


def _loss(
    decoder: SamDecoder, batch: Sequence[Sample], prompted: Sequence[Sample], data: RecipeSet
) -> torch.Tensor:
    target, valid, region = targets_of(batch, decoder.device)
    prompts = [Prompt(box=sample.box) for sample in prompted]
    given = PromptBatch.of(prompts, [sample.size for sample in batch], decoder.device)
    low_res, _ = decoder(
        features_of(batch, data.embedding, decoder.device), given, tokens=SINGLE, region=region
    )
    logits = low_res[:, 0]
    return 1 - soft_iou(logits, target, valid) + cross_entropy(logits, target, valid)


def noisy(data: RecipeSet, stock: SamDecoder, examples: Sequence[Example], loss: float, seed: int) -> State:
    """Add noise to stock's mask decoder, as much as costs about ``loss`` of mIoU on the examples."""
    generator = torch.Generator().manual_seed(seed)
    origin = stock.decoder_state()
    noise = {
        name: torch.randn(values.shape, generator=generator) * values.std()
        for name, values in origin.items()
        if values.numel() > 1
    }
    before = evaluate(stock, examples, data.embedding).miou
    low, high = 0.0, 0.5
    for _ in range(6):
        middle = (low + high) / 2
        state = {name: values + middle * noise.get(name, 0) for name, values in origin.items()}
        after = evaluate(stock.with_weights(state), examples, data.embedding).miou
        low, high = (middle, high) if before - after < loss else (low, middle)
    return state


def annotate(pair: Pair, data: RecipeSet, examples: Sequence[Example], seed: int) -> list[Annotated]:
    """Let the person annotate with the live version, then score both on the final masks."""
    rng = np.random.default_rng(seed)
    samples = [make_sample(one) for one in examples]
    finals = [_final(pair.live, data, sample, rng) for sample in samples]
    rewritten = [
        Example(one.image_id, encode_rle(mask)) for one, (mask, _) in zip(examples, finals, strict=True)
    ]
    true = [evaluate(one, examples, data.embedding).ious() for one in (pair.former, pair.live)]
    seen = [evaluate(one, rewritten, data.embedding).ious() for one in (pair.former, pair.live)]
    return [
        Annotated(true[0][i], true[1][i], NewObject(one.image_id, seen[0][i], seen[1][i], finals[i][1]))
        for i, one in enumerate(examples)
    ]


@torch.inference_mode()
def _final(live: SamDecoder, data: RecipeSet, sample: Sample, rng: np.random.Generator) -> tuple[Mask, bool]:
    """Return the mask that the person ends with, and whether it is the live version's answer untouched."""
    x0, y0, x1, y1 = sample.box
    slack = rng.uniform(-0.03, 0.03, 4) * ([x1 - x0, y1 - y0] * 2)
    box = tuple(np.clip(np.add(sample.box, slack), 0, [sample.size[1] - 1, sample.size[0] - 1] * 2))
    given = PromptBatch.of([Prompt(box=box)], [sample.size], live.device)  # type: ignore[arg-type]
    low_res, _ = live(features_of([sample], data.embedding, live.device), given, tokens=SINGLE)
    inner = data.embedding(sample.image_id).input_size
    answer: Mask = binary_masks(low_res, input_size=inner, original_size=sample.size)[0][0]
    truth = sample.mask()
    if iou(answer, truth) >= ACCEPTED:
        return answer, True
    if rng.random() >= HALF_CORRECTED or not answer.any():
        return truth, False
    half = answer.copy()
    middle = int(x0 + x1) // 2
    half[:, :middle] = truth[:, :middle]
    return (half if half.any() else truth), False


def found_after(objects: Sequence[NewObject], most: int = HORIZON) -> int | None:
    """Return how many objects the test needed; None where it never found the live version worse."""
    for count in range(1, min(most, len(objects)) + 1):
        if sequential_test.evidence(objects[:count]) >= sequential_test.LIMIT:
            return count
    return None


def corrected(objects: Sequence[NewObject]) -> list[NewObject]:
    """Return the objects that were not accepted untouched."""
    return [one for one in objects if not one.untouched]


def everything(objects: Sequence[NewObject]) -> list[NewObject]:
    """Return the objects as if none had been accepted untouched: each counts with its difference."""
    return [NewObject(one.image_id, one.former, one.live, untouched=False) for one in objects]


RULES: dict[str, Callable[[Sequence[NewObject]], Sequence[NewObject]]] = {
    "watch": list,
    "all": everything,
    "corrected": corrected,
}


def simulate(objects: Sequence[Annotated], runs: int, seed: int) -> dict[str, Any]:
    """Annotate the images in random order, again and again; how soon does each rule take back?"""
    rng = np.random.default_rng(seed)
    by_image = _by_image(objects)
    images = list(by_image)
    found: dict[str, list[int | None]] = {rule: [] for rule in RULES}
    for _ in range(runs):
        order = rng.permutation(len(images))
        annotated = [one for i in order for one in by_image[images[i]]][:HORIZON]
        for rule, counted in RULES.items():
            found[rule].append(found_after(counted(annotated)))
    return {rule: _summed(counts) for rule, counts in found.items()}


def simulate_either(
    one: Sequence[Annotated], other: Sequence[Annotated], runs: int, seed: int
) -> dict[str, float]:
    """Let either of two versions be the live one on each image; how often does the watch go back?

    Args:
        one: The objects as annotated with one of them.
        other: The same objects, as annotated with the other.
        runs: How often.
        seed: Of the draws.
    """
    rng = np.random.default_rng(seed)
    both = [_by_image(one), _by_image(other)]
    images = list(both[0])
    found = []
    for _ in range(runs):
        drawn = [images[i] for i in rng.integers(len(images), size=LONG_HORIZON)]
        annotated = [
            replace(seen, image_id=f"{turn}")
            for turn, i in enumerate(drawn)
            for seen in both[rng.integers(2)][i]
        ]
        found.append(found_after(annotated, LONG_HORIZON))
    return {
        "within_60": float(np.mean([count is not None and count <= HORIZON for count in found])),
        "within_200": float(np.mean([count is not None for count in found])),
    }


def _by_image(objects: Sequence[Annotated]) -> dict[str, list[NewObject]]:
    found: dict[str, list[NewObject]] = {}
    for one in objects:
        found.setdefault(one.seen.image_id, []).append(one.seen)
    return found


def _summed(counts: Sequence[int | None]) -> dict[str, float | None]:
    soon = [count is not None and count <= SOON for count in counts]
    ever = [count for count in counts if count is not None]
    return {
        "soon": float(np.mean(soon)),
        "ever": len(ever) / len(counts),
        "median": float(np.median(ever)) if ever else None,
    }


def measure(
    folder: Path, stock: SamDecoder, model: Any, args: argparse.Namespace
) -> Iterator[dict[str, Any]]:
    """Yield a row for each pair of versions on one set."""
    data = load_set(folder, model)
    order = [list(data.objects)[i] for i in np.random.default_rng(args.seed).permutation(len(data.objects))]
    learned = [one for image_id in order[:LEARNED_IMAGES] for one in data.objects[image_id]]
    images = order[LEARNED_IMAGES:][: args.images]
    new = [one for image_id in images for one in data.objects[image_id][:MOST_AN_IMAGE]][:MOST_OBJECTS]
    before: list[Annotated] = []
    for pair in pairs(data, stock, learned, args.seed):
        objects = annotate(pair, data, new, args.seed)
        either = simulate_either(before, objects, args.runs, args.seed) if pair.reverses else None
        before = objects
        gaps = np.array([one.true_former - one.true_live for one in objects])
        yield {
            "set": data.name,
            "live": pair.name,
            "objects": len(objects),
            "images": len({one.seen.image_id for one in objects}),
            "loss": float(gaps.mean()),
            "spread": float(gaps.std()),
            "alike": _alike(objects),
            "untouched": float(np.mean([one.seen.untouched for one in objects])),
            "either": either,
            **simulate(objects, args.runs, args.seed),
        }


def _alike(objects: Sequence[Annotated]) -> float | None:
    """Return the correlation of the differences, clipped as the test does, within one image."""
    most = sequential_test.MOST
    gaps = np.clip([one.true_former - one.true_live for one in objects], -most, most)
    images = np.array([one.seen.image_id for one in objects])
    own = images[:, None] == images[None]
    np.fill_diagonal(own, False)
    centred = gaps - gaps.mean()
    return (
        float(np.outer(centred, centred)[own].mean() / centred.var()) if own.any() and centred.var() else None
    )


def verdict(row: dict[str, Any]) -> str:
    """Return what the live version is in truth."""
    return "bad" if row["loss"] >= BAD else "good" if row["loss"] <= GOOD else "neither"


def table(rows: Sequence[dict[str, Any]]) -> str:
    """Return the rows as Markdown: the share taken back within 30 objects, and within 60.

    The last column is *either* of a pair and its reverse, within 60 and within 200.
    """
    lines = [
        "| set | live | loss, points | untouched | watch | all | corrected | either |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        shares = " | ".join(
            f"{100 * row[rule]['soon']:.0f} / {100 * row[rule]['ever']:.0f} %" for rule in RULES
        )
        head = f"| `{row['set']}` | {row['live']} ({verdict(row)}) | {100 * row['loss']:+.1f}"
        either = row["either"]
        told = f"{100 * either['within_60']:.0f} / {100 * either['within_200']:.0f} %" if either else ""
        lines.append(f"{head} | {100 * row['untouched']:.0f} % | {shares} | {told} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("data", type=Path, nargs="+")
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--images", type=int, default=MOST_IMAGES, help="New images, at most.")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--model", default="vit_t")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    model = load_model(name=args.model, weights_dir=Settings().weights_dir, device=args.device)
    rows = []
    for folder in args.data:
        for row in measure(folder, model.stock, model, args):
            rows.append(row)
            print(json.dumps(row), file=sys.stderr, flush=True)
    print(json.dumps(rows) if args.json else table(rows))


if __name__ == "__main__":
    main()
