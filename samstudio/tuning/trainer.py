"""The training loop. Not here: folds, verdicts, jobs and databases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from samstudio.domain import Prompt
from samstudio.sam.decoder import SINGLE, PromptBatch, SamDecoder
from samstudio.tuning import losses
from samstudio.tuning.data.prompts import any_click, jittered_box, logged_prompt, next_click
from samstudio.tuning.data.samples import EmbeddingOf, ImageBalanced, Sample, features_of, targets_of
from samstudio.tuning.recipe import USUAL_RATE, Recipe

State = dict[str, Tensor]
"""A mask decoder's weights by name."""


class Trainer:
    """The training of one decoder: a copy of stock's mask decoder, its optimiser and its sampling.

    The prompt encoder is shared with ``start`` and never changes; of the image
    encoder only embeddings are used.
    """

    def __init__(
        self,
        *,
        start: SamDecoder,
        samples: Sequence[Sample],
        embedding: EmbeddingOf,
        recipe: Recipe,
        seed: int,
        half: bool = False,
    ) -> None:
        self._half = half
        self._part = recipe.batch  # prompts that fit into memory at once
        self.decoder = start.with_weights(start.decoder_state())
        self.decoder.mask_decoder.requires_grad_(True)
        self._recipe = recipe
        self._embedding = embedding
        self._rng = np.random.default_rng(seed)
        self._deal = ImageBalanced(samples, rng=self._rng)
        self._optimizer = torch.optim.AdamW(
            self.decoder.mask_decoder.parameters(),
            lr=USUAL_RATE,  # each step sets its own
            weight_decay=recipe.weight_decay,
        )

    def step(self, done: float) -> float:
        """Take one optimiser step, ``done`` being the fraction of training before it; return its loss."""
        recipe = self._recipe
        for group in self._optimizer.param_groups:
            group["lr"] = recipe.rate_at(done)

        batch = self._deal.draw(recipe.batch)
        loss = self._gradients(batch, self._prompts(batch))
        torch.nn.utils.clip_grad_norm_(self.decoder.mask_decoder.parameters(), recipe.clip)
        self._optimizer.step()
        return loss

    def _gradients(self, batch: Sequence[Sample], prompts: Sequence[Prompt]) -> float:
        """Compute the gradients of the batch's mean loss, and return that loss.

        Where memory runs out, the batch is computed in smaller parts.
        """
        while True:
            try:
                self._optimizer.zero_grad(set_to_none=True)
                return sum(
                    self._part_gradients(
                        batch[start : start + self._part], prompts[start : start + self._part]
                    )
                    for start in range(0, len(batch), self._part)
                ) / len(batch)
            except (MemoryError, RuntimeError) as error:
                if self._part == 1 or not out_of_memory(error):
                    raise
            self._part = max(1, self._part // 2)
            if self.decoder.device.type == "cuda":
                torch.cuda.empty_cache()

    def _part_gradients(self, batch: Sequence[Sample], prompts: Sequence[Prompt]) -> float:
        """Add the gradients of a part of a batch; return the sum of its losses."""
        loss = batch_loss(self.decoder, batch, prompts, self._embedding, self._recipe, half=self._half)
        share = loss * (len(batch) / self._recipe.batch)
        share.backward()  # type: ignore[no-untyped-call]
        return float(loss.detach()) * len(batch)

    def _prompts(self, batch: Sequence[Sample]) -> list[Prompt]:
        """Return boxes and clicks, some of them followed by a correction of this decoder's answer."""
        recipe, rng = self._recipe, self._rng
        prompts = [self._first_prompt(sample) for sample in batch]
        for row, sample in enumerate(batch):
            if rng.random() < recipe.refine_share:
                prompts[row] = next_click(prompts[row], sample, self._answer(sample, prompts[row]))
        return prompts

    def _first_prompt(self, sample: Sample) -> Prompt:
        recipe, rng = self._recipe, self._rng
        if sample.example.prompts and rng.random() < recipe.logged_share:
            given = logged_prompt(sample, rng)
            if given is not None:
                return given
        if rng.random() < recipe.click_share:
            return any_click(sample, rng)
        return jittered_box(sample, recipe.box_jitter, rng)

    @torch.no_grad()
    def _answer(self, sample: Sample, prompt: Prompt) -> NDArray[np.float32]:
        """Return the low-res logits 256x256 that the decoder gives now."""
        features = features_of([sample], self._embedding, self.decoder.device)
        prompted = PromptBatch.of([prompt], [sample.size], self.decoder.device)
        with in_half(self.decoder.device, self._half):
            low_res, _ = self.decoder(features, prompted, tokens=SINGLE)
        logits: NDArray[np.float32] = low_res[0, 0].float().cpu().numpy()
        return logits

    def state(self) -> State:
        """Return the mask decoder's present weights, on the CPU."""
        return self.decoder.decoder_state()


def batch_loss(
    decoder: SamDecoder,
    batch: Sequence[Sample],
    prompts: Sequence[Prompt],
    embedding: EmbeddingOf,
    recipe: Recipe,
    *,
    half: bool = False,
) -> Tensor:
    """Return the weighted losses of B prompts on B images, averaged: a float32 scalar.

    Args:
        decoder: The decoder to train.
        batch: The B objects.
        prompts: One for each of them, in pixels of its original image.
        embedding: Reads an image's stored embedding, float16 256x64x64.
        recipe: The weights of the losses.
        half: Whether the decoder computes in bfloat16; the losses are float32 all the same.
    """
    device = decoder.device
    features = features_of(batch, embedding, device)
    target, valid, region = targets_of(batch, device)
    prompted = PromptBatch.of(prompts, [sample.size for sample in batch], device)
    with in_half(device, half):
        low_res, predicted_iou = decoder(features, prompted, tokens=SINGLE, region=region)
    logits = low_res[:, 0].float()
    honest = (predicted_iou[:, 0].float() - losses.soft_iou(logits, target, valid)).square()
    each = (
        recipe.dice_weight * losses.dice(logits, target, valid)
        + recipe.cross_entropy_weight * losses.cross_entropy(logits, target, valid)
        + recipe.focal_weight * losses.focal(logits, target, valid)
        + recipe.iou_weight * honest
    )
    mean: Tensor = each.mean()
    return mean


def out_of_memory(error: BaseException) -> bool:
    """Tell whether an exception means that memory ran out: CUDA's, Python's, or torch's on a CPU."""
    full = ("can't allocate memory", "not enough memory", "out of memory")
    return isinstance(error, MemoryError) or any(words in str(error).lower() for words in full)


def in_half(device: torch.device, half: bool) -> torch.autocast:
    """Return a context in which matrix products are in bfloat16 (weights and optimiser stay float32)."""
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=half)


def blend(
    stock: Mapping[str, Tensor], tuned: Sequence[Mapping[str, Tensor]], strength: float
) -> dict[str, Tensor]:
    """Return ``stock + strength * (mean of tuned - stock)``, weight by weight.

    Interpolation with the start is WiSE-FT (Wortsman et al., CVPR 2022), and the mean of models is
    a model soup (Wortsman et al., ICML 2022).
    """
    blended = {}
    for name, origin in stock.items():
        mean = torch.stack([state[name] for state in tuned]).mean(dim=0)
        blended[name] = origin + strength * (mean - origin)
    return blended
