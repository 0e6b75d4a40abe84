from __future__ import annotations

import json
from itertools import pairwise

import pytest

from samstudio.domain import InvalidInput
from samstudio.tuning.recipe import Recipe


def test_the_rate_rises_then_falls_to_nothing() -> None:
    recipe = Recipe(learning_rate=1.0, warmup=0.1)
    rates = [recipe.rate_at(step, 100) for step in range(100)]
    assert rates[:10] == pytest.approx([(n + 1) / 10 for n in range(10)])
    assert max(rates) == pytest.approx(1.0)
    assert all(later <= earlier for earlier, later in pairwise(rates[9:]))
    assert 0 < rates[-1] < 0.02


def test_a_single_step_is_a_full_one() -> None:
    assert Recipe(learning_rate=0.5).rate_at(0, 1) == 0.5


def test_steps_follow_the_number_of_objects_unless_told() -> None:
    recipe = Recipe()
    few, some, many = (recipe.steps_for(n) for n in (1, 60, 10_000))
    assert few <= some <= many
    assert few >= 30
    assert Recipe(steps=7).steps_for(10_000) == 7


@pytest.mark.parametrize("bad", [{"steps": 0}, {"learning_rate": 0.0}, {"strengths": (0.0,)}, {"folds": 1}])
def test_nonsense_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        Recipe(**bad)  # type: ignore[arg-type]


def test_it_can_be_written_down() -> None:
    assert json.loads(json.dumps(Recipe().to_json()))["learning_rate"] == Recipe().learning_rate
