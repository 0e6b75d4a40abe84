"""One press of Fine-tune now: examples in, a judged candidate out.

1. Prepare the objects; leave out, and name, those that cannot be used.
2. Split them: few images are cross-fitted, many are split once (`splits`).
3. Score stock, and the live version, on the held-out objects.
4. Train one model a fold, score each on what it did not see, at several strengths towards stock, and
   pick the strength (WiSE-FT).
5. The gate (`gate`) decides on those scores. If it says no, that is all.
6. If it says yes, train one more model, on everything and for longer. The candidate is the mean of all
   models (a model soup): what the gate judged, and one that saw more.

Nothing here stores anything, swaps anything, or runs an image encoder.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from samstudio.domain import Example, InvalidInput
from samstudio.sam.decoder import SamDecoder
from samstudio.tuning import gate, splits
from samstudio.tuning.judging import GUARDS, Judge, decodes
from samstudio.tuning.loop import blend, soup
from samstudio.tuning.outcome import JudgedObject, State, TuneOutcome
from samstudio.tuning.progress import Cancelled, Progress, Reporter
from samstudio.tuning.recipe import Recipe
from samstudio.tuning.samples import EmbeddingOf, Sample, make_samples
from samstudio.tuning.splits import Fold
from samstudio.tuning.training import CHECKS, Training

__all__ = ["Cancelled", "JudgedObject", "Progress", "TuneOutcome", "tune"]

CHECKED_OBJECTS = 16
"""On how many objects the models are looked at while they train, for the curve."""

FEWEST_STEPS = 25
"""Where the judged models would take fewer steps than this, there are fewer models."""

RESERVE = 0.9
"""The share of the time allowed that is planned; the rest is for what takes longer than measured."""


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
    on_progress: Callable[[Progress], None] = lambda _progress: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> TuneOutcome:
    """Tune ``stock`` on accepted objects and judge the result.

    ``live_state``: the live decoder's weights, None when stock is live.
    ``live_annotation_ids``: what the live version learned from; it is compared
    on other images where there are enough of them. ``max_seconds``: time for
    all of it. Same seed, data, precision and number of steps: same losses on a CPU.

    Raises InvalidInput when no object can be used, `Cancelled` when asked to stop.
    """
    reporter = Reporter(on_progress=on_progress, cancelled=cancelled, most_seconds=max_seconds)
    reporter.phase("preparing")
    samples, skipped = make_samples(examples, embedding)
    if not samples:
        why = f" ({skipped[0]})" if skipped else ""
        raise InvalidInput(f"there is no accepted mask to learn from{why}: accept some, then fine-tune")
    recipe = recipe or Recipe()
    job = _Job(
        recipe=recipe,
        seed=seed,
        max_seconds=max_seconds,
        reporter=reporter,
        judge=Judge(stock, embedding, reporter),
        training=Training(stock, embedding, recipe, seed, reporter),
        origin=stock.decoder_state(),
    )
    if splits.can_be_judged(samples):
        outcome = job.judged(samples, live_state, frozenset(live_annotation_ids))
    else:
        outcome = job.unjudged(samples)
    outcome.scores["skipped"] = skipped
    return outcome


@dataclass(eq=False)
class _Share:
    """What is learned from, and what is judged: with boxes, with other prompts, on the way."""

    samples: Sequence[Sample]
    folds: Sequence[Fold]
    judged: Sequence[Sample]
    guarded: Sequence[Sample]
    checked: Sequence[Sample]
    crossed: bool


@dataclass(frozen=True)
class _Plan:
    """What the time allows: the judged models, their steps and the last one's, and when they stop."""

    folds: Sequence[Fold]
    trial_steps: int
    last_steps: int
    until: float


@dataclass(eq=False)
class _Trial:
    """The folds' models and how they did, at the strength that did best."""

    states: Sequence[State]
    steps: int
    strength: float
    by_strength: Mapping[float, gate.Scores]
    guards: Sequence[gate.Guard]

    @property
    def scores(self) -> gate.Scores:
        """IoU of each judged object."""
        return self.by_strength[self.strength]


@dataclass(eq=False)
class _Job:
    """What every part of one press shares."""

    recipe: Recipe
    seed: int
    max_seconds: float
    reporter: Reporter
    judge: Judge
    training: Training
    origin: State

    # -- the two ways a press can go ---------------------------------------------------------------

    def judged(
        self, samples: Sequence[Sample], live_state: Mapping[str, Tensor] | None, live_saw: frozenset[int]
    ) -> TuneOutcome:
        """Train with something held out, judge, decide; with a yes, train on everything."""
        share = self._share(samples)
        self.reporter.phase("scoring the stock decoder")
        base, each = self.judge.timed(share.judged)
        stock = self.judge.stock
        live = None if live_state is None else self.judge.boxes(share.judged, stock.with_weights(live_state))

        trial, last_steps = self._try(share, base, each)
        verdict = gate.judge(
            base=base,
            live=live,
            candidate=trial.scores,
            images=[sample.image_id for sample in share.judged],
            fresh=_fresh(share.judged, live_saw),
            guards=trial.guards,
            recipe=self.recipe,
        )
        verdict = gate.unless_too_short(
            verdict,
            steps=trial.steps,
            least=min(self.recipe.least_steps, self.recipe.trial_steps(self.recipe.steps_for(len(samples)))),
            seconds=self.max_seconds,
        )
        states, final_steps = list(trial.states), 0
        if verdict.promote:
            self.reporter.phase("training on everything")
            last, final_steps = self.training.train(
                [share.samples], last_steps, until=RESERVE * self.max_seconds, first=len(states)
            )
            states += last
        state = soup(self.origin, states, trial.strength)
        config = self._config(models=len(states), steps=trial.steps, final_steps=final_steps)
        return self._outcome(share, base, live, trial, verdict, state, config)

    def unjudged(self, samples: Sequence[Sample]) -> TuneOutcome:
        """Train on what there is; with nothing to judge it on, it stays aside."""
        self.reporter.phase("training")
        self.training.measure(samples)
        wanted = self.recipe.steps_for(len(samples))
        left = RESERVE * self.max_seconds - self.reporter.seconds
        self.reporter.plan(min(wanted, left / self.training.pace.seconds))
        states, steps = self.training.train([samples], wanted, until=RESERVE * self.max_seconds)
        images = len({sample.image_id for sample in samples})
        return TuneOutcome(
            state=blend(self.origin, states, max(self.recipe.strengths)),
            promote=False,
            reason=(
                f"Kept aside: {images} image{'s' if images > 1 else ''} can be learned from, but nothing is "
                "left to judge the result on. Accept masks on at least 3 images that do not belong together."
            ),
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

    def _share(self, samples: Sequence[Sample]) -> _Share:
        recipe = self.recipe
        rng = np.random.default_rng(self.seed)
        crossed = len({sample.image_id for sample in samples}) <= recipe.few
        folds = (
            splits.cross_fit(samples, folds=recipe.folds, rng=rng)
            if crossed
            else splits.fixed_split(samples, share=recipe.held_share, rng=rng)
        )
        judged = splits.spread([s for fold in folds for s in fold.held], recipe.judged_objects, rng=rng)
        guarded = splits.spread(judged, recipe.guarded_objects, rng=rng)
        checked = splits.spread(judged, CHECKED_OBJECTS, rng=rng)
        return _Share(samples, folds, judged, guarded, checked, crossed)

    def _try(self, share: _Share, base: gate.Scores, each: float) -> tuple[_Trial, int]:
        """Train the folds' models and judge them; → also the steps that the last model will take."""
        recipe = self.recipe
        self.reporter.phase("training")
        pace = self.training.measure(share.folds[0].train)
        scorings = len(share.judged) * len(recipe.strengths) + 2 * decodes(GUARDS) * len(share.guarded)
        spoken_for = each * (scorings + CHECKS * len(share.checked))
        plan = self._plan(share, spoken_for)
        folds = plan.folds
        self.reporter.object_units = each / pace.seconds
        self.reporter.plan(plan.trial_steps * len(folds) + plan.last_steps + spoken_for / pace.seconds)

        states, taken = self.training.train(
            [fold.train for fold in folds],
            plan.trial_steps,
            until=plan.until,
            look=lambda now: float(self.judge.across(folds, now, 1.0, share.checked)["box"].mean()),
        )
        self.reporter.phase("judging")
        by_strength = {s: self.judge.across(folds, states, s, share.judged)["box"] for s in recipe.strengths}
        images = [sample.image_id for sample in share.judged]
        strength = gate.best_strength(base, by_strength, images, confidence=recipe.confidence)
        self.reporter.phase("checking other prompts")
        guards = self.judge.guards(folds, states, strength, share.guarded)
        return _Trial(states, taken, strength, by_strength, guards), plan.last_steps

    def _plan(self, share: _Share, spoken_for: float) -> _Plan:
        """How many models, and how many steps each, the time allows; ``spoken_for``: seconds of scoring."""
        recipe, folds, part = self.recipe, share.folds, self.recipe.trial_share
        wanted = recipe.steps_for(len(share.samples))
        left = max(0.0, RESERVE * self.max_seconds - self.reporter.seconds - spoken_for)
        affordable = left / self.training.pace.seconds
        if affordable * part / (part * len(folds) + 1) < min(FEWEST_STEPS, recipe.trial_steps(wanted)):
            # Little time, or a busy machine: fewer models, each trained enough to be judged.
            part = 1.0
            if share.crossed:
                folds = splits.cross_fit(share.samples, folds=2, rng=np.random.default_rng(self.seed))
        models = part * len(folds) + 1
        last = max(1, min(wanted, int(affordable / models)))
        until = self.reporter.seconds + left * (1 - 1 / models)
        return _Plan(folds, max(1, round(part * last)), last, until)

    def _outcome(
        self,
        share: _Share,
        base: gate.Scores,
        live: gate.Scores | None,
        trial: _Trial,
        verdict: gate.Verdict,
        state: State,
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
            scores=_scores(trial),
            objects=tuple(
                JudgedObject(s.image_id, s.example.annotation_id, *map(float, ious))
                for s, *ious in zip(share.judged, base, shown_live, trial.scores, strict=True)
            ),
            points=tuple(self.reporter.points),
            config=config,
        )

    def _config(self, **taken: int) -> dict[str, Any]:
        precision = "bfloat16" if self.training.pace.half else "float32"
        return {"recipe": self.recipe.to_json(), "seed": self.seed, "precision": precision, **taken}


def _scores(trial: _Trial) -> dict[str, Any]:
    return {
        "strength": trial.strength,
        "by_strength": {str(s): float(v.mean()) for s, v in trial.by_strength.items()},
        "protocols": {
            guard.protocol: {"base": float(guard.base.mean()), "candidate": float(guard.candidate.mean())}
            for guard in trial.guards
        },
    }


def _fresh(samples: Sequence[Sample], live_saw: frozenset[int]) -> NDArray[np.bool_]:
    """Which objects lie on images that the live version learned nothing from: bool N."""
    known = {s.image_id for s in samples if s.example.annotation_id in live_saw}
    return np.array([sample.image_id not in known for sample in samples], np.bool_)
