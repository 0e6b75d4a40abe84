"""Two versions on the same objects: compared, shown mask by mask, blended with stock, kept.

How objects are scored in the background is `samstudio.services.comparison.scoring`'s
responsibility, how a decoder answers `samstudio.services.comparison.decoders`'.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from samstudio.domain import STOCK_VERSION, Annotation, Conflict, DecoderVersion, InvalidInput
from samstudio.records import VersionConfig
from samstudio.services.annotations.held_out import is_untouched
from samstudio.services.comparison.cache import AcceptedObjects
from samstudio.services.comparison.scoring import Decoders, Scorer
from samstudio.services.comparison.stored_scores import StoredScores
from samstudio.services.comparison.types import (
    SHARES,
    STRENGTHS,
    BlendedVersion,
    Comparison,
    Row,
    Score,
    ScoredMask,
    Shown,
)

if TYPE_CHECKING:
    from samstudio.services.annotations import AnnotationService
    from samstudio.services.images import ImageService
    from samstudio.services.jobs import JobService
    from samstudio.services.versions import VersionService

__all__ = ["STRENGTHS", "BlendedVersion", "Comparison", "ComparisonService", "Row", "Score", "Shown"]

MOST_SHOWN = 32
"""Objects whose masks are given in one request."""


class ComparisonService:
    """The comparison of any two versions, whole or blended, on the accepted objects."""

    def __init__(
        self,
        *,
        annotations: AnnotationService,
        images: ImageService,
        versions: VersionService,
        jobs: JobService,
        decoders: Decoders,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._annotations = annotations
        self._versions = versions
        self._decoders = decoders
        self._objects = AcceptedObjects(annotations=annotations, images=images)
        self._stored = StoredScores(versions=versions, jobs=jobs, clock=clock)
        self._scorer = Scorer(
            decoders=decoders,
            objects=self._objects,
            images=images,
            stored=self._stored,
            on_scored=self._keep_held_out,
            clock=clock,
        )

    def pair(self) -> tuple[int, int]:
        """Return the two versions to look at first: (before, after); equal where there is only stock.

        After is the newest version, or, where that is live, the live one;
        before is what is live, or was live before it.
        """
        live = self._versions.live().number
        numbers = [version.number for version in self._versions.list()]
        newest = max(numbers, default=STOCK_VERSION)
        if newest not in (live, STOCK_VERSION):
            return live, newest
        before = (move.number for move in self._versions.moves() if move.number != live)
        return next((number for number in before if number in numbers), STOCK_VERSION), live

    def compare(self, a: BlendedVersion, b: BlendedVersion) -> Comparison:
        """Return what is known of both versions so far; the rest is being computed, so call it again.

        Raises:
            NotFound: There is no such version.
            Conflict: A version is another model's.
        """
        for blended in (a, b):
            self._checked(blended)
        learned = {blended: self._versions.learned_from(blended.version) for blended in (a, b)}
        self._scorer.ask((a, b))
        accepted = self._objects.now()
        rows = tuple(
            Row(one, name, self._score(a, one, learned[a]), self._score(b, one, learned[b]))
            for name, objects in zip(accepted.filenames, accepted.by_image, strict=True)
            for one in objects
        )
        return Comparison(rows, accepted.left_out, self._scorer.refused(a) or self._scorer.refused(b))

    def masks(self, a: BlendedVersion, b: BlendedVersion, annotation_ids: Sequence[int]) -> list[Shown]:
        """Return both versions' masks of some objects of one image, decoded now where they are not known.

        Raises:
            NotFound: There is no such version or object.
            Conflict: A version is another model's.
            InvalidInput: There are no objects, more than `MOST_SHOWN`, or objects of several images.
            Unavailable: A version's file is gone or damaged.
        """
        if not 0 < len(annotation_ids) <= MOST_SHOWN:
            raise InvalidInput(f"{len(annotation_ids)} objects were asked for: ask for 1 to {MOST_SHOWN}")
        objects = [self._annotations.get(number) for number in annotation_ids]
        if len({one.image_id for one in objects}) > 1:
            raise InvalidInput("the objects lie on several images: ask image by image")
        for blended in (a, b):
            self._checked(blended)
        by_a, by_b = (self._scorer.answers(blended, objects) for blended in (a, b))
        return [Shown(*three) for three in zip(objects, by_a, by_b, strict=True)]

    def keep(self, number: int, strength: float) -> DecoderVersion:
        """Store a version at a strength as the next version; it is not made live.

        Raises:
            NotFound: There is no such version.
            Conflict: The version is another model's, or it was kept at this strength before.
            InvalidInput: The strength is none of `STRENGTHS`, or one that makes stock or the version itself.
            Unavailable: The version's file is gone or damaged.
        """
        blended = BlendedVersion.of(number, strength)
        if blended.version == STOCK_VERSION or blended.strength == 1:
            raise InvalidInput(
                "There is nothing new to keep: 0 is the stock decoder and 1 the version itself. "
                "Choose a strength between them."
            )
        origin = self._checked(blended)
        config = VersionConfig(blended_from=number, strength=strength)
        for known in self._versions.list():
            if (known.config.blended_from, known.config.strength) == (number, strength):
                raise Conflict(f"Version {known.number} is that already: version {number} at {strength:g}.")
        return self._versions.create(
            write=lambda path: self._decoders.write(blended, path),
            parent=number,
            reason=f"{SHARES[strength].words} of the way from stock to version {number}, kept by hand. "
            "No gate has judged it.",
            config=config,
            annotation_ids=origin.annotation_ids,
            dataset_digest=origin.dataset_digest,
        )

    def wait(self, timeout: float) -> bool:
        """Wait up to ``timeout`` seconds until every requested score is known; return whether it is."""
        return self._scorer.wait(timeout)

    def _keep_held_out(
        self, blended: BlendedVersion, objects: Sequence[Annotation], answers: Sequence[ScoredMask]
    ) -> None:
        """Keep the live version's IoUs on objects of an image that it learned nothing from."""
        live = self._versions.live().number
        if blended != BlendedVersion.of(live):
            return
        learned = self._versions.learned_from(live)
        of_image = [one for group in self._objects.now().by_image for one in group]
        if any(one.id in learned for one in of_image if one.image_id == objects[0].image_id):
            return
        pairs = zip(objects, answers, strict=True)
        new = [(one, answer.iou) for one, answer in pairs if not is_untouched(one, live)]
        self._annotations.record_held_out(
            {one.id: (iou, one.updated_at) for one, iou in new if iou is not None}
        )

    def _checked(self, blended: BlendedVersion) -> DecoderVersion:
        version = self._versions.get(blended.version)
        self._versions.check_model(version)
        return version

    def _score(self, blended: BlendedVersion, one: Annotation, learned: frozenset[int]) -> Score:
        answer = self._scorer.known(blended, one) or ScoredMask(None)
        held_out = blended.strength == 1 and one.id in learned
        unseen = self._stored.unseen(blended.version, one) if held_out else None
        return Score(answer.iou, answer.problem, one.id in learned, unseen)
