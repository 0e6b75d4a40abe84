"""Scores a decoder version on a folder of images and masks, with the one protocol.

The folder never enters the dataset: it is judged and forgotten, but its
embeddings are kept, so that judging a second version takes seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from samstudio.domain import Embedding, Example, InvalidInput
from samstudio.masks import encode_rle, masks_from_labels
from samstudio.services.datasets import image_files, read_label_mask
from samstudio.services.decoding import decode_image, pixels_id
from samstudio.services.images import ImageService
from samstudio.services.versions import VersionService

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

    def __init__(
        self,
        *,
        images: ImageService,
        embeddings: EmbeddingStore,
        predictor: LivePredictor,
        versions: VersionService,
    ) -> None:
        self._images = images
        self._embeddings = embeddings
        self._predictor = predictor
        self._versions = versions

    def folder(
        self,
        *,
        images: Path,
        masks: Path,
        version: int | None = None,
        protocols: Sequence[str] | None = None,
        on_progress: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> FolderScore:
        """Score ``version`` (None: the live one) on each object of a folder.

        Raises InvalidInput when a folder is missing or holds no pair of image
        and mask, NotFound for an unknown version.
        """
        from samstudio.tuning.evaluation import PROTOCOLS, evaluate

        number, decoder = self._predictor.decoder(version)
        examples, embeddings, skipped = self._read(images, masks, on_progress)
        if not examples:
            raise InvalidInput(f"{images} and {masks} hold no image with a mask of the same name")
        evaluation = evaluate(decoder, examples, embeddings.__getitem__, tuple(protocols or PROTOCOLS))
        means = {name: evaluation.miou(name) for name in evaluation.protocols}
        return FolderScore(number, means["box"], len(examples), means, skipped)
