"""The views in which objects are judged: where there are few, each says more by being prompted twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from samstudio.tuning.data.samples import Sample


@dataclass(frozen=True, eq=False)
class Views:
    """The judged objects, each prompted by its tight box, and by a loose box too where ``loose``."""

    samples: Sequence[Sample]
    loose: bool

    def __len__(self) -> int:
        return len(self.samples) * (2 if self.loose else 1)
