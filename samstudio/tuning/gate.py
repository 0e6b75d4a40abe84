"""The decision to promote a candidate or to keep it aside, with its reason in plain words.

All decoders are compared on the same objects, which the candidate (or, when
cross-fitted, the model that stands for it) did not learn from. Uncertainty
is a paired bootstrap over images: objects of one image are not independent.
Not here: how the scores were obtained.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from samstudio.tuning.recipe import Recipe

REPLICATES = 4000

FAIR_IMAGES = 3
"""From so many images on that are new to the live version, it is compared on those alone."""

Scores = NDArray[np.float64]
"""One IoU an object."""


@dataclass(frozen=True)
class Gain:
    """A paired difference of mIoU: ``mean``, ``lower`` (what the bootstrap supports), and on how much."""

    mean: float
    lower: float
    images: int
    objects: int


@dataclass(frozen=True, eq=False)
class Guard:
    """One of the other prompts: stock's and the candidate's scores on the same objects."""

    protocol: str
    base: Scores
    candidate: Scores

    def drop(self) -> float:
        """How much mIoU fell beyond one standard error: on a dozen objects clicks scatter widely."""
        change = self.candidate - self.base
        error = change.std(ddof=1) / np.sqrt(len(change)) if len(change) > 1 else 0.0
        return float(-change.mean() - error)


@dataclass(frozen=True)
class Verdict:
    """Whether to promote, and why, in words for the person who pressed the button."""

    promote: bool
    reason: str


def paired_gain(
    before: Scores, after: Scores, images: Sequence[str], *, confidence: float, seed: int = 0
) -> Gain:
    """How much better ``after`` is than ``before`` on the same objects, image by image resampled.

    One image with no gain at all is added to each replicate: with three images
    that all gained a little, a bare bootstrap would be certain.
    """
    names, index = np.unique(np.asarray(images), return_inverse=True)
    counts = np.bincount(index).astype(np.float64)
    sums = np.bincount(index, weights=after - before)
    picks = np.random.default_rng(seed).integers(len(names), size=(REPLICATES, len(names)))
    gains = sums[picks].sum(axis=1) / (counts[picks].sum(axis=1) + counts.mean())
    return Gain(
        mean=float((after - before).mean()),
        lower=float(np.quantile(gains, 1 - confidence)),
        images=len(names),
        objects=len(before),
    )


def best_strength(
    base: Scores, by_strength: Mapping[float, Scores], images: Sequence[str], *, confidence: float
) -> float:
    """The strength whose gain over stock is largest at the lower end of what the bootstrap supports."""
    lowers = {
        strength: paired_gain(base, scores, images, confidence=confidence).lower
        for strength, scores in by_strength.items()
    }
    return max(lowers, key=lambda strength: (lowers[strength], -strength))


def judge(
    *,
    base: Scores,
    live: Scores | None,
    candidate: Scores,
    images: Sequence[str],
    fresh: NDArray[np.bool_],
    guards: Sequence[Guard],
    recipe: Recipe,
) -> Verdict:
    """Decide.

    ``live`` is None when stock is live. ``fresh``: bool N, the objects on images that
    the live version did not learn from; where they lie on at least three images
    it is compared on them alone. ``guards``: the other prompts.
    """
    over_stock = paired_gain(base, candidate, images, confidence=recipe.confidence)
    shown = _shown(base, candidate, over_stock)
    if over_stock.mean < recipe.least_gain:
        return Verdict(False, f"Kept aside, no gain: {shown}.{_already_good(base)}")
    if over_stock.lower <= 0:
        return Verdict(
            False,
            f"Kept aside, the gain is not certain: {shown}, but it differs too much from image to image. "
            "More images with accepted masks would settle it.",
        )
    fallen = _fallen(guards, recipe.guard_drop)
    if fallen:
        return Verdict(False, f"Kept aside: {shown} with boxes, but {fallen}.")
    beaten_by_live = "" if live is None else _live_still_ahead(live, candidate, images, fresh, recipe)
    if beaten_by_live:
        return Verdict(False, f"Kept aside: better than stock ({shown}), but {beaten_by_live}.")
    return Verdict(True, f"Better on images it had not seen: {shown}.")


def unless_too_short(verdict: Verdict, *, steps: int, least: int, seconds: float) -> Verdict:
    """The verdict, unless it promotes a candidate of fewer than ``least`` steps."""
    if not verdict.promote or steps >= least:
        return verdict
    return Verdict(
        False,
        f"Kept aside: only {steps} training steps fitted into {seconds:.0f} seconds, too few to trust. "
        "Give the job more time, or let the machine finish what else it is doing.",
    )


def forgotten(canary: Guard, allowed: float) -> bool:
    """Whether a candidate lost more than ``allowed`` mIoU on everyday objects."""
    return float(canary.base.mean() - canary.candidate.mean()) > allowed


def taken_back(verdict: Verdict, part: float) -> Verdict:
    """The verdict on a candidate of which only a part is kept, and that it says so."""
    kept = f"Only {part:.0%} of the change was kept: the whole of it forgot what everyday objects look like."
    return Verdict(verdict.promote, f"{verdict.reason} {kept}")


def unless_forgotten(verdict: Verdict, canary: Guard, *, allowed: float) -> Verdict:
    """The verdict, unless it promotes a candidate that lost more than ``allowed`` on everyday objects."""
    if not verdict.promote or not forgotten(canary, allowed):
        return verdict
    return Verdict(
        False,
        f"Kept aside: it has forgotten what everyday objects look like ({canary.base.mean():.3f} → "
        f"{canary.candidate.mean():.3f} on {len(canary.base)} of them), though it gained here. "
        "Masks of one kind that are marked carefully, on more images, usually settle it.",
    )


def _live_still_ahead(
    live: Scores,
    candidate: Scores,
    images: Sequence[str],
    fresh: NDArray[np.bool_],
    recipe: Recipe,
) -> str:
    """Why the live version stays, in words; empty when the candidate surely beats it."""
    fair = len(set(np.asarray(images)[fresh])) >= FAIR_IMAGES
    kept = fresh if fair else np.ones_like(fresh)
    over_live = paired_gain(
        live[kept], candidate[kept], np.asarray(images)[kept].tolist(), confidence=recipe.confidence
    )
    if over_live.mean > 0 and over_live.lower > 0:
        return ""
    where = "images new to both" if fair else "the same objects, most of which it learned from"
    return (
        f"not surely better than the live version ({live[kept].mean():.3f} → {candidate[kept].mean():.3f} "
        f"on {where})"
    )


def _shown(base: Scores, candidate: Scores, gain: Gain) -> str:
    objects = "1 object" if gain.objects == 1 else f"{gain.objects} objects"
    return f"mIoU {base.mean():.3f} → {candidate.mean():.3f} on {objects} in {gain.images} images"


def _already_good(base: Scores) -> str:
    return " Stock is already good here." if base.mean() >= 0.8 else ""


PROTOCOL_WORDS = {"jitter": "loose boxes", "click": "one click", "clicks3": "three clicks"}


def _fallen(guards: Sequence[Guard], allowed: float) -> str:
    words = [
        f"{PROTOCOL_WORDS.get(guard.protocol, guard.protocol)} got worse "
        f"({guard.base.mean():.3f} → {guard.candidate.mean():.3f})"
        for guard in guards
        if guard.drop() > allowed
    ]
    return " and ".join(words)
