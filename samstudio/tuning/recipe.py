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

LOWEST_RATE, HIGHEST_RATE = 1e-4, 3e-4

FEWEST_STEPS, MOST_STEPS = 50, 300
"""Of each model, where the time allows them."""

RATE_FOR_ERROR = 8e-4
"""The learning rate for a stock mIoU of 0; in between it falls with the error."""


@dataclass(frozen=True)
class Recipe:
    """The settings of a tuning job, besides its data, its seed and its time."""

    steps: int | None = None
    """Optimiser steps of each model; None picks them from the number of objects."""
    half_precision: bool = True
    """Compute in bfloat16 where that is faster; weights, optimiser and losses stay float32."""
    least_steps: int = 15
    """Where a candidate of fewer steps shows no sure gain, the want of time is the reason given."""
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
    """Parts that the images are split into; each model is trained on all parts but one."""
    partitions: int = 2
    """Independent splits into parts: so many models have not seen an image, and judge it by their mean."""
    strengths: tuple[float, ...] = (0.25, 0.5, 0.75, 1.0)
    """How far from stock (0) to the tuned weights (1) a candidate may go (WiSE-FT, Wortsman et al. 2022)."""
    judged_objects: int = 120
    """At most so many objects are evaluated, spread over all images; half as many are by a loose box too."""
    guarded_objects: int = 24
    """At most so many objects are evaluated with the other prompts (clicks, loose boxes)."""
    effort_objects: int = 40
    """At most so many objects are evaluated for the annotation effort."""
    guard_drop: float = 0.05
    """Other prompts may lose no more than this."""
    keep_everyday: bool = False
    """Whether a candidate may not get much worse on everyday objects."""
    everyday_drop: float = 0.15
    """Where everyday objects are to be kept, they may lose no more than this."""

    def __post_init__(self) -> None:
        if self.steps is not None and self.steps < 1:
            raise InvalidInput(f"steps is {self.steps}: tuning takes at least one")
        chosen = self.learning_rate is None or self.learning_rate > 0
        if not (chosen and self.batch >= 1 and self.folds >= 2):
            raise InvalidInput("a recipe needs a positive learning rate, batch >= 1 and folds >= 2")
        if self.partitions < 1:
            raise InvalidInput(f"partitions is {self.partitions}: at least one is needed")
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

    def steps_for(self, objects: int) -> int:
        """Return each model's optimiser steps without a time limit: more for more objects, within bounds."""
        if self.steps is not None:
            return self.steps
        return int(min(MOST_STEPS, max(FEWEST_STEPS, objects / 4)))

    def rate_at(self, done: float) -> float:
        """Return the learning rate when the fraction ``done`` of training is over.

        It rises linearly during the warm-up, then falls linearly to zero.
        """
        rise = done / self.warmup if self.warmup else 1.0
        fall = (1 - done) / (1 - self.warmup)
        highest = USUAL_RATE if self.learning_rate is None else self.learning_rate
        return highest * max(0.0, min(1.0, rise, fall))

    def to_json(self) -> dict[str, Any]:
        """Return the recipe for a version's record."""
        return asdict(self)
