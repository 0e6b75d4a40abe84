"""Which protocols an evaluation runs."""

from __future__ import annotations

import pytest

from samstudio.domain import InvalidInput
from samstudio.services.evaluations import chosen_protocols


@pytest.mark.parametrize(
    ("asked", "run"),
    [
        (["box"], ("box",)),
        (["clicks3", " click"], ("box", "click", "clicks3")),
        (["all"], ("box", "jitter", "click", "clicks3")),
    ],
)
def test_box_is_always_among_them_and_first(asked: list[str], run: tuple[str, ...]) -> None:
    assert chosen_protocols(asked) == run


@pytest.mark.parametrize("asked", [["bax"], [""], ["box", "points"]])
def test_an_unknown_one_is_refused_by_name(asked: list[str]) -> None:
    with pytest.raises(InvalidInput, match=f"no protocol '{asked[-1]}': choose of box, jitter"):
        chosen_protocols(asked)
