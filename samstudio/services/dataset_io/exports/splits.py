"""Which images an export gives for training, validation and testing."""

from __future__ import annotations

import hashlib

from samstudio.domain import Image
from samstudio.services.dataset_io.exports.source import ExportItem

TEST, VAL = 0.1, 0.2
"""Groups whose number is below the first are for testing, those below the second for validation."""


class Splits:
    """The images of an export: as people fixed them, the others told apart by a hash of their group.

    Images of one group stay together, and an image stays where it is as the dataset grows. A split that
    would be empty gets the group that is nearest. Where a person fixed a test set, or images for
    validation, those are the whole of it: the hash gives it nothing more.
    """

    def __init__(self) -> None:
        self._groups: dict[float, list[str]] = {}
        self._fixed: dict[str, list[str]] = {"train": [], "val": [], "test": []}

    def add(self, item: ExportItem) -> None:
        """Take one more image."""
        if item.split is not None:
            self._fixed[item.split].append(item.name)
        else:
            self._groups.setdefault(group_number(item.image), []).append(item.name)

    def lists(self) -> dict[str, list[str]]:
        """Return the names of the images by split, in the order in which they were taken.

        ``train`` and ``val`` are the same where there is one group for both; they are empty only where all
        images are fixed for testing. ``test`` is left out where no group is for it.
        """
        numbers = sorted(self._groups)
        first, second = self._bounds(numbers)
        chosen = {"train": numbers[second:], "val": numbers[first:second], "test": numbers[:first]}
        found = {name: self._fixed[name] + self._names(picked) for name, picked in chosen.items()}
        found["train"] = found["train"] or found["val"]
        found["val"] = found["val"] or found["train"]
        return {name: names for name, names in found.items() if names or name != "test"}

    def _bounds(self, numbers: list[float]) -> tuple[int, int]:
        """Return where validation begins among the groups that nobody fixed, and where training does."""
        for_test = sum(number < TEST for number in numbers)
        for_val = sum(number < VAL for number in numbers)
        spare = len(numbers) - (not self._fixed["train"])  # one is for training
        first = 0 if self._fixed["test"] else min(for_test, max(0, spare - (not self._fixed["val"])))
        second = first if self._fixed["val"] else min(max(for_val, first + 1), max(first, spare))
        return first, second

    def _names(self, picked: list[float]) -> list[str]:
        wanted = set(picked)
        return [one for number, names in self._groups.items() if number in wanted for one in names]


def group_number(image: Image) -> float:
    """Return a number from 0 to 1 by which an image's group is put into a split."""
    digest = hashlib.sha256((image.group or image.id).encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64
