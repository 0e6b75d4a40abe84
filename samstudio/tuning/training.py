"""Several models trained side by side against the clock.

All of them take a step in turn, so that running out of time stops all alike. Not here: a single
step (`trainer`), and what becomes of the models (`pipeline`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from samstudio.sam.decoder import SamDecoder
from samstudio.tuning.data.samples import EmbeddingOf, Sample
from samstudio.tuning.outcome import State
from samstudio.tuning.progress import Reporter
from samstudio.tuning.recipe import Recipe
from samstudio.tuning.trainer import Trainer

TRIAL_STEPS = 3
"""Steps of a throwaway model that show the pace, in each precision; the fastest counts."""

WORTH_IT = 0.85
"""Half precision is used where it takes less than this part of the time."""

CHECKS = 3
"""How often a model is looked at while it trains, for the curve."""


@dataclass(frozen=True)
class StepTiming:
    """Seconds a step takes on this machine now, and in which precision."""

    seconds_per_step: float
    half: bool


@dataclass(eq=False)
class Training:
    """Makes and trains the models of one job."""

    start: SamDecoder
    embedding: EmbeddingOf
    recipe: Recipe
    seed: int
    reporter: Reporter
    timing: StepTiming = StepTiming(1.0, False)

    def measure(self, samples: Sequence[Sample]) -> StepTiming:
        """Try a few steps in float32 and in bfloat16, and keep to the faster.

        A processor with bfloat16 instructions trains 1.7 times as fast with them; one without is
        slower. Where a step is quick either way (a graphics card) float32 is kept.
        """
        full = self._tried(samples, half=False)
        half = self._tried(samples, half=True) if self.recipe.half_precision else full
        quicker = half < WORTH_IT * full
        self.timing = StepTiming(half if quicker else full, quicker)
        return self.timing

    def _tried(self, samples: Sequence[Sample], *, half: bool) -> float:
        trial = self._trainer(samples, number=0, half=half)
        paces = []
        for _ in range(TRIAL_STEPS):
            began = time.monotonic()
            trial.step(0.5)
            paces.append(time.monotonic() - began)
            self.reporter.advance(0)
        return min(paces)

    def _trainer(self, samples: Sequence[Sample], *, number: int, half: bool) -> Trainer:
        return Trainer(
            start=self.start,
            samples=samples,
            embedding=self.embedding,
            recipe=self.recipe,
            seed=self.seed * 1000 + number,
            half=half,
        )

    def train(
        self,
        shares: Sequence[Sequence[Sample]],
        steps: int,
        *,
        until: float,
        first: int = 0,
        look: Callable[[list[State]], float] | None = None,
    ) -> tuple[list[State], int]:
        """One model for each share of the samples; shorter when the time ``until`` comes first.

        The learning rate follows whichever is further, steps or time, so that training which is cut
        short has cooled down all the same. ``first``: the number of the first model, for its seed.
        ``look``: gives the held-out mIoU of the models, a few times on the way. Returns the models
        and how many steps each took.
        """
        trainers = [
            self._trainer(share, number=first + i, half=self.timing.half) for i, share in enumerate(shares)
        ]
        began, looked, taken = self.reporter.seconds, 0.0, 0
        for step in range(1, steps + 1):
            spent = (self.reporter.seconds - began) / max(1e-6, until - began)
            if spent >= 1 and step > 1:
                break
            done = min(max((step - 0.5) / steps, spent), 1 - 0.5 / steps)
            losses = []
            for trainer in trainers:
                losses.append(trainer.step(done))
                self.reporter.advance(1, loss=float(np.mean(losses)) if trainer is trainers[-1] else None)
            taken = step
            if look and (done - looked >= 1 / CHECKS or step == steps):
                looked = done
                self.reporter.advance(0, val_miou=look([trainer.state() for trainer in trainers]))
        return [trainer.state() for trainer in trainers], taken
