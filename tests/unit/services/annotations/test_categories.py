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


def test_categories_that_come_in_keep_their_order_and_numbers(annotations):
    annotations.ensure_category("third")
    annotations.ensure_category("by hand")
    listed = [("second", 9, "b"), ("unused", 0, ""), ("third", 4, "a")]
    for name, number, kind in listed:
        annotations.ensure_category(name, number=number, supercategory=kind)
    annotations.ensure_category("later")
    found = [(one.name, one.number, one.supercategory) for one in annotations.categories()]
    assert found == [("by hand", None, ""), *listed, ("later", None, "")]


def test_a_number_is_given_once_and_stays(annotations):
    annotations.ensure_category("cup", number=3, supercategory="crockery")
    again = annotations.ensure_category("cup", number=5, supercategory="else")
    assert (again.number, again.supercategory) == (3, "crockery")
    assert annotations.ensure_category("plate", number=3).number is None
    assert annotations.ensure_category("plate", number=5).number == 5
    for odd in (-1, 2**31):
        assert annotations.ensure_category("odd", number=odd, supercategory="x" * 300).number is None
    assert [one.name for one in annotations.categories()] == ["cup", "plate", "odd"]
