"""One press of Fine-tune now: examples in, a judged candidate out.

1. Prepare the objects; leave out, and name, those that cannot be used.
2. Split them: few images are cross-fitted, many are split once (`splits`).
3. Score stock, and the live version, on the held-out objects.
4. Train one model a fold, in lockstep, so that running out of time stops all alike.
5. Score each fold's model on what it did not see, at several strengths towards
   stock, and pick the strength (WiSE-FT).
6. The candidate is a soup of the folds' models, as far from stock as they were when judged.
7. The gate (`gate`) promotes it or keeps it aside, and says why.

Nothing here stores anything, swaps anything, or runs an image encoder.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from samstudio.domain import Example, InvalidInput
from samstudio.sam.decoder import SamDecoder
from samstudio.tuning import gate, splits
from samstudio.tuning.evaluation import score
from samstudio.tuning.loop import Trainee, blend, soup
from samstudio.tuning.progress import OBJECTS_A_STEP, Cancelled, Progress, Reporter
from samstudio.tuning.recipe import Recipe
from samstudio.tuning.samples import EmbeddingOf, Sample, make_samples
from samstudio.tuning.splits import Fold

__all__ = ["Cancelled", "JudgedObject", "Progress", "TuneOutcome", "tune"]

State = dict[str, Tensor]

GUARDS = ("jitter", "click", "clicks3")
"""Protocols that may not collapse."""

CHECKS = 4
"""How often the held-out mIoU is looked at while training, for the curve."""

CHECKED_OBJECTS = 16
"""On how many objects."""

FEWEST_STEPS = 40
"""Below this, fewer folds with more steps each are worth more than three."""

TRIAL_STEPS = 4
"""Steps of a throwaway model that show the pace; the fastest counts."""

RESERVE = 0.9
"""The share of the time allowed that is planned; the rest is for what takes longer than measured."""


@dataclass(frozen=True)
class JudgedObject:
    """One held-out object's IoU under stock, the live version and the candidate."""

    image_id: str
    annotation_id: int | None
    base: float
    live: float
    candidate: float


@dataclass(frozen=True, eq=False)
class TuneOutcome:
    """What a tuning job ends with.

    ``state``: the candidate's mask decoder weights, also when it was not
    promoted (it goes to the shelf). The mIoUs are None when nothing could be
    held out. ``n_train`` and ``n_val`` count objects; cross-fitting learns from
    all of them and judges all of them, never both with one model. ``points``:
    (step, loss, val_miou, seconds).
    """

    state: State
    promote: bool
    reason: str
    base_miou: float | None
    live_miou: float | None
    candidate_miou: float | None
    n_train: int
    n_val: int
    seconds: float
    scores: dict[str, Any] = field(default_factory=dict)
    objects: tuple[JudgedObject, ...] = ()
    points: tuple[tuple[int, float | None, float | None, float], ...] = ()
    config: dict[str, Any] = field(default_factory=dict)


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
    all of it. Same seed, data and number of steps: same losses on a CPU.

    Raises InvalidInput when no object can be used, `Cancelled` when asked to stop.
    """
    job = _Job(
        stock=stock,
        embedding=embedding,
        recipe=recipe or Recipe(),
        seed=seed,
        max_seconds=max_seconds,
        reporter=Reporter(on_progress=on_progress, cancelled=cancelled),
    )
    job.reporter.phase("preparing")
    samples, skipped = make_samples(examples, embedding)
    if not samples:
        why = f" ({skipped[0]})" if skipped else ""
        raise InvalidInput(f"there is no accepted mask to learn from{why}: accept some, then fine-tune")
    if splits.can_be_judged(samples):
        outcome = job.judged(samples, live_state, frozenset(live_annotation_ids))
    else:
        outcome = job.unjudged(samples)
    outcome.scores["skipped"] = skipped
    return outcome


@dataclass(eq=False)
class _Job:
    """What every part of one press shares."""

    stock: SamDecoder
    embedding: EmbeddingOf
    recipe: Recipe
    seed: int
    max_seconds: float
    reporter: Reporter
    steps_taken: int = 0

    # -- the two ways a press can go ---------------------------------------------------------------

    def judged(
        self, samples: Sequence[Sample], live_state: Mapping[str, Tensor] | None, live_saw: frozenset[int]
    ) -> TuneOutcome:
        """Train with something held out, judge, decide."""
        recipe = self.recipe
        rng = np.random.default_rng(self.seed)
        cross = len({sample.image_id for sample in samples}) <= recipe.few
        folds = (
            splits.cross_fit(samples, folds=recipe.folds, rng=rng)
            if cross
            else splits.fixed_split(samples, share=recipe.held_share, rng=rng)
        )
        judged = splits.spread([s for fold in folds for s in fold.held], recipe.judged_objects, rng=rng)
        guarded = splits.spread(judged, recipe.guarded_objects, rng=rng)

        self.reporter.plan(len(judged) / OBJECTS_A_STEP + 300)
        self.reporter.phase("scoring the stock decoder")
        base, each = self._timed_scores(judged)
        live = None if live_state is None else self._scores(judged, self.stock.with_weights(live_state))

        checked = splits.spread(judged, CHECKED_OBJECTS, rng=rng)
        scorings = len(judged) * len(recipe.strengths) + 2 * _decodes(GUARDS) * len(guarded)
        steps = recipe.steps_for(len(samples))
        until = RESERVE * self.max_seconds - each * scorings
        count = self._models(folds, steps, until - each * CHECKS * len(checked))
        if cross and count < len(folds):
            folds = splits.cross_fit(samples, folds=count, rng=rng)
        states = self._train(folds, steps, checked, until=until, scorings=scorings)

        self.reporter.phase("judging")
        images = [sample.image_id for sample in judged]
        by_strength = {s: self._cross_scores(folds, states, s, judged) for s in recipe.strengths}
        strength = gate.best_strength(base, by_strength, images, confidence=recipe.confidence)
        candidate = by_strength[strength]
        guards = self._guards(folds, states, strength, guarded)
        verdict = gate.judge(
            base=base,
            live=live,
            candidate=candidate,
            images=images,
            fresh=_fresh(judged, live_saw),
            guards=guards,
            recipe=recipe,
        )
        verdict = gate.unless_too_short(
            verdict,
            steps=self.steps_taken,
            least=min(recipe.least_steps, steps),
            seconds=self.max_seconds,
        )
        shown_live = base if live is None else live
        return TuneOutcome(
            state=soup(self.stock.decoder_state(), states, strength),
            promote=verdict.promote,
            reason=verdict.reason,
            base_miou=float(base.mean()),
            live_miou=float(shown_live.mean()),
            candidate_miou=float(candidate.mean()),
            n_train=len(samples) if cross else len(folds[0].train),
            n_val=len(judged),
            seconds=self.reporter.seconds,
            scores={
                "strength": strength,
                "by_strength": {str(s): float(v.mean()) for s, v in by_strength.items()},
                "protocols": {
                    guard.protocol: {
                        "base": float(guard.base.mean()),
                        "candidate": float(guard.candidate.mean()),
                    }
                    for guard in guards
                },
            },
            objects=tuple(
                JudgedObject(s.image_id, s.example.annotation_id, *map(float, ious))
                for s, *ious in zip(judged, base, shown_live, candidate, strict=True)
            ),
            points=tuple(self.reporter.points),
            config=self._config(len(folds)),
        )

    def unjudged(self, samples: Sequence[Sample]) -> TuneOutcome:
        """Train on what there is; with nothing to judge it on, it stays aside."""
        steps = self.recipe.steps_for(len(samples))
        states = self._train(
            splits.everything(samples), steps, [], until=RESERVE * self.max_seconds, scorings=0
        )
        images = len({sample.image_id for sample in samples})
        return TuneOutcome(
            state=blend(self.stock.decoder_state(), states, max(self.recipe.strengths)),
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
            config=self._config(1),
        )

    # -- training ----------------------------------------------------------------------------------

    def _models(self, folds: Sequence[Fold], steps: int, until: float) -> int:
        """How many models the time allows: all, or fewer where each would get too few steps."""
        trial = self._trainee(folds[0])
        paces = []
        for _ in range(TRIAL_STEPS):
            began = time.monotonic()
            trial.step(0.5)
            paces.append(time.monotonic() - began)
        affordable = (until - self.reporter.seconds) / min(paces)
        for models in range(len(folds), 2, -1):
            if affordable / models >= min(steps, FEWEST_STEPS):
                return models
        return min(2, len(folds))

    def _trainee(self, fold: Fold, *, number: int = 0) -> Trainee:
        return Trainee(
            start=self.stock,
            samples=fold.train,
            embedding=self.embedding,
            recipe=self.recipe,
            seed=self.seed * 1000 + number,
        )

    def _train(
        self,
        folds: Sequence[Fold],
        steps: int,
        checked: Sequence[Sample],
        *,
        until: float,
        scorings: int,
    ) -> list[State]:
        """One model a fold, a step of each in turn; shorter when the time ``until`` comes first.

        The learning rate follows whichever is further, steps or time, so that
        training which is cut short has cooled down all the same. ``scorings``:
        how many objects will be scored afterwards, for the bar.
        """
        self.reporter.phase("training")
        trainees = [self._trainee(fold, number=number) for number, fold in enumerate(folds)]
        began, looked = self.reporter.seconds, 0.0
        for step in range(1, steps + 1):
            spent = (self.reporter.seconds - began) / max(1e-6, until - began)
            if spent >= 1 and step > 1:
                break
            done = min(max((step - 0.5) / steps, spent), 1 - 0.5 / steps)
            to_come = max(1.0, min(steps, (step - 1) / spent if step > 1 else steps) - step + 1)
            self.reporter.plan(to_come * len(folds) + scorings / OBJECTS_A_STEP)
            losses = []
            self.steps_taken = step
            for trainee in trainees:
                losses.append(trainee.step(done))
                self.reporter.advance(1, loss=float(np.mean(losses)) if trainee is trainees[-1] else None)
            if checked and (done - looked >= 1 / CHECKS or step == steps):
                looked = done
                states = [trainee.state() for trainee in trainees]
                seen = self._cross_scores(folds, states, 1.0, checked)
                self.reporter.advance(0, val_miou=float(seen.mean()))
        return [trainee.state() for trainee in trainees]

    # -- judging -----------------------------------------------------------------------------------

    def _timed_scores(self, samples: Sequence[Sample]) -> tuple[gate.Scores, float]:
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

    def _scores(self, samples: Sequence[Sample], decoder: SamDecoder) -> gate.Scores:
        return self._protocols(samples, decoder, ("box",))["box"]

    def _protocols(
        self, samples: Sequence[Sample], decoder: SamDecoder, protocols: Sequence[str]
    ) -> dict[str, gate.Scores]:
        told = 0

        def on_object(done: int, _total: int) -> None:
            nonlocal told
            self.reporter.scored((done - told) * _decodes(protocols))
            told = done

        scored = score(samples, decoder, self.embedding, protocols, on_object=on_object)
        return {name: scored.ious(name) for name in protocols}

    def _cross_scores(
        self, folds: Sequence[Fold], states: Sequence[State], strength: float, samples: Sequence[Sample]
    ) -> gate.Scores:
        return self._cross(folds, states, strength, samples, ("box",))["box"]

    def _cross(
        self,
        folds: Sequence[Fold],
        states: Sequence[State],
        strength: float,
        samples: Sequence[Sample],
        protocols: Sequence[str],
    ) -> dict[str, gate.Scores]:
        """Scores of ``samples``, each by the model of the fold that held it out."""
        position = {id(sample): row for row, sample in enumerate(samples)}
        found = {name: np.zeros(len(samples)) for name in protocols}
        origin = self.stock.decoder_state()
        for fold, state in zip(folds, states, strict=True):
            held = [sample for sample in fold.held if id(sample) in position]
            if not held:
                continue
            decoder = self.stock.with_weights(blend(origin, [state], strength))
            rows = [position[id(sample)] for sample in held]
            for name, values in self._protocols(held, decoder, protocols).items():
                found[name][rows] = values
        return found

    def _guards(
        self, folds: Sequence[Fold], states: Sequence[State], strength: float, samples: Sequence[Sample]
    ) -> list[gate.Guard]:
        """Stock and candidate under the prompts that may not collapse."""
        self.reporter.phase("checking other prompts")
        base = self._protocols(samples, self.stock, GUARDS)
        tuned = self._cross(folds, states, strength, samples, GUARDS)
        return [gate.Guard(name, base[name], tuned[name]) for name in GUARDS]

    def _config(self, models: int) -> dict[str, Any]:
        recipe = self.recipe.to_json()
        return {"recipe": recipe, "steps": self.steps_taken, "models": models, "seed": self.seed}


def _fresh(samples: Sequence[Sample], live_saw: frozenset[int]) -> NDArray[np.bool_]:
    """Which objects lie on images that the live version learned nothing from: bool N."""
    known = {s.image_id for s in samples if s.example.annotation_id in live_saw}
    return np.array([sample.image_id not in known for sample in samples], np.bool_)


def _decodes(protocols: Sequence[str]) -> int:
    """Decoder passes an object takes under these protocols."""
    passes = ("box" in protocols) + ("jitter" in protocols)
    if "clicks3" in protocols:
        return passes + 3
    return passes + ("click" in protocols)
