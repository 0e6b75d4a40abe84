"""The result of reading a mask: its objects as labels, and what a person should know of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Doubt:
    """Why a person should look at an object.

    ``code``: what the same reason has everywhere. ``unsure``: whether it may be no object
    at all, so that nothing should learn from it before a person accepted it.
    """

    code: str
    why: str
    unsure: bool = True


@dataclass(frozen=True, eq=False)
class LabelMask:
    """A mask file as labels.

    ``labels``: integers HxW; 0 is background, each other value one object.
    ``names``: what a sentence calls a label, where that is not its value.
    ``colours``: RGB of labels that have one. ``doubt``: of all its objects; ``doubts``: of one, by
    label. ``notes``: a phrase on each value that was left out.
    """

    labels: NDArray[np.integer]
    names: dict[int, str] = field(default_factory=dict)
    colours: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    doubt: list[Doubt] = field(default_factory=list)
    doubts: dict[int, list[Doubt]] = field(default_factory=lambda: defaultdict(list))
    notes: list[str] = field(default_factory=list)

    def name_of(self, label: int) -> str:
        """Return what a sentence calls a label."""
        return self.names.get(label, f"value {label}")

    def doubts_of(self, label: int) -> tuple[Doubt, ...]:
        """Return why a person should look at an object; nothing where nothing is odd."""
        return (*self.doubt, *self.doubts.get(label, ()))

    def doubt_object(self, label: int, doubt: Doubt) -> None:
        """Add a reason why a person should look at an object."""
        self.doubts[label].append(doubt)
