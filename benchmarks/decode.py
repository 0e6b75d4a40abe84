"""Encode, decode and train beside stock segment-anything: ``python -m benchmarks.decode [--json]``.

Same weights (``vit_t``), same images (photographs that scikit-image ships),
one process; the two ways of each row are run in turn, round by round, so that
a busy machine is equally unkind to both. Medians, 95th percentiles, and the
ratio of medians (below 1: ours is faster).

- *encode*: ours against the same ONNX file in onnxruntime's default session.
- *decoder*: prompt to low-res logits, against stock ``PromptEncoder`` and ``MaskDecoder``.
- *predict*: prompt to masks at the image's resolution, as ``SamPredictor.predict`` does it.
- *ten boxes*: the same for ten boxes on one image, in stock's one batch.
- *training step*, per prompt: ours (cached embeddings, prompts of several images in a
  batch, loss on low-res logits) against the seed's way (encoder in the loop,
  one image at a time, MSE of ``normalize(threshold(upscaled logits))`` at full size).

Expected before measuring, on 2 cores (from the multiplications left: 56 columns
of 128 in each attention over the image, one upscaling either way): encode 1.0
of stock's time, decoder 0.5, predict 0.6 (upsampling is stock's own), ten boxes
0.5, training step 0.2 or less (the encoder alone is 1 s of the seed's 1.3);
2.5 s to import and load.

Measured on 2 cores that were shared with other work (load 5, so the seconds
were three to five times those of an idle machine and only ratios say much):
encode 1.09, decoder 0.66, predict 0.68, ten boxes 0.46, training step 0.13. CPU
time of one thread, which sharing disturbs less: decoder 50 ms against 118
(0.43), ten boxes 0.56 s against 1.46 (0.39). Idle: encode 0.86 s, import and
load 2.3 s.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from skimage import data
from torch.nn import functional as F

from benchmarks.stock_sam import Stock
from samstudio.config import Settings
from samstudio.domain import Box, Embedding, Example, Prompt
from samstudio.masks import encode_rle
from samstudio.sam.decoder import SINGLE, PromptBatch
from samstudio.sam.embeddings import EmbeddingMemory, EmbeddingStore
from samstudio.sam.geometry import postprocess_masks
from samstudio.sam.models import SamModel, load_model
from samstudio.sam.predictor import LivePredictor
from samstudio.tuning.data.samples import make_sample
from samstudio.tuning.recipe import USUAL_RATE, Recipe
from samstudio.tuning.trainer import batch_loss

PICTURES = {
    "astronaut": data.astronaut,
    "coffee": data.coffee,
    "chelsea": data.chelsea,
    "rocket": data.rocket,
}
TEN = 10


@dataclass(frozen=True, eq=False)
class Scene:
    """One photograph with its embedding and ten boxes."""

    name: str
    pixels: NDArray[np.uint8]
    embedding: Embedding
    boxes: list[Box]


Row = dict[str, float]


def interleave(ways: dict[str, Callable[[], Any]], rounds: int) -> dict[str, list[float]]:
    """Run each way once to warm up, then ``rounds`` times in turn; seconds by way."""
    for way in ways.values():
        way()
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds):
        for name in sorted(ways, reverse=bool(number % 2)):
            started = time.perf_counter()
            ways[name]()
            seconds[name].append(time.perf_counter() - started)
    return seconds


def row(seconds: dict[str, list[float]]) -> Row:
    """Median and 95th percentile of ours and stock, and the ratio of medians."""
    found = {}
    for name, values in seconds.items():
        found[f"{name}_median_s"] = statistics.median(values)
        found[f"{name}_p95_s"] = float(np.quantile(values, 0.95))
    return found | {"ratio": found["ours_median_s"] / found["stock_median_s"]}


def scenes_of(store: EmbeddingStore) -> list[Scene]:
    """Return the photographs, encoded, each with ten boxes of all sizes."""
    rng = np.random.default_rng(0)
    scenes = []
    for name, picture in PICTURES.items():
        pixels = picture()
        height, width = pixels.shape[:2]
        boxes: list[Box] = []
        for _ in range(TEN):
            x0, y0 = rng.uniform(0, 0.6, 2)
            w, h = rng.uniform(0.1, 0.4, 2)
            boxes.append((x0 * width, y0 * height, (x0 + w) * width, (y0 + h) * height))
        scenes.append(Scene(name, pixels, store.get(name, lambda pixels=pixels: pixels), boxes))  # type: ignore[misc]
    return scenes


def time_encoding(model: SamModel, stock: Stock, scenes: list[Scene], rounds: int) -> Row:
    pixels = scenes[0].pixels
    ways = {"ours": lambda: model.encoder.encode(pixels), "stock": lambda: stock.encode(pixels)}
    return row(interleave(ways, rounds))


def time_decoder(model: SamModel, stock: Stock, scene: Scene, rounds: int) -> Row:
    features = torch.from_numpy(scene.embedding.features[None]).float()
    boxes = stock.boxes(scene.boxes[:1], scene.embedding.original_size)
    batch = PromptBatch(boxes=boxes)

    @torch.inference_mode()
    def ours() -> None:
        model.stock(features, batch, tokens=SINGLE)

    @torch.inference_mode()
    def theirs() -> None:
        stock.decode(features, boxes)

    return row(interleave({"ours": ours, "stock": theirs}, rounds))


def time_predicting(model: SamModel, stock: Stock, scene: Scene, count: int, rounds: int) -> Row:
    predictor = LivePredictor(stock=model.stock, load=lambda _number: {}, live=lambda: 0)
    features = torch.from_numpy(scene.embedding.features[None]).float()
    boxes = scene.boxes[:count]
    prompts = [Prompt(box=box) for box in boxes]
    ways = {
        "ours": lambda: predictor.predict(scene.embedding, prompts),
        "stock": lambda: stock.predict(scene.embedding, features, boxes),
    }
    return row(interleave(ways, rounds))


def examples_of(model: SamModel, scenes: list[Scene]) -> list[Example]:
    """Return what stock itself masks in the boxes: labels need not be good to be timed."""
    predictor = LivePredictor(stock=model.stock, load=lambda _number: {}, live=lambda: 0)
    return [
        Example(image_id=scene.name, rle=encode_rle(answer.masks[0]))
        for scene in scenes
        for answer in predictor.predict(scene.embedding, [Prompt(box=box) for box in scene.boxes[:3]])
        if answer.masks.any()
    ]


def time_training(model: SamModel, stock: Stock, scenes: list[Scene], rounds: int) -> Row:
    """Seconds a prompt: our optimiser step by its batch, the seed's by its one."""
    samples = [make_sample(example) for example in examples_of(model, scenes)]
    kept = {scene.name: scene for scene in scenes}
    recipe = Recipe()
    tuned = model.stock.with_weights(model.stock.decoder_state())
    adam_w = torch.optim.AdamW(tuned.mask_decoder.parameters(), lr=USUAL_RATE)
    turns, turn = itertools.cycle(samples), itertools.cycle(samples)

    def our_step() -> None:
        batch = list(itertools.islice(turns, recipe.batch))
        prompts = [Prompt(box=sample.box) for sample in batch]
        loss = batch_loss(tuned, batch, prompts, lambda name: kept[name].embedding, recipe)
        adam_w.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        adam_w.step()

    optimizer = torch.optim.Adam(stock.mask_decoder.parameters(), lr=1e-6)

    def seed_step() -> None:
        sample = next(turn)
        scene = kept[sample.image_id]
        with torch.no_grad():
            features = stock.encode(scene.pixels)
        low_res, _ = stock.decode(features, stock.boxes([sample.box], sample.size))
        up = postprocess_masks(low_res, input_size=scene.embedding.input_size, original_size=sample.size)
        truth = torch.from_numpy(sample.mask()[None, None]).float()
        loss = F.mse_loss(F.normalize(F.threshold(up, 0.0, 0.0)), truth)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()

    seconds = interleave({"ours": our_step, "stock": seed_step}, rounds)
    seconds["ours"] = [value / recipe.batch for value in seconds["ours"]]
    return row(seconds)


def time_cold_load(attempts: int) -> dict[str, float]:
    """Median seconds of a fresh process to import, and then to load the model; weights cached."""
    code = (
        "import time; started = time.perf_counter()\n"
        "from samstudio.config import Settings\n"
        "from samstudio.sam.models import load_model\n"
        "imported = time.perf_counter()\n"
        "load_model(name='vit_t', weights_dir=Settings().weights_dir, device='cpu')\n"
        "print(imported - started, time.perf_counter() - imported)"
    )
    runs = []
    for _ in range(attempts):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        runs.append([float(value) for value in done.stdout.split()])
    imported, loaded = np.median(runs, axis=0)
    return {"import_s": float(imported), "load_s": float(loaded)}


def measure(rounds: int) -> dict[str, Any]:
    """Every row; ``rounds`` of decoding, a fifth as many of what takes a second."""
    settings = Settings()
    model = load_model(name="vit_t", weights_dir=settings.weights_dir, device="cpu", threads=settings.threads)
    few = max(1, rounds // 5)
    with tempfile.TemporaryDirectory() as folder:
        memory = EmbeddingMemory(encoder=model.encoder, limit_bytes=1 << 26)
        store = EmbeddingStore(folder=Path(folder), memory=memory)
        scenes = scenes_of(store)
    stock = Stock(model.stock, settings.weights_dir / "encoder.onnx")
    return {
        "threads": torch.get_num_threads(),
        "encode": time_encoding(model, stock, scenes, few),
        "decoder_one_box": time_decoder(model, stock, scenes[0], rounds),
        "predict_one_box": time_predicting(model, stock, scenes[0], 1, rounds),
        "predict_ten_boxes": time_predicting(model, stock, scenes[0], TEN, few),
        "train_step_per_prompt": time_training(model, stock, scenes, few),
        "cold": time_cold_load(min(3, few)),
    }


def show(found: dict[str, Any]) -> None:
    """Format the table."""
    heading = f"seconds, {found['threads']} threads"
    print(f"{heading:24}{'ours':>9}{'p95':>9}{'stock':>9}{'p95':>9}{'ratio':>8}")
    for name, values in found.items():
        if isinstance(values, dict) and "ratio" in values:
            cells = (values[f"{who}_{what}_s"] for who in ("ours", "stock") for what in ("median", "p95"))
            print(f"{name:24}" + "".join(f"{cell:9.3f}" for cell in cells) + f"{values['ratio']:8.2f}")
    cold = found["cold"]
    print(f"cold process: import {cold['import_s']:.2f} s, load the model {cold['load_s']:.2f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--rounds", type=int, default=40, help="of decoding; a fifth as many of the slow rows"
    )
    parser.add_argument("--json", action="store_true", help="end with one JSON line")
    chosen = parser.parse_args()
    found = measure(chosen.rounds)
    show(found)
    if chosen.json:
        print(json.dumps(found))


if __name__ == "__main__":
    main()
