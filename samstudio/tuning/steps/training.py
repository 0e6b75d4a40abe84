"""Several models trained side by side within a time limit.

They keep in step, so that all have taken the same number when the time is over. Not here: a
single step (`trainer`), and the use of the models (`pipeline`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from samstudio.tuning.data.samples import Sample
from samstudio.tuning.parallel import Map, side_by_side
from samstudio.tuning.progress import Reporter
from samstudio.tuning.steps.job import TuningJob
from samstudio.tuning.trainer import State, Trainer

TRIAL_STEPS = 3
"""Steps of temporary models that measure the time, in each precision; the fastest counts."""

TRIAL_SHARE = 0.1
"""The trial of a precision takes no more of the job's time than this, or a single step."""

TRIAL_MODELS = 2
"""Temporary models that are trained side by side."""

WORTH_IT = 0.85
"""Half precision is used where it takes less than this part of the time."""

CHECKS = 3
"""How often a model is evaluated while it trains, for the curve."""


@dataclass(frozen=True)
class StepTiming:
    """The seconds that a step takes on this machine now, and in which precision."""

    seconds_per_step: float
    half: bool


@dataclass(frozen=True, eq=False)
class Training:
    """The training of the models of one job."""

    job: TuningJob
    timing: StepTiming
    reporter: Reporter

    def train(
        self,
        shares: Sequence[Sequence[Sample]],
        steps: int,
        *,
        until: float,
        look: Callable[[list[State]], float] | None = None,
    ) -> tuple[list[State], int]:
        """Train one model for each share of the samples; shorter when the time ``until`` comes first.

        The learning rate follows whichever is further, steps or time, so that it has decayed even
        where training is cut short.

        Args:
            shares: The samples of each model.
            steps: Optimiser steps of each.
            until: When to stop, in seconds since the job began.
            look: Returns the held-out mIoU of the models; called a few times during training.

        Returns:
            The models' weights, and how many steps each took.
        """
        trainers = [
            _trainer(self.job, share, number=i, half=self.timing.half) for i, share in enumerate(shares)
        ]
        began, looked, taken = self.reporter.seconds, 0.0, 0
        with side_by_side(self.job.stock.device) as each:
            for step in range(1, steps + 1):
                spent = (self.reporter.seconds - began) / max(1e-6, until - began)
                if spent >= 1 and step > 1:
                    break
                done = min(max((step - 0.5) / steps, spent), 1 - 0.5 / steps)
                self._step(each, trainers, done)
                taken = step
                if look and (done - looked >= 1 / CHECKS or step == steps):
                    looked = done
                    self.reporter.advance(0, val_miou=look([trainer.state() for trainer in trainers]))
        return [trainer.state() for trainer in trainers], taken

    def _step(self, each: Map, trainers: Sequence[Trainer], done: float) -> None:
        """Take a step with every model, and report their mean loss."""
        losses = []
        for loss in each(lambda trainer: trainer.step(done), trainers):
            losses.append(loss)
            last = len(losses) == len(trainers)
            self.reporter.advance(1, loss=float(np.mean(losses)) if last else None)


def measure_step(job: TuningJob, samples: Sequence[Sample], reporter: Reporter) -> StepTiming:
    """Try a few steps in float32 and in bfloat16, and return the faster.

    A processor with bfloat16 instructions trains 1.7 times as fast with them; one without is
    slower. Where a step is quick either way (a graphics card) float32 is kept.
    """
    full = _seconds_per_step(job, samples, reporter, half=False)
    half = _seconds_per_step(job, samples, reporter, half=True) if job.recipe.half_precision else full
    quicker = half < WORTH_IT * full
    return StepTiming(half if quicker else full, quicker)


def _seconds_per_step(job: TuningJob, samples: Sequence[Sample], reporter: Reporter, *, half: bool) -> float:
    """Return the seconds that one model's step takes while others are computed beside it."""
    until = reporter.seconds + TRIAL_SHARE * job.max_seconds
    with side_by_side(job.stock.device) as each:
        trials = [_trainer(job, samples, number=i, half=half) for i in range(TRIAL_MODELS)]
        seconds = []
        for _ in range(TRIAL_STEPS):
            began = time.monotonic()
            list(each(lambda trainer: trainer.step(0.5), trials))
            seconds.append((time.monotonic() - began) / len(trials))
            reporter.advance(0)
            if reporter.seconds > until:
                break
    return min(seconds)


def _trainer(job: TuningJob, samples: Sequence[Sample], *, number: int, half: bool) -> Trainer:
    return Trainer(
        start=job.start,
        samples=samples,
        embedding=job.embedding,
        recipe=job.recipe,
        seed=job.seed * 1000 + number,
        half=half,
    )
