"""A tuning job, from examples to an evaluated candidate.

1. Prepare the objects; leave out, and report, those that cannot be used.
2. Split them, twice, into three parts: six models, each trained on two parts (`steps.planning`).
3. Score stock, and the live version, on the objects.
4. Train the models side by side (`steps.training`).
5. Score, at several strengths between the start and their weights (WiSE-FT: Wortsman et al. 2022), each
   image by the mean of those models that did not see it.
6. Choose the strength of the best expected gain (`gate.choice`). The candidate is the mean of all models
   (a model soup: Wortsman et al. 2022) at that strength; the gate (`gate`) decides on it.

The start is stock, or the live version. Nothing here stores anything, swaps anything, or runs an
image encoder.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from torch import Tensor

from samstudio.domain import Example
from samstudio.sam.decoder import SamDecoder
from samstudio.tuning.data import splits
from samstudio.tuning.data.samples import EmbeddingOf
from samstudio.tuning.evaluator import Evaluator
from samstudio.tuning.outcome import TuneOutcome
from samstudio.tuning.progress import Cancelled, Reporter, TuningProgress
from samstudio.tuning.recipe import Recipe
from samstudio.tuning.steps.finishing import finish
from samstudio.tuning.steps.job import NOTHING, prepare
from samstudio.tuning.steps.models import score_baselines, train_models
from samstudio.tuning.steps.planning import split
from samstudio.tuning.steps.record import judged_outcome
from samstudio.tuning.steps.short_time import shorten
from samstudio.tuning.steps.training import Training, measure_step
from samstudio.tuning.steps.unjudged import train_unjudged

__all__ = ["Cancelled", "TuneOutcome", "TuningProgress", "tune"]


def tune(
    *,
    stock: SamDecoder,
    live_state: Mapping[str, Tensor] | None,
    examples: Sequence[Example],
    embedding: EmbeddingOf,
    recipe: Recipe | None = None,
    seed: int = 0,
    max_seconds: float = 120.0,
    live_annotation_ids: Collection[int] = (),
    live_held_out: Mapping[int, float] = NOTHING,
    from_live: bool = False,
    everyday: Sequence[Example] = (),
    on_progress: Callable[[TuningProgress], None] = lambda _progress: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> TuneOutcome:
    """Tune a decoder on accepted objects and judge the result.

    With the same seed, data, precision and number of steps, the losses are the same on a CPU.

    Args:
        stock: The model's own decoder.
        live_state: The live decoder's weights by name; None when stock is live.
        examples: The accepted objects.
        embedding: Reads an image's stored embedding, float16 256x64x64.
        recipe: How to tune; None for the defaults.
        seed: Seed of everything random.
        max_seconds: Time for all of it, in seconds.
        live_annotation_ids: What the live version was trained on. It is compared on other images where
            there are enough of them.
        live_held_out: The IoU of the live version's models on objects that they did not see, by
            annotation id.
        from_live: Start from the live version instead of stock. The candidate is then judged only on
            images that the live version was not trained on.
        everyday: Objects that everybody knows, to see what of them is forgotten.
        on_progress: Called with each report.
        cancelled: Called between two steps; True stops the job.

    Returns:
        The candidate, its verdict, and how both came about.

    Raises:
        InvalidInput: No object can be used.
        Cancelled: ``cancelled`` returned True.
    """
    reporter = Reporter(on_progress=on_progress, cancelled=cancelled, most_seconds=max_seconds)
    reporter.phase("preparing")
    job = prepare(
        stock=stock,
        live_state=live_state,
        examples=examples,
        embedding=embedding,
        recipe=recipe or Recipe(),
        seed=seed,
        max_seconds=max_seconds,
        live_annotation_ids=live_annotation_ids,
        live_held_out=live_held_out,
        from_live=from_live,
        everyday=everyday,
    )
    if not splits.can_be_judged(job.validation_pool):
        return train_unjudged(job, reporter)

    evaluator = Evaluator(job.stock, job.start.decoder_state(), embedding, reporter)
    data = split(job)
    reporter.phase("scoring the stock decoder")
    baseline = score_baselines(job, data, evaluator)
    job = job.with_recipe(job.recipe.with_learning_rate(float(baseline.stock.tight.mean())))
    reporter.phase("training")
    timing = measure_step(job, data.folds[0].train, reporter)
    job, data = shorten(job, data, baseline, seconds=reporter.seconds)
    training = Training(job, timing, reporter)
    trial = train_models(job, data, baseline, training, evaluator)
    candidate = finish(job, data, baseline, trial, evaluator)
    return judged_outcome(job, data, baseline, candidate, training.timing, reporter)
