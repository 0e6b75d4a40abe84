"""The scores of blended versions on accepted objects, computed in the background while someone asks for them.

What was answered once is remembered until the object's mask changes. A version
that cannot be loaded is refused with a sentence; an object that cannot be
scored has its problem, and delays no other.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from samstudio.domain import Annotation, StudioError
from samstudio.masks import Mask, UnusableMask, usable_mask
from samstudio.services.comparison.background import Background
from samstudio.services.comparison.cache import AcceptedObjects, AnswerBook
from samstudio.services.comparison.stored_scores import StoredScores
from samstudio.services.comparison.types import BlendedVersion, ScoredMask

if TYPE_CHECKING:
    from samstudio.services.images import ImageService

log = logging.getLogger(__name__)

AT_ONCE = 4
"""Objects decoded in one step: a CPU's best, and short enough for a person to wait for."""

PATIENCE_SECONDS = 6.0
"""A version that nobody has asked about for so long is not scored further."""

RETRY_SECONDS = 10.0
"""After so long a version that could not be loaded is tried again."""


class Decoders(Protocol):
    """The interface of `samstudio.services.comparison.decoders.BlendedDecoders`."""

    def load(self, blended: BlendedVersion, /) -> None:
        """Load a blended version's decoder, so that it is ready.

        Raises:
            StudioError: It cannot be loaded.
        """

    def answers(self, blended: BlendedVersion, image_id: str, masks: Sequence[Mask], /) -> list[ScoredMask]:
        """Decode a blended version's answers to the tight boxes of masks of one image.

        ``masks``: each bool HxW of the image's size, none empty.
        """

    def write(self, blended: BlendedVersion, path: Path, /) -> None:
        """Write a blended version's weights as a version's file."""


class Scorer:
    """The answers of versions to objects: known, decoded on request, and the rest in the background."""

    def __init__(
        self,
        *,
        decoders: Decoders,
        objects: AcceptedObjects,
        images: ImageService,
        stored: StoredScores,
        on_scored: Callable[[BlendedVersion, Sequence[Annotation], Sequence[ScoredMask]], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._on_scored = on_scored
        self._decoders = decoders
        self._objects = objects
        self._images = images
        self._stored = stored
        self._clock = clock
        self._book = AnswerBook()
        self._asked: dict[BlendedVersion, float] = {}
        self._refused: dict[BlendedVersion, tuple[str, float]] = {}
        self._decoding = threading.Lock()
        self._background = Background(self._score_some, name="comparison")

    def ask(self, blended_versions: Iterable[BlendedVersion]) -> None:
        """Have versions scored on every object in the background; return at once."""
        now = self._clock()
        for blended in blended_versions:
            if blended in self._refused and now - self._refused[blended][1] > RETRY_SECONDS:
                del self._refused[blended]
            self._asked[blended] = now
        self._background.wake()

    def refused(self, blended: BlendedVersion) -> str:
        """Say why a version cannot be scored; empty where it can."""
        return self._refused.get(blended, ("", 0.0))[0]

    def known(self, blended: BlendedVersion, one: Annotation) -> ScoredMask | None:
        """Return a version's answer to an object as it is now, maybe without its mask; None while unknown."""
        answer = self._book.find(blended, one)
        if answer is not None or blended.strength != 1:
            return answer
        stored = self._stored.exact(blended.version, one)
        return None if stored is None else ScoredMask(stored)

    def answers(self, blended: BlendedVersion, objects: Sequence[Annotation]) -> list[ScoredMask]:
        """Return a version's answers to objects of one image, with their masks, decoding the unknown ones.

        Raises:
            StudioError: The version cannot be loaded.
        """
        with self._decoding:  # whoever comes second finds it done
            missing = [one for one in objects if self._book.find(blended, one) is None]
            if missing:
                self._decoders.load(blended)
            fresh = self._decoded(blended, missing) if missing else {}
            for one in missing:
                self._book.keep(blended, one, fresh[one.id])
        return [fresh.get(one.id) or self._book.find(blended, one) or ScoredMask(None) for one in objects]

    def wait(self, timeout: float) -> bool:
        """Wait up to ``timeout`` seconds until every requested score is known; return whether it is."""
        return self._background.wait(timeout)

    def _score_some(self) -> bool:
        """Score a few objects; return False when nothing is left that anyone waits for."""
        now = self._clock()
        asked = [blended for blended, when in dict(self._asked).items() if now - when < PATIENCE_SECONDS]
        blended_versions = [blended for blended in asked if blended not in self._refused]
        for objects in self._objects.now().by_image:
            for blended in blended_versions:
                missing = [one for one in objects if self.known(blended, one) is None][:AT_ONCE]
                if missing:
                    self._score(blended, missing)
                    return True
        return False

    def _score(self, blended: BlendedVersion, objects: Sequence[Annotation]) -> None:
        try:
            self._on_scored(blended, objects, self.answers(blended, objects))
        except StudioError as error:
            self._refused[blended] = (str(error), self._clock())
        except Exception as error:
            log.exception("scoring version %d", blended.version)
            why = f"version {blended.version} could not be scored: {type(error).__name__}: {error}"
            self._refused[blended] = (why, self._clock())

    def _decoded(self, blended: BlendedVersion, objects: Sequence[Annotation]) -> dict[int, ScoredMask]:
        """Return an answer, or what prevented it, by each object's id."""
        image_id = objects[0].image_id
        found: dict[int, ScoredMask] = {}
        try:
            masks = self._masks(objects, found)
            ids = list(masks)
            for start in range(0, len(ids), AT_ONCE):
                chunk = ids[start : start + AT_ONCE]
                given = self._decoders.answers(blended, image_id, [masks[number] for number in chunk])
                found |= dict(zip(chunk, given, strict=True))
        except Exception as error:  # its picture is gone or unreadable: other images can be scored
            if not isinstance(error, StudioError):
                log.exception("scoring objects of image %s", image_id)
            problem = str(error) or type(error).__name__
            found |= {one.id: ScoredMask(None, problem=problem) for one in objects if one.id not in found}
        return found

    def _masks(self, objects: Sequence[Annotation], found: dict[int, ScoredMask]) -> dict[int, Mask]:
        """Return the true masks, bool HxW, by object id; add the problems of the others to ``found``."""
        size = self._images.get(objects[0].image_id).size
        masks = {}
        for one in objects:
            try:
                masks[one.id] = usable_mask(one.rle, size).decode()
            except UnusableMask as error:
                found[one.id] = ScoredMask(None, problem=str(error))
        return masks
