"""What a job learns from: drawn, then encoded and read, within a share of the job's time.

Which objects are drawn is `samstudio.tuning.data.draw`'s responsibility.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from samstudio.domain import AcceptedObject, Example, Use
from samstudio.records import Drawn
from samstudio.services.annotations import AnnotationService
from samstudio.services.images import ImageService
from samstudio.tuning.data.draw import draw_images, draw_objects

if TYPE_CHECKING:
    from samstudio.sam.embeddings import EmbeddingStore

ENCODING_SHARE = 0.25
"""Encoding takes this share of a job's time: three quarters are enough to train and judge. What it leaves
unencoded is left for the next press."""

FEWEST_IMAGES = 10
"""So many images are encoded, however long that takes: of fewer, nothing is learned that can be judged."""


@dataclass(frozen=True)
class LearningSet:
    """The objects to learn from.

    ``drawn``: None where they are all there are. ``seconds``: the time, in seconds, that is left for
    training and judging. ``kept_aside``: the images of the test set, which were not looked at.
    """

    examples: Sequence[Example]
    drawn: Drawn | None
    seconds: float
    kept_aside: int = 0


@dataclass(frozen=True, eq=False)
class LearningSets:
    """A maker of learning sets.

    ``on_image`` is called before each image is encoded, with the numbers of images done and in all.
    """

    annotations: AnnotationService
    images: ImageService
    embeddings: EmbeddingStore
    on_image: Callable[[int, int], None]
    clock: Callable[[], float] = time.monotonic

    def make(self, *, seed: int, max_seconds: float) -> LearningSet:
        """Draw what to learn from, encode its images and read its masks.

        Nothing of the test set is looked at. Encoding counts against the job's time; only where the fewest
        images already take more than encoding's share of it, the job takes longer instead of training less.
        """
        accepted = [one for one in self.annotations.accepted_objects() if one.use is not Use.TEST]
        encoded = {id_: self.embeddings.has(id_) for id_ in dict.fromkeys(one.image_id for one in accepted)}
        wanted = draw_images(accepted, seed=seed, encoded=encoded.__getitem__)
        ready = [image_id for image_id in wanted if encoded[image_id]]
        began = self.clock()
        ready += self._encode(
            [image_id for image_id in wanted if not encoded[image_id]],
            fewest=FEWEST_IMAGES - len(ready),
            seconds=ENCODING_SHARE * max_seconds,
        )
        spent = self.clock() - began
        objects = draw_objects(accepted, ready, seed=seed)
        return LearningSet(
            examples=self.annotations.examples(one.annotation_id for one in objects),
            drawn=_drawn(objects, accepted),
            seconds=max(max_seconds - spent, (1 - ENCODING_SHARE) * max_seconds),
            kept_aside=self.annotations.uses().test.images,
        )

    def _encode(self, waiting: Sequence[str], *, fewest: int, seconds: float) -> Sequence[str]:
        """Encode images in this order until another would not fit the time; return those encoded."""
        began, total = self.clock(), len(waiting)
        for done, image_id in enumerate(waiting):
            if done:  # the first one tells how long an image takes
                fitting = int(seconds * done / max(1e-6, self.clock() - began))
                total = min(len(waiting), max(done, fewest, fitting))
            if done == total:
                return waiting[:done]
            self.on_image(done, total)
            self.embeddings.get(image_id, lambda id_=image_id: self.images.pixels(id_))  # type: ignore[misc]
        return waiting


def _drawn(objects: Sequence[AcceptedObject], accepted: Sequence[AcceptedObject]) -> Drawn | None:
    if len(objects) == len(accepted):
        return None
    return Drawn(
        objects=len(objects),
        of_objects=len(accepted),
        images=len({one.image_id for one in objects}),
        of_images=len({one.image_id for one in accepted}),
    )
