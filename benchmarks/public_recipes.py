"""The published recipes for tuning SAM's mask decoder: the peers of `benchmarks.recipes`.

All of them train on single-mask answers to boxes, with their own loss, optimiser, schedule and
box jitter. What they leave open is decided in their favour: the frozen encoder is taken out of the
loop (same gradients, a tenth of the time), prompts are decoded in batches, and each sees at least
ten epochs and at least 320 prompts, as many as 80 steps of four, however few the objects.

- *seed*: segment-anything-playground. Adam 1e-6, one object a step, MSE between
  ``normalize(threshold(upscaled logits))`` and the mask at full size.
- *notebook*: the notebook that most tutorials copy (Hugging Face's "fine-tune SAM on a custom
  dataset"). Adam 1e-5, Dice and cross-entropy with squared denominators, boxes widened by up to 20 px.
- *medsam*: MedSAM's ``train_one_gpu.py``. AdamW 1e-4, weight decay 0.01, Dice plus cross-entropy,
  boxes widened by up to 20 px of 1024.
- *digitalsreeni*: AdamW 1e-4, focal and Dice 20:1 with the IoU head's squared error, warm-up and cosine,
  the best of ten epochs by the loss on a fifth of the images.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from samstudio.domain import Box, Prompt
from samstudio.sam.decoder import SINGLE, PromptBatch, SamDecoder
from samstudio.sam.geometry import postprocess_masks
from samstudio.tuning.data.samples import EmbeddingOf, Sample, features_of, targets_of
from samstudio.tuning.losses import cross_entropy, focal, soft_iou

EPOCHS = 10
LEAST_PROMPTS = 320

State = dict[str, Tensor]
Loss = Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]
"""(logits Bxhxw, target, valid, predicted IoU B) → a value an object."""


@dataclass(frozen=True)
class PublicRecipe:
    """One published way to tune; ``jitter`` in pixels of the 1024 frame."""

    learning_rate: float
    loss: Loss
    batch: int = 4
    jitter: float = 0.0
    adamw: bool = True
    weight_decay: float = 0.0
    cosine: bool = False
    best_epoch: bool = False


def dice_squared(logits: Tensor, target: Tensor, valid: Tensor) -> Tensor:
    """MONAI's Dice loss with ``sigmoid=True, squared_pred=True``: B."""
    probability = logits.sigmoid() * valid
    overlap = (probability * target).sum(dim=(1, 2))
    total = probability.square().sum(dim=(1, 2)) + target.square().sum(dim=(1, 2))
    return 1 - (2 * overlap + 1e-5) / (total + 1e-5)


def _dice_ce(logits: Tensor, target: Tensor, valid: Tensor, _iou: Tensor) -> Tensor:
    return dice_squared(logits, target, valid) + cross_entropy(logits, target, valid)


def _focal_dice_iou(logits: Tensor, target: Tensor, valid: Tensor, iou: Tensor) -> Tensor:
    honest = (iou - soft_iou(logits, target, valid)).square()
    return 20 * focal(logits, target, valid) + dice_squared(logits, target, valid) + honest


RECIPES = {
    "notebook": PublicRecipe(1e-5, _dice_ce, batch=2, jitter=20, adamw=False),
    "medsam": PublicRecipe(1e-4, _dice_ce, jitter=20, weight_decay=0.01),
    "digitalsreeni": PublicRecipe(1e-4, _focal_dice_iou, cosine=True, best_epoch=True),
}


def train(
    name: str, stock: SamDecoder, samples: Sequence[Sample], embedding: EmbeddingOf, *, seed: int
) -> State:
    """Train the mask decoder that the named public recipe makes of ``samples``."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    decoder = stock.with_weights(stock.decoder_state())
    decoder.mask_decoder.requires_grad_(True)
    if name == "seed":
        return _train_seed(decoder, samples, embedding, rng)
    return _train(RECIPES[name], decoder, samples, embedding, rng)


def _train(
    recipe: PublicRecipe,
    decoder: SamDecoder,
    samples: Sequence[Sample],
    embedding: EmbeddingOf,
    rng: np.random.Generator,
) -> State:
    learned, looked = _held_back(samples, rng) if recipe.best_epoch else (list(samples), [])
    parameters = list(decoder.mask_decoder.parameters())
    kind = torch.optim.AdamW if recipe.adamw else torch.optim.Adam
    optimizer = kind(parameters, lr=recipe.learning_rate, weight_decay=recipe.weight_decay)
    epochs = max(EPOCHS, math.ceil(LEAST_PROMPTS / len(learned)))
    total = epochs * math.ceil(len(learned) / recipe.batch)
    best, best_loss, step = decoder.decoder_state(), math.inf, 0
    for _ in range(epochs):
        for batch in _batches(learned, recipe.batch, rng):
            if recipe.cosine:
                _set_rate(optimizer, recipe.learning_rate * _warm_cosine((step + 0.5) / total))
            loss = _loss(recipe, decoder, batch, embedding, rng).mean()
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            step += 1
        if looked:
            seen = _looked_at(recipe, decoder, looked, embedding)
            if seen < best_loss:
                best, best_loss = decoder.decoder_state(), seen
    return best if looked else decoder.decoder_state()


def _loss(
    recipe: PublicRecipe,
    decoder: SamDecoder,
    batch: Sequence[Sample],
    embedding: EmbeddingOf,
    rng: np.random.Generator | None,
) -> Tensor:
    target, valid, region = targets_of(batch, decoder.device)
    prompts = [Prompt(box=_widened(sample, recipe.jitter, rng)) for sample in batch]
    prompted = PromptBatch.of(prompts, [sample.size for sample in batch], decoder.device)
    features = features_of(batch, embedding, decoder.device)
    low_res, iou = decoder(features, prompted, tokens=SINGLE, region=region)
    return recipe.loss(low_res[:, 0], target, valid, iou[:, 0])


@torch.no_grad()
def _looked_at(
    recipe: PublicRecipe, decoder: SamDecoder, samples: Sequence[Sample], embedding: EmbeddingOf
) -> float:
    calm = replace(recipe, jitter=0.0)
    return float(torch.cat([_loss(calm, decoder, [s], embedding, None) for s in samples]).mean())


def _train_seed(
    decoder: SamDecoder, samples: Sequence[Sample], embedding: EmbeddingOf, rng: np.random.Generator
) -> State:
    optimizer = torch.optim.Adam(decoder.mask_decoder.parameters(), lr=1e-6)
    for _ in range(EPOCHS):
        for (sample,) in _batches(samples, 1, rng):
            features = features_of([sample], embedding, decoder.device)
            prompted = PromptBatch.of([Prompt(box=sample.box)], [sample.size], decoder.device)
            low_res, _ = decoder(features, prompted, tokens=SINGLE)
            inner = embedding(sample.image_id).input_size
            up = postprocess_masks(low_res, input_size=inner, original_size=sample.size)
            truth = torch.from_numpy(sample.mask()[None, None]).float().to(decoder.device)
            loss = F.mse_loss(F.normalize(F.threshold(up, 0.0, 0.0)), truth)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
    return decoder.decoder_state()


def _batches(samples: Sequence[Sample], size: int, rng: np.random.Generator) -> list[list[Sample]]:
    order = rng.permutation(len(samples))
    return [[samples[i] for i in order[start : start + size]] for start in range(0, len(order), size)]


def _held_back(samples: Sequence[Sample], rng: np.random.Generator) -> tuple[list[Sample], list[Sample]]:
    """Four fifths to learn from, a fifth of the images to choose the epoch by; one image is both."""
    images = list(dict.fromkeys(sample.image_id for sample in samples))
    looked = {images[i] for i in rng.permutation(len(images))[: max(1, len(images) // 5)]}
    learned = [sample for sample in samples if sample.image_id not in looked] or list(samples)
    return learned, [sample for sample in samples if sample.image_id in looked]


def _widened(sample: Sample, pixels: float, rng: np.random.Generator | None) -> Box:
    """Move each side of the tight box outwards by up to ``pixels`` of the 1024 frame, within the image."""
    if rng is None or not pixels:
        return sample.box
    height, width = sample.size
    reach: NDArray[np.float64] = rng.uniform(0, pixels * max(height, width) / 1024, size=4)
    x0, y0, x1, y1 = sample.box
    return (
        max(0.0, x0 - reach[0]),
        max(0.0, y0 - reach[1]),
        min(width - 1.0, x1 + reach[2]),
        min(height - 1.0, y1 + reach[3]),
    )


def _warm_cosine(done: float) -> float:
    if done < 0.1:
        return done / 0.1
    return 0.5 * (1 + math.cos(math.pi * (done - 0.1) / 0.9))


def _set_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    for group in optimizer.param_groups:
        group["lr"] = rate
