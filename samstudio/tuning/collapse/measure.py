"""The comparison of a candidate's answers with stock's, and what counts as a collapse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from samstudio.sam.decoder import SamDecoder
from samstudio.tuning.collapse.displaced import fits_here_and_there
from samstudio.tuning.collapse.ignored import ignored
from samstudio.tuning.collapse.image_gains import image_gains
from samstudio.tuning.collapse.probes import answers_to, make_probes
from samstudio.tuning.data.samples import EmbeddingOf, Sample
from samstudio.tuning.data.splits import spread

MOST_JUDGED = 16
"""Objects that show what the image is worth."""

MOST_IGNORED = 0.4
"""A candidate that ignores this share of the prompts more than stock has collapsed."""

LEAST_WORTH = 0.02
"""So has one that fits its objects better by less IoU than this on their own images than on others."""

STOCK_MISSES, STOCK_KNOWS, BETTER = 0.5, 0.6, 0.1
"""Masks are misplaced that stock's answers fit by less IoU than the first, and where they are moved by more
than the second; the difference is larger than the third, a standard error aside."""

FEWEST_JUDGED = 5
"""Of fewer objects neither is believed."""


@dataclass(frozen=True)
class Collapse:
    """How a candidate answers, beside stock, to the same prompts.

    ``prompts``: how many were asked. ``ignored``: answers that do not fit their prompt (see `ignored`).
    ``worth``: how much more IoU the right image gives than another one (see `image_gains`), the mean of
    ``objects``, with its standard error; 0 where there is no other image. ``fit``, ``moved_fit``: the IoU of
    stock's answers with the masks, and where those are moved (see `displaced`), the means of
    ``moved_objects``, with the standard error of the difference.
    """

    prompts: int
    ignored: int
    ignored_by_stock: int
    objects: int = 0
    worth: float = 0.0
    worth_error: float = 0.0
    moved_objects: int = 0
    fit: float = 0.0
    moved_fit: float = 0.0
    moved_error: float = 0.0

    @property
    def ignores(self) -> bool:
        """Whether many more prompts were ignored than by stock."""
        return self.ignored - self.ignored_by_stock > MOST_IGNORED * self.prompts

    @property
    def blind(self) -> bool:
        """Whether it answers as well without seeing the object."""
        return self.objects >= FEWEST_JUDGED and self.worth + self.worth_error < LEAST_WORTH

    @property
    def misplaced(self) -> bool:
        """Whether the masks that it learned from lie beside their objects."""
        known = self.fit < STOCK_MISSES and self.moved_fit > STOCK_KNOWS
        better = self.moved_fit - self.fit - self.moved_error > BETTER
        return self.moved_objects >= FEWEST_JUDGED and known and better

    @property
    def is_collapse(self) -> bool:
        """Whether the candidate no longer answers its prompts, or learned to answer beside the objects."""
        return self.ignores or self.blind or self.misplaced

    def to_params(self) -> dict[str, Any]:
        """Return the numbers as JSON; ``blind`` and ``misplaced``: which of the others decides."""
        blind = self.blind and not self.ignores
        return {**asdict(self), "blind": blind, "misplaced": self.misplaced and not (self.ignores or blind)}


Judges = Sequence[tuple[SamDecoder, Sequence[Sample]]]
"""Decoders, each with objects that it did not learn from."""


def measure_collapse(
    stock: SamDecoder,
    candidate: SamDecoder,
    samples: Sequence[Sample],
    everyday: Sequence[Sample],
    embedding: EmbeddingOf,
    *,
    judges: Judges = (),
) -> Collapse:
    """Ask two decoders the same prompts, `MOST_PROMPTS` at most, and compare how they answer.

    Args:
        stock: The model's own decoder.
        candidate: The decoder that was tuned.
        samples: The accepted objects.
        everyday: Objects of other images; there may be none.
        embedding: Reads an image's stored embedding, float16 256x64x64.
        judges: Show what the image is worth: what they learned by heart does not count.
    """
    probes = make_probes(samples, everyday)
    before, after = answers_to(probes, stock, embedding), answers_to(probes, candidate, embedding)
    gains = np.concatenate(
        [np.zeros(0), *(image_gains(decoder, own, samples, embedding) for decoder, own in judges)]
    )
    shown = spread(samples, MOST_JUDGED, rng=np.random.default_rng(0))
    here, there = fits_here_and_there(stock, shown, embedding).T
    return Collapse(
        prompts=len(probes),
        ignored=int(np.count_nonzero(ignored(probes, after))),
        ignored_by_stock=int(np.count_nonzero(ignored(probes, before))),
        objects=len(gains),
        worth=_mean(gains),
        worth_error=_error(gains),
        moved_objects=len(shown),
        fit=_mean(here),
        moved_fit=_mean(there),
        moved_error=_error(there - here),
    )


def _mean(values: NDArray[np.float64]) -> float:
    return float(values.mean()) if len(values) else 0.0


def _error(values: NDArray[np.float64]) -> float:
    """Return the standard error of the mean."""
    return float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else 0.0
