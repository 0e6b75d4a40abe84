"""The inputs of a tuning job, prepared once and never changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from torch import Tensor

from samstudio.domain import Example, InvalidInput
from samstudio.sam.decoder import SamDecoder
from samstudio.tuning.data.samples import EmbeddingOf, Sample, make_sample, make_samples
from samstudio.tuning.data.splits import unseen_samples
from samstudio.tuning.recipe import Recipe

NOTHING: Mapping[int, float] = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class TuningJob:
    """The inputs of a tuning job.

    ``samples``: what models may be trained on. ``validation_pool``: those of them that may be held out, and
    what is judged only. ``live`` is None when stock is live; ``start``
    is the decoder that tuning starts from. ``skipped``: a sentence for each object that was left out.
    ``everyday``: objects that everybody knows, to see what of them is forgotten.
    ``live_held_out``: the IoU of the live version's models on objects that they did not see, by id.
    """

    stock: SamDecoder
    live: SamDecoder | None
    start: SamDecoder
    from_live: bool
    samples: Sequence[Sample]
    validation_pool: Sequence[Sample]
    skipped: Sequence[str]
    everyday: Sequence[Sample]
    live_annotation_ids: frozenset[int]
    embedding: EmbeddingOf
    recipe: Recipe
    seed: int
    max_seconds: float
    live_held_out: Mapping[int, float] = field(default_factory=dict)

    def with_recipe(self, recipe: Recipe) -> TuningJob:
        """Return the same job under another recipe."""
        return replace(self, recipe=recipe)


def prepare(
    *,
    stock: SamDecoder,
    live_state: Mapping[str, Tensor] | None,
    examples: Sequence[Example],
    embedding: EmbeddingOf,
    recipe: Recipe,
    seed: int,
    max_seconds: float,
    live_annotation_ids: Collection[int],
    from_live: bool,
    everyday: Sequence[Example],
    live_held_out: Mapping[int, float] = NOTHING,
) -> TuningJob:
    """Return the inputs of a job.

    Args:
        stock: See `samstudio.tuning.pipeline.tune`, here and below.
        live_state: The live decoder's weights by name; None when stock is live.
        examples: The accepted objects.
        embedding: Reads an image's stored embedding, float16 256x64x64.
        recipe: How to tune.
        seed: Seed of everything random.
        max_seconds: Time for all of it, in seconds.
        live_annotation_ids: What the live version was trained on.
        from_live: Start from the live version instead of stock.
        everyday: Objects that everybody knows.
        live_held_out: The IoU of the live version's models on objects that they did not see.

    Raises:
        InvalidInput: No object can be used.
    """
    usable, skipped = make_samples(examples, embedding)
    samples = [sample for sample in usable if not sample.example.judged_only]
    if not samples:
        why = f" ({skipped[0]})" if skipped else ""
        raise InvalidInput(f"there is no accepted mask to learn from{why}: accept some, then fine-tune")
    live = None if live_state is None else stock.with_weights(live_state)
    start = live if from_live and live is not None else stock
    own = {sample.image_id for sample in usable}
    seen = frozenset(live_annotation_ids)
    new = unseen_samples(usable, seen) if start is live else usable
    return TuningJob(
        stock=stock,
        live=live,
        start=start,
        from_live=start is live,
        samples=samples,
        validation_pool=_validation_pool(new),
        skipped=skipped,
        everyday=[make_sample(example) for example in everyday if example.image_id not in own],
        live_annotation_ids=seen,
        embedding=embedding,
        recipe=recipe,
        seed=seed,
        max_seconds=max_seconds,
        live_held_out=live_held_out,
    )


def _validation_pool(samples: Sequence[Sample]) -> list[Sample]:
    """Return what can be judged: of a single group nothing is held out, as nothing would be left to learn."""
    judged_only = [sample for sample in samples if sample.example.judged_only]
    learned = [sample for sample in samples if not sample.example.judged_only]
    if judged_only and len({sample.group for sample in learned}) < 2:
        return judged_only
    return list(samples)
