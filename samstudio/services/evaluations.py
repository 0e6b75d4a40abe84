"""Scores a decoder version on a folder of images and masks, with the one protocol.

The folder never enters the dataset: it is judged and forgotten, but its
embeddings are kept, so that judging a second version takes seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from samstudio.domain import Example, InvalidInput
from samstudio.masks import encode_rle
from samstudio.services.decoding import pixels_id
from samstudio.services.folders import labelled_folder

if TYPE_CHECKING:
    from samstudio.sam.embeddings import EmbeddingStore
    from samstudio.sam.predictor import LivePredictor


@dataclass(frozen=True)
class FolderScore:
    """What ``evaluate --json`` prints: mIoU by protocol, ``box`` being the one that decides."""

    version: int
    miou: float
    n_objects: int
    protocols: dict[str, float]
    skipped: list[tuple[str, str]]


class EvaluationService:
    """Evaluates versions on folders."""

    def __init__(self, *, embeddings: EmbeddingStore, predictor: LivePredictor, max_pixels: int) -> None:
        self._embeddings = embeddings
        self._predictor = predictor
        self._max_pixels = max_pixels

    def folder(
        self,
        *,
        images: Path,
        masks: Path,
        version: int | None = None,
        on_progress: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> FolderScore:
        """Score ``version`` (None: the live one) on each object of a folder.

        Raises InvalidInput when a folder is missing or holds no pair of image
        and mask, NotFound for an unknown version.
        """
        from samstudio.tuning.evaluation import PROTOCOLS, evaluate

        number, decoder = self._predictor.decoder(version)
        examples = self._examples(images, masks)
        if not examples:
            raise InvalidInput(f"{images} and {masks} hold no image with a mask of the same name")
        scores = evaluate(decoder, examples, self._stored_embedding, PROTOCOLS, on_progress=on_progress)
        means = scores.mious()
        return FolderScore(number, means["box"], len(examples), means, [])

    def _examples(self, images: Path, masks: Path) -> list[Example]:
        """Each object of the folder; encodes what was never encoded."""
        examples = []
        for item in labelled_folder(images, masks, max_pixels=self._max_pixels):
            image_id = pixels_id(item.pixels)
            self._embeddings.get(image_id, lambda pixels=item.pixels: pixels)  # type: ignore[misc]
            examples += [Example(image_id, encode_rle(mask)) for mask in item.masks]
        return examples
