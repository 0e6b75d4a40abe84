"""The training loop. It reads top to bottom; nothing here knows folds' verdicts, jobs or databases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from samstudio.domain import Prompt
from samstudio.sam.decoder import SINGLE, PromptBatch, SamDecoder
from samstudio.tuning import losses
from samstudio.tuning.prompting import any_click, jittered_box, next_click
from samstudio.tuning.recipe import Recipe
from samstudio.tuning.samples import EmbeddingOf, ImageBalanced, Sample, features_of, targets_of


class Trainee:
    """One decoder on its way: a copy of stock's mask decoder, its optimiser and its own shuffling.

    The prompt encoder is shared with ``start`` and never moves; the image
    encoder is not even in reach, only its embeddings are.
    """

    def __init__(
        self,
        *,
        start: SamDecoder,
        samples: Sequence[Sample],
        embedding: EmbeddingOf,
        recipe: Recipe,
        seed: int,
    ) -> None:
        self.decoder = start.with_weights(start.decoder_state())
        self.decoder.mask_decoder.requires_grad_(True)
        self._recipe = recipe
        self._embedding = embedding
        self._rng = np.random.default_rng(seed)
        self._deal = ImageBalanced(samples, rng=self._rng)
        self._optimizer = torch.optim.AdamW(
            self.decoder.mask_decoder.parameters(),
            lr=recipe.learning_rate,
            weight_decay=recipe.weight_decay,
        )

    def step(self, done: float) -> float:
        """Take one optimiser step, ``done`` being the fraction of training behind it; returns its loss."""
        recipe = self._recipe
        for group in self._optimizer.param_groups:
            group["lr"] = recipe.rate_at(done)

        batch = self._deal.draw(recipe.batch)
        prompts = self._prompts(batch)
        loss = batch_loss(self.decoder, batch, prompts, self._embedding, recipe)

        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.decoder.mask_decoder.parameters(), recipe.clip)
        self._optimizer.step()
        return float(loss.detach())

    def _prompts(self, batch: Sequence[Sample]) -> list[Prompt]:
        """Boxes and clicks, some of them followed by a correction of this very decoder's answer."""
        recipe, rng = self._recipe, self._rng
        prompts = [
            any_click(sample, rng)
            if rng.random() < recipe.click_share
            else jittered_box(sample, recipe.box_jitter, rng)
            for sample in batch
        ]
        for row, sample in enumerate(batch):
            if rng.random() < recipe.refine_share:
                prompts[row] = next_click(prompts[row], sample, self._answer(sample, prompts[row]))
        return prompts

    @torch.no_grad()
    def _answer(self, sample: Sample, prompt: Prompt) -> NDArray[np.float32]:
        """The low-res logits 256x256 that the decoder gives now."""
        features = features_of([sample], self._embedding, self.decoder.device)
        prompted = PromptBatch.of([prompt], [sample.size], self.decoder.device)
        low_res, _ = self.decoder(features, prompted, tokens=SINGLE)
        logits: NDArray[np.float32] = low_res[0, 0].cpu().numpy()
        return logits

    def state(self) -> dict[str, Tensor]:
        """The mask decoder's present weights, on the CPU."""
        return self.decoder.decoder_state()


def batch_loss(
    decoder: SamDecoder,
    batch: Sequence[Sample],
    prompts: Sequence[Prompt],
    embedding: EmbeddingOf,
    recipe: Recipe,
) -> Tensor:
    """The weighted losses of B prompts on B images, averaged: a scalar."""
    device = decoder.device
    features = features_of(batch, embedding, device)
    target, valid, region = targets_of(batch, device)
    prompted = PromptBatch.of(prompts, [sample.size for sample in batch], device)
    low_res, predicted_iou = decoder(features, prompted, tokens=SINGLE, region=region)
    logits = low_res[:, 0]
    honest = (predicted_iou[:, 0] - losses.soft_iou(logits, target, valid)).square()
    each = (
        recipe.dice_weight * losses.dice(logits, target, valid)
        + recipe.cross_entropy_weight * losses.cross_entropy(logits, target, valid)
        + recipe.focal_weight * losses.focal(logits, target, valid)
        + recipe.iou_weight * honest
    )
    mean: Tensor = each.mean()
    return mean


def blend(
    stock: Mapping[str, Tensor], tuned: Sequence[Mapping[str, Tensor]], strength: float
) -> dict[str, Tensor]:
    """``stock + strength * (mean of tuned - stock)``, weight by weight (WiSE-FT; model soups)."""
    blended = {}
    for name, origin in stock.items():
        mean = torch.stack([state[name] for state in tuned]).mean(dim=0)
        blended[name] = origin + strength * (mean - origin)
    return blended


def soup(
    stock: Mapping[str, Tensor], tuned: Sequence[Mapping[str, Tensor]], strength: float
) -> dict[str, Tensor]:
    """`blend`, but moved as far from stock as the tuned models are themselves, on average.

    The folds' models were judged at ``strength``, each by itself. Their steps
    differ in direction, so the mean step is shorter than any of them, and a
    plain blend would be weaker than what was judged.
    """
    lengths = [_distance(stock, state) for state in tuned]
    mean_length = _distance(stock, blend(stock, tuned, 1.0))
    stretch = sum(lengths) / len(lengths) / mean_length if mean_length else 1.0
    return blend(stock, tuned, strength * stretch)


def _distance(a: Mapping[str, Tensor], b: Mapping[str, Tensor]) -> float:
    """Euclidean distance of two decoders' weights."""
    squares = sum(float((a[name] - b[name]).double().square().sum()) for name in a)
    return float(squares**0.5)
