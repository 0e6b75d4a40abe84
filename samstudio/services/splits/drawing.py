"""The draw of a test set by share: whole groups, as large a part of every category. No database here."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple


class DrawnImage(NamedTuple):
    """What the draw knows of an image.

    ``unit``: its group, or else its id. ``categories``: of its accepted objects. ``in_test``: it is kept
    aside already. ``fixed``: a person fixed it for training or validation, so that it stays out.
    """

    id: str
    unit: str
    categories: frozenset[int]
    in_test: bool
    fixed: bool


@dataclass(frozen=True)
class Unit:
    """The images of one group, or a single image: drawn as a whole, or not at all."""

    name: str
    images: tuple[DrawnImage, ...]

    @property
    def in_test(self) -> bool:
        """Whether it is kept aside already."""
        return any(one.in_test for one in self.images)

    @property
    def free(self) -> bool:
        """Whether it may be drawn."""
        return not self.in_test and not any(one.fixed for one in self.images)


def units_of(images: Iterable[DrawnImage]) -> list[Unit]:
    """Return the units of images, in the order in which they are first met."""
    found: dict[str, list[DrawnImage]] = defaultdict(list)
    for one in images:
        found[one.unit].append(one)
    return [Unit(name, tuple(members)) for name, members in found.items()]


def draw(images: Sequence[DrawnImage], *, share: float, seed: int, by_category: bool) -> list[Unit]:
    """Return the units to add to the test set, so that it comes as near to a share as whole groups allow.

    The same images and seed give the same units, whatever the order of the images; what is in the test set
    stays and counts.

    Args:
        images: All images of the dataset.
        share: The part of the images that the test set is to have, 0 to 1.
        seed: Seed of the draw.
        by_category: Take the share of the images of each category, the rarest one of an image counting.
    """
    units = units_of(images)
    strata = _strata(units) if by_category else {(): units}
    drawn: list[Unit] = []
    missing = 0.0
    for _, members in sorted(strata.items()):
        missing += share * sum(len(unit.images) for unit in members)
        missing -= sum(len(unit.images) for unit in members if unit.in_test)
        for unit in sorted(filter(lambda one: one.free, members), key=lambda one: _chance(seed, one.name)):
            if len(unit.images) < 2 * missing:  # with it, the share is nearer than without
                drawn.append(unit)
                missing -= len(unit.images)
    return drawn


def _strata(units: Sequence[Unit]) -> dict[tuple[int, ...], list[Unit]]:
    """Return the units by their rarest category, the rarest ones first; those without any come last."""
    images = Counter(category for unit in units for one in unit.images for category in one.categories)
    found: dict[tuple[int, ...], list[Unit]] = defaultdict(list)
    for unit in units:
        there = {category for one in unit.images for category in one.categories}
        rarest = min(((0, images[one], one) for one in there), default=(1,))
        found[rarest].append(unit)
    return found


def _chance(seed: int, name: str) -> bytes:
    """Return a number drawn for ``name``, which does not change when other images come or go."""
    return blake2b(f"{seed} {name}".encode(), digest_size=8).digest()
