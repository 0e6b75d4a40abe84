import pytest

from samstudio.domain import InvalidInput
from samstudio.services.annotations.categories import PALETTE, checked_name, color_at


def test_no_two_colours_are_alike():
    made = [color_at(order) for order in range(200)]
    assert len(set(made)) == 200
    assert made[: len(PALETTE)] == list(PALETTE)
    assert all(len(c) == 7 and int(c[1:], 16) >= 0 for c in made)


def test_names_are_trimmed_and_checked():
    assert checked_name("  left   lung ") == "left lung"
    with pytest.raises(InvalidInput, match="needs a name"):
        checked_name("   ")
    with pytest.raises(InvalidInput, match="has 101 characters; the limit is 100"):
        checked_name("x" * 101)


def test_categories_are_found_by_name_and_coloured_by_order(annotations):
    first = annotations.ensure_category("crack")
    second = annotations.ensure_category("hole")
    assert annotations.ensure_category(" crack ") == first
    assert [first.color, second.color] == list(PALETTE[:2])
    assert annotations.categories() == [first, second]
