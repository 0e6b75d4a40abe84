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
from samstudio.tuning.trainer import State, blend

GUARDS = ("jitter", "click", "clicks3")
"""Protocols that may not collapse."""


@dataclass(frozen=True, eq=False)
class Evaluator:
    """Scores decoders, counting each object as work done.

    ``origin``: the weights that tuning started from; strengths are measured from there.
    """

    stock: SamDecoder
    origin: State
    embedding: EmbeddingOf
    reporter: Reporter

    def timed(self, samples: Sequence[Sample]) -> tuple[Scores, float]:
        """Stock's scores, and the usual seconds an object takes (the first is slower: it warms up)."""
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
        """IoU of each object under the protocol that decides."""
        return self.protocols(samples, decoder, ("box",))["box"]

    def protocols(
        self, samples: Sequence[Sample], decoder: SamDecoder, protocols: Sequence[str]
    ) -> dict[str, Scores]:
        """IoU of each object under each of the protocols."""
        told = 0

        def on_object(done: int, _total: int) -> None:
            nonlocal told
            self.reporter.scored((done - told) * decodes(protocols))
            told = done

        scored = score(samples, decoder, self.embedding, protocols, on_object=on_object)
        return {name: scored.ious(name) for name in protocols}

    def across(
        self,
        folds: Sequence[Fold],
        states: Sequence[State],
        strength: float,
        samples: Sequence[Sample],
        protocols: Sequence[str] = ("box",),
    ) -> dict[str, Scores]:
        """Scores of ``samples``, each by the model of the fold that held it out, at a strength."""
        found = {name: np.zeros(len(samples)) for name in protocols}
        for decoder, validation, rows in self._shares(folds, states, strength, samples):
            for name, values in self.protocols(validation, decoder, protocols).items():
                found[name][rows] = values
        return found

    def _shares(
        self, folds: Sequence[Fold], states: Sequence[State], strength: float, samples: Sequence[Sample]
    ) -> Iterator[tuple[SamDecoder, list[Sample], list[int]]]:
        """Each fold's model, those of ``samples`` that it did not see, and their places among them."""
        position = {id(sample): row for row, sample in enumerate(samples)}
        for fold, state in zip(folds, states, strict=True):
            validation = [sample for sample in fold.validation if id(sample) in position]
            if validation:
                decoder = self.stock.with_weights(blend(self.origin, [state], strength))
                yield decoder, validation, [position[id(sample)] for sample in validation]

    def guards(
        self, folds: Sequence[Fold], states: Sequence[State], strength: float, samples: Sequence[Sample]
    ) -> list[Guard]:
        """Stock and candidate under the prompts that may not collapse."""
        base = self.protocols(samples, self.stock, GUARDS)
        tuned = self.across(folds, states, strength, samples, GUARDS)
        return [Guard(name, base[name], tuned[name]) for name in GUARDS]

    def effort(
        self, folds: Sequence[Fold], states: Sequence[State], strength: float, samples: Sequence[Sample]
    ) -> tuple[AnnotationEffort, AnnotationEffort]:
        """What stock and the candidate leave to a person, on objects that neither learned from."""
        before = annotation_effort(self.stock, samples, self.embedding)
        self.reporter.scored(PASSES * len(samples) // 2)
        after = np.zeros_like(before)
        for decoder, validation, rows in self._shares(folds, states, strength, samples):
            after[rows] = annotation_effort(decoder, validation, self.embedding)
        self.reporter.scored(PASSES * len(samples) // 2)
        return mean_effort(before), mean_effort(after)

    def canary(self, samples: Sequence[Sample], state: State) -> Guard:
        """Everyday objects under stock and under the very candidate: it learned from none of them."""
        base = self.boxes(samples, self.stock)
        return Guard("canary", base, self.boxes(samples, self.stock.with_weights(state)))


def decodes(protocols: Sequence[str]) -> int:
    """Decoder passes an object takes under these protocols."""
    passes = ("box" in protocols) + ("jitter" in protocols)
    if "clicks3" in protocols:
        return passes + 3
    return passes + ("click" in protocols)
