"""Masks for boxes that came in without: drawn by the live decoder, as proposals for a person to look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import numpy as np

from samstudio.authors import acting_as
from samstudio.domain import AnnotationStatus, Box, NewAnnotation, Prediction, Prompt, Size
from samstudio.masks import Mask, encode_rle
from samstudio.services.annotations import AnnotationService
from samstudio.services.images import ImageService
from samstudio.services.proposals.boxes import PendingBox, PendingBoxes


class Predictions(Protocol):
    """The part of the prediction service that is used here."""

    def predict_many(self, image_id: str, prompts: Sequence[Prompt]) -> Iterator[Prediction]:
        """Answer prompts on one image, in order, by the live version."""


class BoxDrawing:
    """Turns boxes that wait into proposals; doing it twice adds nothing."""

    def __init__(
        self,
        *,
        boxes: PendingBoxes,
        images: ImageService,
        annotations: AnnotationService,
        predictions: Callable[[], Predictions],
    ) -> None:
        """Use these services; ``predictions`` is asked for at the first box, since it loads a model."""
        self._boxes = boxes
        self._images = images
        self._annotations = annotations
        self._predictions = predictions

    def waiting(self) -> list[str]:
        """List the ids of the images with boxes that wait."""
        return self._boxes.images()

    def draw(self, image_id: str) -> int:
        """Propose a mask for each box of an image that waits, and return their number.

        The box goes when its annotation is stored. Where that is interrupted in between, the
        next time finds the annotation by the box's key.

        Raises:
            NotFound: There is no such image.
            Unavailable: The image's file or the live version's is gone or damaged.
        """
        waiting = self._boxes.of_image(image_id)
        if not waiting:
            return 0
        size = self._images.get(image_id).size
        prompts = [Prompt(box=_with_room(one.box, size)) for one in waiting]
        answers = self._predictions().predict_many(image_id, prompts)
        for one, prompt, answer in zip(waiting, prompts, answers, strict=True):
            with acting_as(one.author):  # whose image is opened now did not bring the box in
                self._annotations.add(_annotation(one, prompt, answer, size))
            self._boxes.remove([one.key])
        return len(waiting)


def _annotation(one: PendingBox, prompt: Prompt, answer: Prediction, size: Size) -> NewAnnotation:
    mask = answer.masks[0]
    return NewAnnotation(
        one.image_id,
        one.category,
        encode_rle(mask if mask.any() else _filled(one.box, size)),
        status=AnnotationStatus.PROPOSED,
        prompts=(prompt.to_json(),),
        proposed_by=answer.version,
        predicted_iou=float(np.clip(answer.iou_predictions[0], 0, 1)),
        client_id=one.key,
        source=one.source,
    )


def _with_room(box: Box, size: Size) -> Box:
    """Return a box that a prompt may have: at least a pixel wide and high, inside the image."""
    height, width = size
    x0, y0, x1, y1 = box
    x0, y0 = min(x0, max(width - 2.0, 0.0)), min(y0, max(height - 2.0, 0.0))
    return (x0, y0, max(x1, x0 + 1), max(y1, y0 + 1))


def _filled(box: Box, size: Size) -> Mask:
    """Return the box itself as a mask: where the decoder sees nothing, a person still finds the object."""
    x0, y0, x1, y1 = (int(side) for side in box)
    mask = np.zeros(size, bool)
    mask[y0 : y1 + 1, x0 : x1 + 1] = True
    return mask
