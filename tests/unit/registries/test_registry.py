from __future__ import annotations

from dataclasses import dataclass

import pytest

from samstudio.domain import InvalidInput
from samstudio.registry import Registry


@dataclass(frozen=True)
class Colour:
    name: str
    description: str = "a colour"


RED, BLUE, GREEN = map(Colour, ("red", "blue", "green"))


@pytest.fixture
def colours() -> Registry[Colour]:
    return Registry("colour", (RED, BLUE))


def test_the_order_is_that_in_which_they_were_added(colours: Registry[Colour]) -> None:
    assert colours.add(GREEN) is GREEN
    assert (list(colours), colours.names(), len(colours)) == ([RED, BLUE, GREEN], ("red", "blue", "green"), 3)
    assert "green" in colours
    assert colours.get("blue") is BLUE


def test_an_unknown_name_is_told_what_there_is(colours: Registry[Colour]) -> None:
    with pytest.raises(InvalidInput, match=r"^there is no colour 'grey': choose one of red, blue$"):
        colours.get("grey")


def test_two_of_one_name_are_a_mistake_of_the_program(colours: Registry[Colour]) -> None:
    with pytest.raises(ValueError, match="two of the kind colour with the name 'red'"):
        colours.add(Colour("red"))
    assert colours.get("red") is RED


def test_one_that_a_test_added_is_gone_afterwards(colours: Registry[Colour]) -> None:
    def fails() -> None:
        with colours.added(GREEN):
            raise KeyError("green" in colours)

    with pytest.raises(KeyError, match="True"):
        fails()
    assert "green" not in colours
