"""Scores of stock, live and candidate on held-out objects, for the gate to compare.

In cross-fitting each object is scored by the model that did not see its image. Not here: the
decision (`gate`), and what is held out (`splits`).
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from samstudio.sam.decoder import SamDecoder
from samstudio.tuning.annotation_effort import PASSES, AnnotationEffort, annotation_effort, mean_effort
from samstudio.tuning.data.samples import EmbeddingOf, Sample
from samstudio.tuning.data.splits import Fold
from samstudio.tuning.evaluation import score
from samstudio.tuning.gate import Guard, Scores
from samstudio.tuning.progress import Reporter
from samstudio.tuning.protocols import DECIDES, PROTOCOLS, decoder_passes, guard_protocols
from samstudio.tuning.trainer import State, blend


@dataclass(frozen=True, eq=False)
class Evaluator:
    """An evaluator of decoders that reports each scored object as work done.

    ``origin``: the weights that tuning started from; strengths are measured from there.
    """

    stock: SamDecoder
    origin: State
    embedding: EmbeddingOf
    reporter: Reporter

    def timed(self, samples: Sequence[Sample]) -> tuple[Scores, float]:
        """Return stock's scores, and the usual seconds an object takes.

        The first object is slower, since it warms up: the lower quartile is returned.
        """
        paces: list[float] = []
        last, seen = time.monotonic(), 0

        def on_object(done: int, _total: int) -> None:
            nonlocal last, seen
            now = time.monotonic()
            paces.append((now - last) / (done - seen))
            self.reporter.scored(done - seen)
            last, seen = now, done

        scores = score(samples, self.stock, self.embedding, on_object=on_object).ious()
        return scores, float(np.quantile(paces, 0.25))

    def boxes(self, samples: Sequence[Sample], decoder: SamDecoder) -> Scores:
        """Return the IoU of each object under the protocol that decides, float64 N."""
        return self.protocols(samples, decoder, (DECIDES,))[DECIDES]

    def protocols(
        self, samples: Sequence[Sample], decoder: SamDecoder, protocols: Sequence[str]
    ) -> dict[str, Scores]:
        """Return the IoU of each object, float64 N, under each of the protocols."""
        reported = 0
        passes = decoder_passes(PROTOCOLS.get(name) for name in protocols)

        def on_object(done: int, _total: int) -> None:
            nonlocal reported
            self.reporter.scored((done - reported) * passes)
            reported = done

        scored = score(samples, decoder, self.embedding, protocols, on_object=on_object)
        return {name: scored.ious(name) for name in protocols}

    def across(
        self,
        folds: Sequence[Fold],
        states: Sequence[State],
        strength: float,
        samples: Sequence[Sample],
        protocols: Sequence[str] = (DECIDES,),
    ) -> dict[str, Scores]:
        """Score each sample with the model of the fold that held it out.

        Args:
            folds: What each model was trained on, and what it was not.
            states: The models' weights, one a fold.
            strength: How far to go from the start (0) to a model's weights (1).
            samples: The samples to score, all of them held out by some fold.
            protocols: Names in `samstudio.tuning.protocols.PROTOCOLS`.

        Returns:
            IoU of each sample, float64 N, by protocol.
        """
        found = {name: np.zeros(len(samples)) for name in protocols}
        for decoder, validation, rows in self._shares(folds, states, strength, samples):
            for name, values in self.protocols(validation, decoder, protocols).items():
                found[name][rows] = values
        return found

    def _shares(
        self, folds: Sequence[Fold], states: Sequence[State], strength: float, samples: Sequence[Sample]
    ) -> Iterator[tuple[SamDecoder, list[Sample], list[int]]]:
        """Yield each fold's model, those of ``samples`` that it did not see, and their indices."""
        position = {id(sample): row for row, sample in enumerate(samples)}
        for fold, state in zip(folds, states, strict=True):
            validation = [sample for sample in fold.validation if id(sample) in position]
            if validation:
                decoder = self.stock.with_weights(blend(self.origin, [state], strength))
                yield decoder, validation, [position[id(sample)] for sample in validation]

    def guards(
        self, folds: Sequence[Fold], states: Sequence[State], strength: float, samples: Sequence[Sample]
    ) -> list[Guard]:
        """Score stock and the candidate under the prompts that may not get much worse.

        Args:
            folds: What each model was trained on, and what it was not.
            states: The models' weights, one a fold.
            strength: How far to go from the start (0) to a model's weights (1).
            samples: The samples to score, all of them held out by some fold.
        """
        names = [one.name for one in guard_protocols()]
        base = self.protocols(samples, self.stock, names)
        tuned = self.across(folds, states, strength, samples, names)
        return [Guard(name, base[name], tuned[name]) for name in names]

    def effort(
        self, folds: Sequence[Fold], states: Sequence[State], strength: float, samples: Sequence[Sample]
    ) -> tuple[AnnotationEffort, AnnotationEffort]:
        """Return the mean annotation effort with stock and with the candidate, on held-out objects.

        Args:
            folds: What each model was trained on, and what it was not.
            states: The models' weights, one a fold.
            strength: How far to go from the start (0) to a model's weights (1).
            samples: The samples to use, all of them held out by some fold.
        """
        before = annotation_effort(self.stock, samples, self.embedding)
        self.reporter.scored(PASSES * len(samples) // 2)
        after = np.zeros_like(before)
        for decoder, validation, rows in self._shares(folds, states, strength, samples):
            after[rows] = annotation_effort(decoder, validation, self.embedding)
        self.reporter.scored(PASSES * len(samples) // 2)
        return mean_effort(before), mean_effort(after)

    def canary(self, samples: Sequence[Sample], state: State) -> Guard:
        """Score everyday objects with stock and a candidate, which was trained on none of them."""
        base = self.boxes(samples, self.stock)
        return Guard("canary", base, self.boxes(samples, self.stock.with_weights(state)))
