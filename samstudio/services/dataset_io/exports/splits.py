"""Which images an export gives for training, validation and testing."""

from __future__ import annotations

import hashlib

from samstudio.domain import Image
from samstudio.services.dataset_io.exports.source import ExportItem

TEST, VAL = 0.1, 0.2
"""Groups whose number is below the first are for testing, those below the second for validation."""


class Splits:
    """The images of an export, told apart by a hash of their group.

    Images of one group stay together, and an image stays where it is as the
    dataset grows. A split that would be empty gets the group that is nearest.
    """

    def __init__(self) -> None:
        self._groups: dict[float, list[str]] = {}

    def add(self, item: ExportItem) -> None:
        """Take one more image."""
        self._groups.setdefault(group_number(item.image), []).append(item.name)

    def lists(self) -> dict[str, list[str]]:
        """Return the names of the images by split, in the order in which they were taken.

        ``train`` and ``val`` are never empty, and are the same where there is one
        group; ``test`` is left out where no group is for it.
        """
        numbers = sorted(self._groups)
        for_test = sum(number < TEST for number in numbers)
        for_val = sum(number < VAL for number in numbers)
        first = min(for_test, max(0, len(numbers) - 2))  # where validation begins, and where training does
        second = min(max(for_val, first + 1), max(1, len(numbers) - 1))
        chosen = {
            "train": numbers[second:] or numbers,
            "val": numbers[first:second],
            "test": numbers[:first],
        }
        return {
            name: [one for number in self._groups if number in picked for one in self._groups[number]]
            for name, picked in ((name, set(picked)) for name, picked in chosen.items())
            if picked
        }


def group_number(image: Image) -> float:
    """Return a number from 0 to 1 by which an image's group is put into a split."""
    digest = hashlib.sha256((image.group or image.id).encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64
