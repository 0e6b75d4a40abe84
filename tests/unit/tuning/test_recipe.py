from __future__ import annotations

import json

import pytest

from samstudio.domain import InvalidInput
from samstudio.tuning.recipe import Recipe


def test_the_rate_rises_then_falls_to_nothing() -> None:
    recipe = Recipe(learning_rate=1.0, warmup=0.1)
    assert recipe.rate_at(0.05) == pytest.approx(0.5)
    assert recipe.rate_at(0.1) == pytest.approx(1.0)
    assert recipe.rate_at(0.55) == pytest.approx(0.5)
    assert recipe.rate_at(1.0) == recipe.rate_at(1.5) == 0


def test_without_warm_up_it_starts_at_the_top() -> None:
    assert Recipe(learning_rate=0.5, warmup=0.0).rate_at(0.0) == 0.5


def test_steps_follow_the_number_of_objects_unless_told() -> None:
    recipe = Recipe()
    few, some, many = (recipe.steps_for(n) for n in (1, 60, 10_000))
    assert few <= some <= many
    assert few >= 30
    assert Recipe(steps=7).steps_for(10_000) == 7


@pytest.mark.parametrize(
    "bad",
    [
        {"steps": 0},
        {"learning_rate": 0.0},
        {"strengths": (0.0,)},
        {"folds": 1},
        {"partitions": 0},
        {"warmup": 1.0},
    ],
)
def test_nonsense_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        Recipe(**bad)  # type: ignore[arg-type]


def test_it_can_be_written_down() -> None:
    assert json.loads(json.dumps(Recipe().to_json()))["learning_rate"] == Recipe().learning_rate


@pytest.mark.parametrize(("base", "rate"), [(0.3, 3e-4), (0.7, 2.4e-4), (0.85, 1.2e-4), (0.99, 1e-4)])
def test_the_better_stock_is_the_smaller_the_steps(base: float, rate: float) -> None:
    assert Recipe().with_learning_rate(base).learning_rate == pytest.approx(rate)


def test_a_learning_rate_that_a_person_chose_stays() -> None:
    assert Recipe(learning_rate=5e-5).with_learning_rate(0.3).learning_rate == 5e-5


def test_without_a_judgement_the_usual_rate_is_taken() -> None:
    assert Recipe().rate_at(Recipe().warmup) == pytest.approx(2e-4)
