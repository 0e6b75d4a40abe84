"""Data splits: which objects a model is trained on, and which it is evaluated on.

Images of one group (crops of one scene) are never split. The samples are
cross-fitted: each is evaluated with models that did not see its group. Not here: how many
folds the time allows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from samstudio.tuning.data.samples import Sample
from samstudio.tuning.recipe import IMAGES_TO_JUDGE


@dataclass(frozen=True)
class Fold:
    """The samples that one model is trained on, and those that it is evaluated on (maybe none)."""

    train: tuple[Sample, ...]
    validation: tuple[Sample, ...]


def unseen_models(folds: Sequence[Fold]) -> dict[str, tuple[int, ...]]:
    """Return, for each group that is held out, the folds whose model does not see it."""
    found: dict[str, list[int]] = defaultdict(list)
    for number, fold in enumerate(folds):
        for group in {sample.group for sample in fold.validation}:
            found[group].append(number)
    return {group: tuple(numbers) for group, numbers in found.items()}


def can_be_judged(samples: Sequence[Sample]) -> bool:
    """Tell whether there are `IMAGES_TO_JUDGE` images, in at least two groups."""
    return len({s.image_id for s in samples}) >= IMAGES_TO_JUDGE and len({s.group for s in samples}) >= 2


def cross_fit(samples: Sequence[Sample], *, folds: int, rng: np.random.Generator) -> list[Fold]:
    """Return at most ``folds`` folds over groups, so that each sample is held out exactly once."""
    parts = _parts(samples, folds, rng)
    return [
        Fold(
            train=tuple(s for other in parts if other is not validation for s in other),
            validation=tuple(validation),
        )
        for validation in parts
    ]


def _parts(samples: Sequence[Sample], count: int, rng: np.random.Generator) -> list[list[Sample]]:
    """Distribute groups over parts of about as many images each; with few groups, fewer parts."""
    groups: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        groups[sample.group].append(sample)
    images = {name: len({s.image_id for s in members}) for name, members in groups.items()}
    names = [list(groups)[i] for i in rng.permutation(len(groups))]
    names.sort(key=lambda name: -images[name])
    parts: list[list[Sample]] = [[] for _ in range(min(count, len(groups)))]
    filled = [0] * len(parts)
    for name in names:
        smallest = filled.index(min(filled))
        parts[smallest] += groups[name]
        filled[smallest] += images[name]
    return parts


def spread(samples: Sequence[Sample], limit: int, *, rng: np.random.Generator) -> list[Sample]:
    """Return at most ``limit`` samples, taken from the images in turn, in the order given."""
    if len(samples) <= limit:
        return list(samples)
    turns: dict[str, int] = defaultdict(int)
    ranked: list[tuple[int, int, int]] = []
    for index in rng.permutation(len(samples)):
        sample = samples[index]
        ranked.append((turns[sample.image_id], len(ranked), int(index)))
        turns[sample.image_id] += 1
    keep = sorted(index for _, _, index in sorted(ranked)[:limit])
    return [samples[index] for index in keep]


def unseen_samples(samples: Sequence[Sample], annotation_ids: Collection[int]) -> list[Sample]:
    """Return the samples whose group (or image) holds none of these annotations."""
    seen = {sample.group for sample in samples if sample.example.annotation_id in annotation_ids}
    return [sample for sample in samples if sample.group not in seen]
