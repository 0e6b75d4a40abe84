"""Scores of stock, live and tuned decoders on objects that they were not trained on.

An object is scored by the mean of the models that did not see its group. Not here: the decision
(`gate`), and what is held out (`splits`).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from samstudio.sam.decoder import SamDecoder
from samstudio.tuning.annotation_effort import PASSES, AnnotationEffort, annotation_effort, mean_effort
from samstudio.tuning.collapse import MOST_JUDGED, Collapse, measure_collapse
from samstudio.tuning.data.samples import EmbeddingOf, Sample
from samstudio.tuning.data.splits import spread
from samstudio.tuning.data.views import Views
from samstudio.tuning.evaluation import score
from samstudio.tuning.gate import Differences, Guard, Scores
from samstudio.tuning.panel import Panel
from samstudio.tuning.parallel import side_by_side
from samstudio.tuning.progress import Reporter
from samstudio.tuning.protocols import DECIDES, PROTOCOLS, decoder_passes, guard_protocols
from samstudio.tuning.trainer import State

LOOSE = "jitter"
"""The protocol of the loose box, one of the views in which an object is judged."""


@dataclass(frozen=True, eq=False)
class Judged:
    """IoU of N objects: by their ``tight`` box, and the ``mean`` over all views; float64 N each."""

    tight: Scores
    mean: Scores


def differences_of(before: Judged, after: Judged, images: Sequence[str]) -> Differences:
    """Return what a decoder gains by all views, image by image, in the mean no more than by the tight box.

    The views together show more of a few objects; but where loose boxes gain what tight ones do not, the
    mIoU that versions are compared by would not rise.
    """
    return Differences.of(before.mean, after.mean, images).at_most(float((after.tight - before.tight).mean()))


@dataclass(frozen=True, eq=False)
class Evaluator:
    """An evaluator of decoders that reports each scored object as work done.

    ``origin``: the weights that tuning started from; strengths are measured from there.
    """

    stock: SamDecoder
    origin: State
    embedding: EmbeddingOf
    reporter: Reporter

    def timed(self, views: Views) -> tuple[Judged, float]:
        """Return stock's scores, and the seconds that scoring an object in one view takes."""
        began = time.monotonic()
        judged = self.judge(views, self.stock)
        return judged, (time.monotonic() - began) / max(1, len(views))

    def judge(self, views: Views, decoder: SamDecoder) -> Judged:
        """Return the IoU of each object by one decoder."""
        return _judged(self.protocols(views.samples, decoder, _prompts(views)))

    def judge_unseen(self, views: Views, panel: Panel, strength: float) -> Judged:
        """Return the IoU of each object by the mean of the models that did not see it, at a strength.

        Args:
            views: The objects.
            panel: The models.
            strength: How far to go from the start (0) to the mean of the models (1).
        """
        return _judged(self.across(panel, strength, views.samples, _prompts(views)))

    def protocols(
        self, samples: Sequence[Sample], decoder: SamDecoder, protocols: Sequence[str]
    ) -> dict[str, Scores]:
        """Return the IoU of each object, float64 N, under each of the protocols."""
        return self._scored(samples, [(decoder, rows) for rows in _rows_by_image(samples)], protocols)

    def across(
        self,
        panel: Panel,
        strength: float,
        samples: Sequence[Sample],
        protocols: Sequence[str] = (DECIDES,),
    ) -> dict[str, Scores]:
        """Score each sample with the mean of the models that did not see its group.

        Args:
            panel: The models.
            strength: How far to go from the start (0) to the mean of the models (1).
            samples: The samples to score, all of them held out by some fold.
            protocols: Names in `samstudio.tuning.protocols.PROTOCOLS`.

        Returns:
            IoU of each sample, float64 N, by protocol.
        """
        tasks = [
            (panel.mean(self.stock, self.origin, models, strength), rows)
            for models, rows in panel.shares(samples).items()
        ]
        return self._scored(samples, tasks, protocols)

    def _scored(
        self,
        samples: Sequence[Sample],
        tasks: Sequence[tuple[SamDecoder, list[int]]],
        protocols: Sequence[str],
    ) -> dict[str, Scores]:
        """Score rows of the samples with a decoder each, several at once."""
        found = {name: np.zeros(len(samples)) for name in protocols}
        passes = decoder_passes(PROTOCOLS.get(name) for name in protocols)

        def scored(task: tuple[SamDecoder, list[int]]) -> dict[str, Scores]:
            decoder, rows = task
            evaluation = score([samples[row] for row in rows], decoder, self.embedding, protocols)
            return {name: evaluation.ious(name) for name in protocols}

        with side_by_side(self.stock.device) as each:
            for (_, rows), values in zip(tasks, each(scored, tasks), strict=True):
                for name in protocols:
                    found[name][rows] = values[name]
                self.reporter.scored(passes * len(rows))
        return found

    def guards(self, panel: Panel, strength: float, samples: Sequence[Sample]) -> list[Guard]:
        """Score stock and the candidate under the prompts that may not get much worse.

        Args:
            panel: The models.
            strength: How far to go from the start (0) to the mean of the models (1).
            samples: The samples to score, all of them held out by some fold.
        """
        names = [one.name for one in guard_protocols()]
        base = self.protocols(samples, self.stock, names)
        tuned = self.across(panel, strength, samples, names)
        return [Guard(name, base[name], tuned[name]) for name in names]

    def effort(
        self, panel: Panel, strength: float, samples: Sequence[Sample]
    ) -> tuple[AnnotationEffort, AnnotationEffort]:
        """Return the mean annotation effort with stock and with the candidate, on held-out objects.

        Args:
            panel: The models.
            strength: How far to go from the start (0) to the mean of the models (1).
            samples: The samples to use, all of them held out by some fold.
        """
        before = self._effort(samples, [(self.stock, rows) for rows in _rows_by_image(samples)])
        shares = panel.shares(samples).items()
        after = self._effort(
            samples,
            [(panel.mean(self.stock, self.origin, models, strength), rows) for models, rows in shares],
        )
        return mean_effort(before), mean_effort(after)

    def _effort(self, samples: Sequence[Sample], tasks: Sequence[tuple[SamDecoder, list[int]]]) -> Scores:
        found = np.zeros((len(samples), 3))

        def measured(task: tuple[SamDecoder, list[int]]) -> Scores:
            return annotation_effort(task[0], [samples[row] for row in task[1]], self.embedding)

        with side_by_side(self.stock.device) as each:
            for (_, rows), values in zip(tasks, each(measured, tasks), strict=True):
                found[rows] = values
                self.reporter.scored(PASSES * len(rows) // 3)
        return found

    def everyday(self, samples: Sequence[Sample], state: State) -> Guard:
        """Score everyday objects with stock and a candidate, which was trained on none of them."""
        base = self.protocols(samples, self.stock, (DECIDES,))[DECIDES]
        tuned = self.protocols(samples, self.stock.with_weights(state), (DECIDES,))[DECIDES]
        return Guard("canary", base, tuned)

    def collapse(
        self,
        panel: Panel,
        strength: float,
        state: State,
        samples: Sequence[Sample],
        everyday: Sequence[Sample],
    ) -> Collapse:
        """Look at how a candidate answers, beside stock.

        Args:
            panel: The models, which judge what the image is worth on what they did not see.
            strength: How far to go from the start (0) to the mean of the models (1).
            state: The candidate.
            samples: The samples to use, all of them held out by some fold.
            everyday: Everyday objects.
        """
        judged = spread(samples, MOST_JUDGED, rng=np.random.default_rng(0))
        judges = [
            (panel.mean(self.stock, self.origin, models, strength), [judged[row] for row in rows])
            for models, rows in panel.shares(judged).items()
        ]
        found = measure_collapse(
            self.stock,
            self.stock.with_weights(state),
            samples,
            everyday,
            self.embedding,
            judges=judges,
        )
        self.reporter.scored(2 * (found.prompts + found.objects) + 5 * found.moved_objects)
        return found


def _rows_by_image(samples: Sequence[Sample]) -> list[list[int]]:
    """Return the rows of the samples, image by image."""
    rows: dict[str, list[int]] = {}
    for row, sample in enumerate(samples):
        rows.setdefault(sample.image_id, []).append(row)
    return list(rows.values())


def _prompts(views: Views) -> tuple[str, ...]:
    return (DECIDES, LOOSE) if views.loose else (DECIDES,)


def _judged(scores: dict[str, Scores]) -> Judged:
    return Judged(scores[DECIDES], np.mean(list(scores.values()), axis=0))
