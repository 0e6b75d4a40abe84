"""The training loop. It reads top to bottom; nothing here knows folds' verdicts, jobs or databases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from samstudio.domain import Prompt
from samstudio.sam.decoder import PromptBatch, SamDecoder
from samstudio.tuning import losses
from samstudio.tuning.forward import decode
from samstudio.tuning.prompting import jittered_box
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
        steps: int,
        seed: int,
    ) -> None:
        self.decoder = start.with_weights(start.decoder_state())
        self.decoder.mask_decoder.requires_grad_(True)
        self._recipe = recipe
        self._steps = steps
        self._embedding = embedding
        self._rng = np.random.default_rng(seed)
        self._deal = ImageBalanced(samples, rng=self._rng)
        self._optimizer = torch.optim.AdamW(
            self.decoder.mask_decoder.parameters(),
            lr=recipe.learning_rate,
            weight_decay=recipe.weight_decay,
        )
        self.step_number = 0

    def step(self) -> float:
        """Take one optimiser step; returns its loss."""
        recipe = self._recipe
        for group in self._optimizer.param_groups:
            group["lr"] = recipe.rate_at(self.step_number, self._steps)

        batch = self._deal.draw(recipe.batch)
        prompts = [self._prompt(sample) for sample in batch]
        loss = batch_loss(self.decoder, batch, prompts, self._embedding, recipe)

        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.decoder.mask_decoder.parameters(), recipe.clip)
        self._optimizer.step()
        self.step_number += 1
        return float(loss.detach())

    def _prompt(self, sample: Sample) -> Prompt:
        return jittered_box(sample, self._recipe.box_jitter, self._rng)

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
    """Focal, dice and IoU-head losses of B prompts on B images, weighted and averaged: a scalar."""
    device = decoder.device
    features = features_of(batch, embedding, device)
    target, valid, region = targets_of(batch, device)
    prompted = PromptBatch.of(prompts, [sample.size for sample in batch], device)
    low_res, predicted_iou = decode(decoder, features, prompted, region=region)
    logits = low_res[:, 0]
    honest = (predicted_iou[:, 0] - losses.soft_iou(logits, target, valid)).square()
    each = (
        recipe.focal_weight * losses.focal(logits, target, valid)
        + recipe.dice_weight * losses.dice(logits, target, valid)
        + recipe.iou_weight * honest
    )
    return each.mean()


def blend(
    stock: Mapping[str, Tensor], tuned: Sequence[Mapping[str, Tensor]], strength: float
) -> dict[str, Tensor]:
    """``stock + strength * (mean of tuned - stock)``, weight by weight (WiSE-FT; model soups)."""
    blended = {}
    for name, origin in stock.items():
        mean = torch.stack([state[name] for state in tuned]).mean(dim=0)
        blended[name] = origin + strength * (mean - origin)
    return blended
