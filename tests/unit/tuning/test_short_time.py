"""Where scoring takes more than the time there is, what decides nothing is left out, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from samstudio.tuning.evaluator import Judged
from samstudio.tuning.progress import Reporter
from samstudio.tuning.recipe import Recipe
from samstudio.tuning.steps import training
from samstudio.tuning.steps.job import TuningJob, prepare
from samstudio.tuning.steps.models import Baseline, scoring_seconds
from samstudio.tuning.steps.planning import RESERVE, split
from samstudio.tuning.steps.short_time import shorten
from samstudio.tuning.steps.training import TRIAL_MODELS, TRIAL_STEPS, measure_step
from tests.unit.tuning.fakes import Embeddings, examples

EVERYDAY = 12


def _job() -> TuningJob:
    stock: Any = SimpleNamespace(device=torch.device("cpu"))
    job = prepare(
        stock=stock, live_state=None, examples=examples(6), embedding=Embeddings(), seed=0,
        recipe=Recipe(half_precision=False), max_seconds=100.0, live_annotation_ids=(), from_live=False,
        everyday=(),
    )  # fmt: skip
    return replace(job, everyday=[job.samples[0]] * EVERYDAY)


JOB = _job()
DATA = split(JOB)


@settings(deadline=None)
@given(seconds=st.floats(0, 120), per_object=st.floats(0.001, 2), keep=st.booleans())
def test_no_more_is_left_out_than_time_is_short_and_what_decides_stays(
    seconds: float, per_object: float, keep: bool
) -> None:
    job = JOB.with_recipe(replace(JOB.recipe, keep_everyday=keep))
    none = Judged(np.zeros(6), np.zeros(6))
    baseline = Baseline(none, None, none, per_object)
    after, kept = shorten(job, DATA, baseline, seconds=seconds)
    assert (kept.folds, kept.guarded, kept.checked) == (DATA.folds, DATA.guarded, DATA.checked)
    assert kept.judged is DATA.judged
    left = RESERVE * job.max_seconds - seconds
    fits = scoring_seconds(job, DATA, baseline) <= left
    assert (len(kept.effort_samples) == len(DATA.effort_samples)) is fits
    assert kept.effort_samples, "the record has an effort"
    if fits or keep:
        assert len(after.everyday) == EVERYDAY
    else:
        without_effort = scoring_seconds(job, kept, baseline)
        assert len(after.everyday) == (EVERYDAY if without_effort <= left else 0)


@pytest.mark.parametrize(("step_seconds", "rounds"), [(0.1, TRIAL_STEPS), (4.0, 2), (60.0, 1)])
def test_a_slow_machine_tries_fewer_steps(
    monkeypatch: pytest.MonkeyPatch, step_seconds: float, rounds: int
) -> None:
    taken = list[float]()
    now = [0.0]

    class Slow:
        def __init__(self, **_given: object) -> None: ...

        def step(self, done: float) -> float:
            taken.append(done)
            now[0] += step_seconds
            return 0.0

    monkeypatch.setattr(training, "Trainer", Slow)
    reporter = Reporter(on_progress=lambda _now: None, cancelled=lambda: False, clock=lambda: now[0])
    measure_step(JOB, JOB.samples, reporter)
    assert len(taken) == rounds * TRIAL_MODELS
