"""Caches of a comparison: answers by blended version and revision, and the accepted objects themselves."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from samstudio.domain import Annotation, AnnotationStatus, NotFound
from samstudio.lru import LruCache
from samstudio.services.comparison.types import BlendedVersion, ScoredMask

if TYPE_CHECKING:
    from samstudio.services.annotations import AnnotationService
    from samstudio.services.images import ImageService

MOST_OBJECTS = 2000
"""More are not compared: at a tenth of a second each they would take minutes."""


class AnswerBook:
    """A bounded cache of answers, a few hundred bytes each, so that nothing is decoded twice. Thread-safe."""

    def __init__(self, *, limit: int = 20_000) -> None:
        self._answers: LruCache[tuple[BlendedVersion, int, int], ScoredMask] = LruCache(max_items=limit)

    def find(self, blended: BlendedVersion, annotation: Annotation) -> ScoredMask | None:
        """Return the version's answer to this revision of the object; None where it is not known."""
        return self._answers.get((blended, annotation.id, annotation.revision))

    def keep(self, blended: BlendedVersion, annotation: Annotation, answer: ScoredMask) -> None:
        """Store an answer."""
        self._answers.put((blended, annotation.id, annotation.revision), answer)


@dataclass(frozen=True)
class Accepted:
    """The accepted objects that are compared, image by image, and how many there are beyond them."""

    by_image: tuple[tuple[Annotation, ...], ...] = ()
    filenames: tuple[str, ...] = ()
    left_out: int = 0


class AcceptedObjects:
    """The accepted objects; read from the database again only when the dataset has changed."""

    def __init__(
        self, *, annotations: AnnotationService, images: ImageService, most: int = MOST_OBJECTS
    ) -> None:
        self._annotations = annotations
        self._images = images
        self._most = most
        self._read: tuple[int, Accepted] | None = None

    def now(self) -> Accepted:
        """Return the objects that are accepted now."""
        stamp = self._annotations.changes()
        known = self._read
        if known is None or known[0] != stamp:
            known = self._read = (stamp, self._afresh())
        return known[1]

    def _afresh(self) -> Accepted:
        accepted = self._annotations.counts().accepted
        found = self._annotations.list(status=AnnotationStatus.ACCEPTED, limit=self._most)
        found = sorted(found, key=lambda one: (one.image_id, one.id))
        names, groups = [], []
        for image_id, objects in groupby(found, key=lambda one: one.image_id):
            try:
                names.append(self._images.get(image_id).filename)
            except NotFound:  # deleted a moment ago, its objects with it
                continue
            groups.append(tuple(objects))
        return Accepted(tuple(groups), tuple(names), max(0, accepted - len(found)))
