"""The models of a job, and which of them judge what.

An image is judged by the mean of the models that did not see its group. Not here: the scores (`evaluator`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from samstudio.sam.decoder import SamDecoder
from samstudio.tuning.data.samples import Sample
from samstudio.tuning.data.splits import Fold, unseen_models
from samstudio.tuning.trainer import State, blend


@dataclass(frozen=True, eq=False)
class Panel:
    """Models, each trained on a part of the groups: the mean of those that did not see a group judges it."""

    folds: Sequence[Fold]
    states: Sequence[State]

    @cached_property
    def _unseen(self) -> dict[str, tuple[int, ...]]:
        return unseen_models(self.folds)

    def shares(self, samples: Sequence[Sample]) -> dict[tuple[int, ...], list[int]]:
        """Return the rows of the samples by the models that did not see them."""
        found: dict[tuple[int, ...], list[int]] = {}
        for row, sample in enumerate(samples):
            found.setdefault(self._unseen[sample.group], []).append(row)
        return found

    def mean(self, stock: SamDecoder, origin: State, models: Iterable[int], strength: float) -> SamDecoder:
        """Return the mean of some of the models, as a decoder.

        Args:
            stock: The decoder whose other weights it has.
            origin: Where the strength is 0.
            models: Their numbers.
            strength: How far to go from the origin to their mean.
        """
        return stock.with_weights(blend(origin, [self.states[model] for model in models], strength))
