"""The league: its prior is fitted as its jobs were made, and each set is decided without itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from benchmarks.league import at_the_limit_of_others, decide_without_own_set, figures, groups
from benchmarks.league_fit import fit, usual_spread
from benchmarks.league_jobs import presses
from samstudio.tuning.gate.choice import HURTS


def _row(name: str, true: float, rng: np.random.Generator, *, k: int = 10, seed: int = 0) -> dict[str, Any]:
    judged = true + rng.normal(0, 0.01) + rng.normal(0, 0.03, k)
    return {
        "set": name,
        "k": k,
        "seed": seed,
        "recipe": "ours",
        "n_train": 2 * k,
        "n_held": 100,
        "code": "promoted",
        "seconds": 60.0,
        "miou": 0.5,
        "true": {"0.5": true / 2, "1.0": true},
        "judged": {str(s): {"gains": (s * judged).tolist(), "shares": [1 / k] * k} for s in (0.5, 1.0)},
    }


def _rows(sets: int = 12) -> list[dict[str, Any]]:
    rng = np.random.default_rng(0)
    return [_row(f"set{n}", rng.normal(0.05, 0.03), rng, k=k) for n in range(sets) for k in (5, 10)]


def test_the_usual_spread_is_found_again() -> None:
    rng = np.random.default_rng(0)
    images = np.full(400, 10)
    true = 0.04**2 * 6 / rng.chisquare(6, 400)
    seen = true * rng.chisquare(9, 400) / 9
    usual, weight = usual_spread(seen, images, np.full(400, 1 / 400))
    assert usual == pytest.approx(0.04, rel=0.1)
    assert 4 < weight < 9


def test_the_prior_is_that_of_the_jobs() -> None:
    prior = fit(presses(_rows(60)))[1.0]
    assert prior.helps.mean == pytest.approx(0.05, abs=0.015)
    assert prior.image_spread == pytest.approx(0.03, abs=0.008)
    assert prior.judge_spread == pytest.approx(0.01, abs=0.008)


def test_a_strength_that_was_not_measured_lies_between_those_that_were() -> None:
    job = presses(_rows())[0]
    assert job.true_at(0.0) == 0
    assert job.true_at(0.125) == pytest.approx(job.true[0.5] / 4)
    assert job.true_at(1.0) == job.full


def test_a_set_s_own_gains_do_not_decide_it() -> None:
    rows = _rows()
    changed = [row | {"true": {"0.5": 0.4, "1.0": 0.9}} if row["set"] == "set0" else row for row in rows]
    before, after = (decide_without_own_set(presses(given)) for given in (rows, changed))
    own = [
        (one.choice, two.choice) for one, two in zip(before, after, strict=True) if one.press.name == "set0"
    ]
    assert all(one == two for one, two in own)
    assert [one.choice for one in before] != [one.choice for one in after]


def test_the_limit_of_others_is_one_of_those_compared() -> None:
    jobs = presses(_rows())
    by_risk = {risk: decide_without_own_set(jobs, risk) for risk in (0.02, 0.2)}
    nested = at_the_limit_of_others(by_risk)
    assert len(nested) == len(jobs)
    assert figures(nested)["false_promotions"] == sum(one.gain < -HURTS for one in nested) / len(nested)


def test_jobs_measured_after_the_choices_are_told_apart() -> None:
    rows = [*_rows(), _row("set0", 0.05, np.random.default_rng(1), seed=1)]
    jobs = presses(rows)
    parts = groups(decide_without_own_set(jobs), chosen_on=len(jobs) - 1)
    assert [one.press.seed for one in parts["checked on"]] == [1]
    assert len(parts["chosen on"]) + 1 == len(parts["all"])
