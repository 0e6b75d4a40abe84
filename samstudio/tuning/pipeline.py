"""One press of Fine-tune now: examples in, a judged candidate out.

1. Prepare the objects; leave out, and name, those that cannot be used.
2. Split them: few images are cross-fitted, many are split once (`planning`).
3. Score stock, and the live version, on the held-out objects.
4. Train one model a fold, score each on what it did not see, at several strengths towards the start,
   and pick the strength (WiSE-FT).
5. The gate (`gate`) decides on those scores. If it says no, that is all.
6. If it says yes, train one more model, on everything and for longer. The candidate is the mean of all
   models (a model soup): what the gate judged, and one that saw more.
7. That very candidate is looked at on everyday objects. One that forgot them is taken back towards the
   start until it knows them; where that does not help, or nothing is gained any more, it is kept aside.

The start is stock, or the live version. Nothing here stores anything, swaps anything, or runs an
image encoder.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from torch import Tensor

from samstudio.domain import Example, InvalidInput
from samstudio.sam.decoder import SamDecoder
from samstudio.tuning import gate
from samstudio.tuning.annotation_effort import PASSES
from samstudio.tuning.data import splits
from samstudio.tuning.data.samples import EmbeddingOf, Sample, make_sample, make_samples
from samstudio.tuning.evaluator import GUARDS, Evaluator, decodes
from samstudio.tuning.outcome import State, Trial, TuneOutcome, judged_objects, trial_scores
from samstudio.tuning.planning import RESERVE, DataSplit, fresh, plan, split
from samstudio.tuning.progress import Cancelled, Reporter, TuningProgress
from samstudio.tuning.recipe import Recipe
from samstudio.tuning.trainer import blend
from samstudio.tuning.training import CHECKS, Training

__all__ = ["Cancelled", "TuneOutcome", "TuningProgress", "tune"]

LEAST_BACK = 0.25
"""Less of a candidate's way than this is not worth keeping."""

HALVINGS = 4
"""Searches for how much of it to keep, each twice as fine: to a twentieth of the way."""


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
    from_live: bool = False,
    canary: Sequence[Example] = (),
    on_progress: Callable[[TuningProgress], None] = lambda _progress: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> TuneOutcome:
    """Tune a decoder on accepted objects and judge the result.

    ``live_state``: the live decoder's weights, None when stock is live. ``live_annotation_ids``:
    what the live version learned from; it is compared on other images where there are enough of
    them. ``from_live``: go on from the live version instead of stock; it is then judged only on
    images that the live version did not learn from. ``canary``: everyday objects that must not be
    forgotten. ``max_seconds``: time for all of it. Same seed, data, precision and number of steps:
    same losses on a CPU.

    Raises InvalidInput when no object can be used, `Cancelled` when asked to stop.
    """
    reporter = Reporter(on_progress=on_progress, cancelled=cancelled, most_seconds=max_seconds)
    reporter.phase("preparing")
    samples, skipped = make_samples(examples, embedding)
    if not samples:
        why = f" ({skipped[0]})" if skipped else ""
        raise InvalidInput(f"there is no accepted mask to learn from{why}: accept some, then fine-tune")
    recipe = recipe or Recipe()
    live = None if live_state is None else stock.with_weights(live_state)
    start = live if from_live and live is not None else stock
    own = {sample.image_id for sample in samples}
    job = _Job(
        recipe=recipe,
        seed=seed,
        max_seconds=max_seconds,
        reporter=reporter,
        evaluator=Evaluator(stock, start.decoder_state(), embedding, reporter),
        training=Training(start, embedding, recipe, seed, reporter),
        live=live,
        live_saw=frozenset(live_annotation_ids),
        from_live=start is live,
        canary=[make_sample(example) for example in canary if example.image_id not in own],
    )
    judges = fresh(samples, job.live_saw) if job.from_live else samples
    outcome = job.judged(samples, judges) if splits.can_be_judged(judges) else job.unjudged(samples, judges)
    outcome.scores["skipped"] = skipped
    return outcome


@dataclass(eq=False)
class _Job:
    """What every part of one press shares."""

    recipe: Recipe
    seed: int
    max_seconds: float
    reporter: Reporter
    evaluator: Evaluator
    training: Training
    live: SamDecoder | None
    live_saw: frozenset[int]
    from_live: bool
    canary: Sequence[Sample]

    # -- the two ways a press can go ---------------------------------------------------------------

    def judged(self, samples: Sequence[Sample], judges: Sequence[Sample]) -> TuneOutcome:
        """Train with something held out, judge, decide; with a yes, train on everything."""
        share = split(samples, judges=judges, recipe=self.recipe, seed=self.seed)
        self.reporter.phase("scoring the stock decoder")
        base, each = self.evaluator.timed(share.judged)
        self.recipe = self.training.recipe = self.recipe.with_learning_rate(float(base.mean()))
        live = None if self.live is None else self.evaluator.boxes(share.judged, self.live)

        trial, last_steps = self._try(share, judges, base, live, each)
        verdict = self._verdict(share, base, live, trial)
        states, final_steps = list(trial.states), 0
        if verdict.promote:
            self.reporter.phase("training on everything")
            last, final_steps = self.training.train(
                [share.samples], last_steps, until=RESERVE * self.max_seconds, first=len(states)
            )
            states += last
        way = self.recipe.interpolation_weight(trial.strength, len({sample.image_id for sample in samples}))
        state, canary = blend(self.evaluator.origin, states, way), None
        if verdict.promote and self.canary:
            state, canary, kept = self._remembering(states, way)
            if kept < way:
                trial = replace(trial, strength=_judged_within(trial, kept))
                verdict = gate.taken_back(self._verdict(share, base, live, trial), kept / way)
            verdict = gate.unless_forgotten(verdict, canary, allowed=self.recipe.canary_drop)
        return self._outcome(
            share,
            base,
            live,
            trial,
            verdict,
            state,
            scores=trial_scores(trial, canary),
            config=self._config(models=len(states), steps=trial.steps, final_steps=final_steps),
        )

    def _remembering(self, states: Sequence[State], way: float) -> tuple[State, gate.Guard, float]:
        """The mean of the models as far on its way as it still knows everyday objects, or a quarter of it.

        → its weights, how it did on those objects, and how far it went.
        """
        best = self._kept(states, way)
        if not gate.forgotten(best[1], self.recipe.canary_drop):
            return best
        best = self._kept(states, way * LEAST_BACK)
        knows, forgets = LEAST_BACK, 1.0
        for _ in range(0 if gate.forgotten(best[1], self.recipe.canary_drop) else HALVINGS):
            middle = (knows + forgets) / 2
            trial = self._kept(states, way * middle)
            if gate.forgotten(trial[1], self.recipe.canary_drop):
                forgets = middle
            else:
                knows, best = middle, trial
        return best

    def _kept(self, states: Sequence[State], way: float) -> tuple[State, gate.Guard, float]:
        """What is kept of the models' mean when it goes ``way`` from where they started."""
        state = blend(self.evaluator.origin, states, way)
        return state, self.evaluator.canary(self.canary, state), way

    def unjudged(self, samples: Sequence[Sample], judges: Sequence[Sample]) -> TuneOutcome:
        """Train on what there is; with nothing to judge it on, it stays aside."""
        self.reporter.phase("training")
        self.training.measure(samples)
        wanted = self.recipe.steps_for(len(samples))
        left = RESERVE * self.max_seconds - self.reporter.seconds
        self.reporter.plan(min(wanted, left / self.training.timing.seconds_per_step))
        states, steps = self.training.train([samples], wanted, until=RESERVE * self.max_seconds)
        return TuneOutcome(
            state=blend(self.evaluator.origin, states, max(self.recipe.strengths)),
            promote=False,
            reason=_nothing_to_judge(samples, judges, from_live=self.from_live),
            base_miou=None,
            live_miou=None,
            candidate_miou=None,
            n_train=len(samples),
            n_val=0,
            seconds=self.reporter.seconds,
            points=tuple(self.reporter.points),
            config=self._config(models=1, steps=steps, final_steps=0),
        )

    # -- its parts ---------------------------------------------------------------------------------

    def _try(
        self,
        share: DataSplit,
        judges: Sequence[Sample],
        base: gate.Scores,
        live: gate.Scores | None,
        each: float,
    ) -> tuple[Trial, int]:
        """Train the folds' models and judge them; → also the steps that the last model will take."""
        recipe, evaluator = self.recipe, self.evaluator
        self.reporter.phase("training")
        seconds_per_step = self.training.measure(share.folds[0].train).seconds_per_step
        reserved_seconds = each * self._scorings(share)
        planned = plan(
            share,
            recipe,
            judges=judges,
            seed=self.seed,
            now=self.reporter.seconds,
            seconds=self.max_seconds,
            reserved_seconds=reserved_seconds,
            seconds_per_step=seconds_per_step,
        )
        folds = planned.folds
        self.reporter.object_units = each / seconds_per_step
        self.reporter.plan(
            planned.trial_steps * len(folds) + planned.last_steps + reserved_seconds / seconds_per_step
        )

        states, taken = self.training.train(
            [fold.train for fold in folds],
            planned.trial_steps,
            until=planned.until,
            look=lambda now: float(evaluator.across(folds, now, 1.0, share.checked)["box"].mean()),
        )
        self.reporter.phase("judging")
        by_strength = {s: evaluator.across(folds, states, s, share.judged)["box"] for s in recipe.strengths}
        images = [sample.image_id for sample in share.judged]
        start = live if self.from_live and live is not None else base
        strength = gate.best_strength(start, by_strength, images, confidence=recipe.confidence)
        self.reporter.phase("checking other prompts")
        guards = evaluator.guards(folds, states, strength, share.guarded)
        before, after = evaluator.effort(folds, states, strength, share.effort_samples)
        trial = Trial(states, taken, strength, by_strength, guards, before, after, len(share.effort_samples))
        return trial, planned.last_steps

    def _scorings(self, share: DataSplit) -> int:
        """How many times an object is scored, beside the first time."""
        return (
            len(share.judged) * len(self.recipe.strengths)
            + 2 * decodes(GUARDS) * len(share.guarded)
            + PASSES * len(share.effort_samples)
            + 2 * len(self.canary)
            + CHECKS * len(share.checked)
        )

    def _verdict(
        self, share: DataSplit, base: gate.Scores, live: gate.Scores | None, trial: Trial
    ) -> gate.Verdict:
        unseen = {id(sample) for sample in fresh(share.judged, self.live_saw)}
        verdict = gate.judge(
            base=base,
            live=live,
            candidate=trial.scores,
            images=[sample.image_id for sample in share.judged],
            fresh=np.array([id(sample) in unseen for sample in share.judged], np.bool_),
            guards=trial.guards,
            recipe=self.recipe,
        )
        wanted = self.recipe.trial_steps(self.recipe.steps_for(len(share.samples)))
        least = min(self.recipe.least_steps, wanted)
        return gate.unless_too_short(verdict, steps=trial.steps, least=least, seconds=self.max_seconds)

    def _outcome(
        self,
        share: DataSplit,
        base: gate.Scores,
        live: gate.Scores | None,
        trial: Trial,
        verdict: gate.Verdict,
        state: State,
        *,
        scores: dict[str, Any],
        config: dict[str, Any],
    ) -> TuneOutcome:
        shown_live = base if live is None else live
        return TuneOutcome(
            state=state,
            promote=verdict.promote,
            reason=verdict.reason,
            base_miou=float(base.mean()),
            live_miou=float(shown_live.mean()),
            candidate_miou=float(trial.scores.mean()),
            n_train=len(share.samples) if share.crossed else len(share.folds[0].train),
            n_val=len(share.judged),
            seconds=self.reporter.seconds,
            scores=scores,
            objects=judged_objects(share.judged, base, shown_live, trial.scores),
            points=tuple(self.reporter.points),
            config=config,
        )

    def _config(self, **taken: int) -> dict[str, Any]:
        precision = "bfloat16" if self.training.timing.half else "float32"
        start = "live" if self.from_live else "stock"
        told = {"recipe": self.recipe.to_json(), "seed": self.seed, "start": start, "precision": precision}
        return {**told, **taken}


def _judged_within(trial: Trial, way: float) -> float:
    """The largest strength that was judged and lies within ``way``; the smallest where none does."""
    within = [strength for strength in trial.by_strength if strength <= way]
    return max(within, default=min(trial.by_strength))


def _nothing_to_judge(samples: Sequence[Sample], judges: Sequence[Sample], *, from_live: bool) -> str:
    if from_live:
        new = len({sample.image_id for sample in judges})
        return (
            "Kept aside: the live version learned from these images, so it cannot be judged on them, and "
            f"only {new} new ones have accepted masks. Start from stock, or accept masks on at least 3 new "
            "images that do not belong together."
        )
    images = len({sample.image_id for sample in samples})
    return (
        f"Kept aside: {images} image{'s' if images > 1 else ''} can be learned from, but nothing is "
        "left to judge the result on. Accept masks on at least 3 images that do not belong together."
    )
