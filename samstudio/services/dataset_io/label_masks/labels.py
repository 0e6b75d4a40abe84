"""The result of reading a mask: its objects as labels, and what a person should know of them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class LabelMask:
    """A mask file as labels.

    ``labels``: int64 HxW; 0 is background, each other value one object.
    ``names``: what a sentence calls a label, where that is not its value.
    ``doubt``: why a person should look at all its objects; ``doubts``: at one,
    by label. ``notes``: what was left out of it, or may be meant otherwise.
    """

    labels: NDArray[np.int64]
    names: dict[int, str] = field(default_factory=dict)
    doubt: str = ""
    doubts: dict[int, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def name_of(self, label: int) -> str:
        """Return what a sentence calls a label."""
        return self.names.get(label, f"value {label}")

    def doubt_of(self, label: int) -> str:
        """Return why a person should look at an object; empty where nothing is odd."""
        return "; ".join(each for each in (self.doubt, self.doubts.get(label, "")) if each)

    def add_doubt(self, label: int, why: str) -> None:
        """Add a reason why a person should look at an object."""
        self.doubts[label] = "; ".join(each for each in (self.doubts.get(label, ""), why) if each)
