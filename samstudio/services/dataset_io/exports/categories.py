"""The numbers of categories in exports."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from samstudio.domain import Category


def export_numbers(categories: Sequence[Category]) -> dict[int, int]:
    """Return each category's number by its id.

    That is the number it came in with, else its id or the next one that is free.
    """
    numbers = {one.id: one.number for one in categories if one.number is not None}
    taken = set(numbers.values())
    for one in categories:
        if one.number is None:
            number = (
                one.id if one.id not in taken else next(n for n in count(max(taken) + 1) if n not in taken)
            )
            numbers[one.id] = number
            taken.add(number)
    return numbers
