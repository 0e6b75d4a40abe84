"""The scores of every version on the fixed test set, computed in the background and kept.

A score is of one version on one revision of an object: when the test set or a mask of it changes, what is
missing is computed, and nothing else. What counts is the scoring protocol's IoU by the tight box.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from samstudio.db.changes import changes
from samstudio.db.types import utc_now
from samstudio.domain import STOCK_VERSION, StudioError
from samstudio.masks import Mask, UnusableMask, usable_mask
from samstudio.services.comparison.background import Background
from samstudio.services.comparison.types import BlendedVersion
from samstudio.services.splits.score_rows import (
    Key,
    TestObjects,
    has_test_set,
    read_objects,
    read_scores,
    write_scores,
)

if TYPE_CHECKING:
    from samstudio.db.engine import Database
    from samstudio.services.annotations import AnnotationService
    from samstudio.services.comparison.scoring import Decoders
    from samstudio.services.images import ImageService
    from samstudio.services.versions import VersionService

log = logging.getLogger(__name__)

AT_ONCE = 4
"""Objects scored in one step: a CPU's best, and short enough for a person to wait for."""

FRESH_SECONDS = 10.0
"""So long what was read of the scores is good, with what was added to it here."""

AGAIN_SECONDS = 30.0
"""So often whoever looks is told to ask again, where scoring stopped before it had ended."""

RETRY_SECONDS = 60.0
"""After so long a version that could not be loaded is tried again."""


@dataclass(frozen=True)
class VersionTestScore:
    """One version on the test set.

    ``miou`` is over the ``objects`` that are scored, None before the first; ``waiting`` are not yet, and
    ``failed`` cannot be. ``learned``: objects that the version was tuned on before they were kept aside:
    they flatter it. ``problem``: why it cannot be scored, in a sentence.
    """

    version: int
    miou: float | None
    objects: int
    waiting: int
    failed: int = 0
    learned: int = 0
    problem: str = ""


@dataclass(frozen=True)
class TestSetScores:
    """All versions on the test set, newest first; ``left_out``: objects beyond the most that are scored."""

    __test__ = False  # not for pytest

    images: int
    objects: int
    left_out: int
    versions: tuple[VersionTestScore, ...]

    @property
    def waiting(self) -> int:
        """How many scores are to be computed."""
        return sum(one.waiting for one in self.versions)

    def of(self, version: int) -> VersionTestScore | None:
        """Return a version's score; None for one that is not there."""
        return next((one for one in self.versions if one.version == version), None)


class TestSetScoring:
    """The scores of one project's versions on its test set."""

    __test__ = False

    def __init__(
        self,
        *,
        database: Database,
        versions: VersionService,
        annotations: AnnotationService,
        images: ImageService,
        decoders: Callable[[], Decoders],
        banked: Callable[[str], bool],
        model: str,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        """Score the versions in ``database``.

        Args:
            database: Where the scores are kept.
            versions: The versions.
            annotations: The objects.
            images: The images, for their sizes.
            decoders: Returns the decoders of versions; called when an object is scored.
            banked: Tells whether an image's embedding is there; others are scored last.
            model: The model's name.
            clock: Returns the present time, timezone-aware.
        """
        self._database = database
        self._versions = versions
        self._annotations = annotations
        self._images = images
        self._decoders = decoders
        self._banked = banked
        self._model = model
        self._clock = clock
        self._there: tuple[int, bool] | None = None
        self._read: tuple[int, TestObjects] | None = None
        self._known: tuple[float, dict[int, dict[Key, float]]] | None = None
        self._failed: dict[tuple[int, Key], str] = {}
        self._refused: dict[int, tuple[str, float]] = {}
        self._scored = 0
        self._unfinished = False
        self._background = Background(self.step, name="test-set")

    def ask(self) -> TestSetScores:
        """Return what is known, and have the rest computed in the background."""
        known = self.state()
        self._unfinished = known.waiting > 0
        if known.waiting:
            self._background.wake()
        return known

    def state(self) -> TestSetScores:
        """Return what is known; nothing is computed, and no model is loaded."""
        objects, scores = self._objects(), self._scores()
        keys = objects.keys
        listed = [self._score(one.number, keys, scores.get(one.number, {})) for one in self._versions.list()]
        return TestSetScores(len(objects.by_image), len(keys), objects.left_out, tuple(listed))

    def stamp(self) -> str:
        """Return a text that changes when a score may have; empty without a test set. Reads one number."""
        with self._database.read() as session:
            now = changes(session)
            if self._there is None or self._there[0] != now:
                self._there = (now, has_test_set(session))
        if not self._there[1]:
            return ""
        stopped = self._unfinished and not self._background.is_busy
        return f"{now}/{self._scored}/{time.monotonic() // AGAIN_SECONDS if stopped else ''}"

    def step(self) -> bool:
        """Score a few objects, those of encoded images first; return whether there may be more to do.

        The priority is that of all work here: a person waits for it, and an embedding that is made at a low
        one keeps everybody's waiting, for one image is encoded at a time.
        """
        chosen = self._next()
        if chosen is not None:
            self._score_some(*chosen)
        return chosen is not None

    def _next(self) -> tuple[int, str, list[Key]] | None:
        """Return a version and objects of one image that it is to be scored on now."""
        objects, scores = self._objects(), self._scores()
        later: tuple[int, str, list[Key]] | None = None
        for version in self._in_turn():
            for image_id, keys in objects.by_image.items():
                missing = [key for key in keys if self._is_missing(version, key, scores.get(version, {}))]
                if missing and self._banked(image_id):
                    return version, image_id, missing[:AT_ONCE]
                if missing and later is None:
                    later = version, image_id, missing[:AT_ONCE]
        return later

    def wait(self, timeout: float) -> bool:
        """Wait up to ``timeout`` seconds until every score is known; return whether that is so."""
        return self._background.wait(timeout)

    def _objects(self) -> TestObjects:
        """Return the objects of the test set, read again only when the dataset has changed."""
        with self._database.read() as session:
            now = changes(session)
            if self._read is None or self._read[0] != now:
                self._read = (now, read_objects(session))
            return self._read[1]

    def _scores(self) -> dict[int, dict[Key, float]]:
        """Return the scores, read again now and then: another process may score, too."""
        if self._known is None or time.monotonic() - self._known[0] > FRESH_SECONDS:
            with self._database.read() as session:
                self._known = (time.monotonic(), read_scores(session, self._model))
        return self._known[1]

    def _in_turn(self) -> list[int]:
        """Return the versions that can be scored: stock and the live one first, then the newest."""
        numbers = [version.number for version in self._versions.list()]
        first = (STOCK_VERSION, self._versions.live().number)
        ordered = sorted(numbers, key=lambda number: (number not in first, -number))
        return [number for number in ordered if not self._problem(number)]

    def _problem(self, version: int) -> str:
        problem, since = self._refused.get(version, ("", 0.0))
        return problem if time.monotonic() - since < RETRY_SECONDS else ""

    def _is_missing(self, version: int, key: Key, scores: dict[Key, float]) -> bool:
        return key not in scores and (version, key) not in self._failed

    def _score(self, version: int, keys: frozenset[Key], scores: dict[Key, float]) -> VersionTestScore:
        known = [scores[key] for key in keys if key in scores]
        failed = sum((version, key) in self._failed and key not in scores for key in keys)
        learned = self._versions.learned_from(version) if keys else frozenset()
        problem = self._problem(version) if keys else ""
        return VersionTestScore(
            version=version,
            miou=float(np.mean(known)) if known else None,
            objects=len(known),
            waiting=0 if problem else len(keys) - len(known) - failed,
            failed=failed,
            learned=sum(annotation_id in learned for annotation_id, _ in keys),
            problem=problem,
        )

    def _score_some(self, version: int, image_id: str, keys: Sequence[Key]) -> None:
        """Score objects of one image, and keep the scores or what prevented them."""
        blended, decoders = BlendedVersion.of(version), self._decoders()
        try:
            decoders.load(blended)
        except StudioError as error:
            log.warning("version %d is not scored on the test set: %s", version, error)
            self._refused[version] = (str(error), time.monotonic())
            self._scored += 1
            return
        try:
            masks = self._masks(version, image_id, keys)
            answers = decoders.answers(blended, image_id, list(masks.values())) if masks else []
        except Exception as error:  # one picture that cannot be read must not end it for the others
            log.exception("scoring the test set's objects of image %s", image_id)
            self._failed |= {(version, key): str(error) or type(error).__name__ for key in keys}
        else:
            self._keep(version, {key: one.iou or 0.0 for key, one in zip(masks, answers, strict=True)})
        self._scored += len(keys)

    def _keep(self, version: int, ious: dict[Key, float]) -> None:
        with self._database.write() as session:
            write_scores(session, ious.items(), model=self._model, version=version, now=self._clock())
        self._scores().setdefault(version, {}).update(ious)

    def _masks(self, version: int, image_id: str, keys: Sequence[Key]) -> dict[Key, Mask]:
        """Return the true masks, bool HxW, of objects of an image; note those that cannot be used."""
        size = self._images.get(image_id).size
        found: dict[Key, Mask] = {}
        for key in keys:
            one = self._annotations.get(key[0])
            if one.revision != key[1]:  # changed a moment ago: the next step reads it anew
                continue
            try:
                found[key] = usable_mask(one.rle, size).decode()
            except UnusableMask as error:
                self._failed[version, key] = str(error)
        return found
