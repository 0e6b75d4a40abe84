"""The hyperparameters of tuning in one frozen value, with defaults.

Users need not know a learning rate, and can still set one. The measurements
behind the defaults are in docs/tuning.md. Not here: the method itself.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from samstudio.domain import InvalidInput

USUAL_RATE = 2e-4
"""The learning rate where stock's error is not known."""

IMAGES_TO_JUDGE = 3
"""With fewer images nothing can be held out, so that no result can be judged."""

STORED_NAMES = {
    "max_cross_fit_images": "few",
    "validation_share": "held_share",
    "max_extrapolation": "reach",
    "base_weight": "sure_way",
    "weight_per_image": "way_an_image",
}
"""Fields whose key in stored JSON is older than their name."""

LOWEST_RATE, HIGHEST_RATE = 1e-4, 3e-4

RATE_FOR_ERROR = 8e-4
"""The learning rate for a stock mIoU of 0; in between it falls with the error."""


@dataclass(frozen=True)
class Recipe:
    """The settings of a tuning job, besides its data, its seed and its time."""

    steps: int | None = None
    """Optimiser steps of the last model, on everything; None picks them from the number of objects."""
    trial_share: float = 0.6
    """The folds' models, which the gate judges, take this share of those steps each."""
    half_precision: bool = True
    """Compute in bfloat16 where that is faster; weights, optimiser and losses stay float32."""
    least_steps: int = 15
    """A candidate of fewer steps is never promoted: its gain may as well be chance."""
    batch: int = 4
    """Prompts a step."""
    learning_rate: float | None = None
    """At its highest; None chooses it by stock's error: see `with_learning_rate`."""
    warmup: float = 0.1
    """Fraction of training over which the learning rate rises to its full value; then it falls to zero."""
    weight_decay: float = 0.0
    clip: float = 1.0
    """Largest norm of the gradient."""
    dice_weight: float = 1.0
    cross_entropy_weight: float = 0.2
    focal_weight: float = 0.0
    iou_weight: float = 1.0
    """Of the IoU head's squared error."""
    box_jitter: float = 0.05
    """Each box side moves by up to this fraction of the box's width or height."""
    click_share: float = 0.15
    """The share of prompts that are one click instead of a box."""
    logged_share: float = 0.25
    """Of the prompts of an object that a person prompted, this share is one of the person's own."""
    refine_share: float = 0.2
    """The share of prompts that correct a previous answer: its logits, and a click where it is most wrong."""
    folds: int = 3
    """Models trained where there are few images, each evaluated on images it did not see."""
    max_cross_fit_images: int = 40
    """Up to so many images are cross-fitted; with more, one model is evaluated on a fixed share."""
    validation_share: float = 0.25
    """The share of images that a fixed split holds out."""
    strengths: tuple[float, ...] = (0.25, 0.5, 1.0)
    """How far from stock (0) to the tuned weights (1) a candidate may go (WiSE-FT, Wortsman et al. 2022)."""
    max_extrapolation: float = 3.0
    """The mean of the models goes at most this many times as far as the best strength of each of them."""
    base_weight: float = 0.5
    """Beyond that strength, the mean goes no further than this plus `weight_per_image` for each image."""
    weight_per_image: float = 0.025
    judged_objects: int = 120
    """At most so many objects are evaluated, spread over all held-out images."""
    guarded_objects: int = 24
    """At most so many objects are evaluated with the other prompts (clicks, loose boxes)."""
    confidence: float = 0.9
    """A gain must hold in this share of bootstrap replicates."""
    least_gain: float = 0.005
    """A smaller gain is not worth a new version."""
    guard_drop: float = 0.05
    """Other prompts may lose no more than this."""
    canary_drop: float = 0.15
    """Everyday objects may lose no more than this: beyond that, the decoder has forgotten them."""

    def __post_init__(self) -> None:
        if self.steps is not None and self.steps < 1:
            raise InvalidInput(f"steps is {self.steps}: tuning takes at least one")
        chosen = self.learning_rate is None or self.learning_rate > 0
        if not (chosen and self.batch >= 1 and self.folds >= 2):
            raise InvalidInput("a recipe needs a positive learning rate, batch >= 1 and folds >= 2")
        if not 0 < self.trial_share <= 1:
            raise InvalidInput(f"trial_share is {self.trial_share}: it is a share of the steps")
        if not 0 <= self.warmup < 1:
            raise InvalidInput(f"warmup is {self.warmup}: it is a fraction of training")
        if not self.strengths or not all(0 < strength <= 1 for strength in self.strengths):
            raise InvalidInput(f"strengths {self.strengths} must lie above 0 and up to 1")

    def with_learning_rate(self, base_miou: float) -> Recipe:
        """Return the recipe with its learning rate chosen by ``base_miou``, stock's mIoU on held-out objects.

        Where stock is nearly right, large steps do more harm than good; where it is mostly wrong, small
        ones are not enough.
        """
        if self.learning_rate is not None:
            return self
        rate = min(HIGHEST_RATE, max(LOWEST_RATE, RATE_FOR_ERROR * (1 - base_miou)))
        return replace(self, learning_rate=rate)

    def interpolation_weight(self, strength: float, images: int) -> float:
        """Return how far the mean of the models goes from stock (0) to its weights (1).

        ``strength`` was the best for the models one by one. Their mean can go further, but nothing was
        evaluated there, so how much further grows with the number of training ``images``.
        """
        earned = self.base_weight + self.weight_per_image * images
        return max(strength, min(1.0, earned, self.max_extrapolation * strength))

    def steps_for(self, objects: int) -> int:
        """Return the optimiser steps without a time limit: more for more objects, within bounds."""
        if self.steps is not None:
            return self.steps
        return int(min(200, max(110, 6 * objects / self.batch)))

    def trial_steps(self, steps: int) -> int:
        """Return the steps of each fold's model where the last one takes ``steps``."""
        return max(1, round(self.trial_share * steps))

    def rate_at(self, done: float) -> float:
        """Return the learning rate when the fraction ``done`` of training is over.

        It rises linearly during the warm-up, then falls linearly to zero.
        """
        rise = done / self.warmup if self.warmup else 1.0
        fall = (1 - done) / (1 - self.warmup)
        highest = USUAL_RATE if self.learning_rate is None else self.learning_rate
        return highest * max(0.0, min(1.0, rise, fall))

    def to_json(self) -> dict[str, Any]:
        """Return the recipe for a version's record, under the names that it has always had there."""
        return {STORED_NAMES.get(name, name): value for name, value in asdict(self).items()}
