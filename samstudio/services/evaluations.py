"""Scores a decoder version on a folder of images and masks, with the one protocol.

The folder never enters the dataset: it is judged and forgotten, but its
embeddings are kept, so that judging a second version takes seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from samstudio.domain import STOCK_VERSION, Embedding, Example, InvalidInput
from samstudio.services.dataset_io.imports.source.folders import labelled_folder
from samstudio.services.images.decoding import pixels_id
from samstudio.services.versions import VersionService
from samstudio.tuning.protocols import DECIDES, PROTOCOLS

if TYPE_CHECKING:
    from samstudio.sam.decoder import SamDecoder
    from samstudio.sam.embeddings import EmbeddingStore


@dataclass(frozen=True)
class FolderScore:
    """The result that ``evaluate --json`` prints.

    ``protocols``: mIoU (0 to 1) by protocol; ``miou`` is that of ``box``, the
    protocol that decides. ``skipped``: (name, why) of each pair left out.
    """

    version: int
    miou: float
    n_objects: int
    protocols: dict[str, float]
    skipped: list[tuple[str, str]]


class EvaluationService:
    """The evaluation of decoder versions on folders."""

    def __init__(
        self, *, embeddings: EmbeddingStore, stock: SamDecoder, versions: VersionService, max_pixels: int
    ) -> None:
        self._embeddings = embeddings
        self._stock = stock
        self._versions = versions
        self._max_pixels = max_pixels

    def folder(
        self,
        *,
        images: Path,
        masks: Path,
        version: int | None = None,
        protocols: Sequence[str] = (DECIDES,),
        on_progress: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> FolderScore:
        """Score a version on each object of a folder.

        Args:
            images: The folder of images.
            masks: The folder of label PNGs, each with the stem of its image.
            version: The version's number; None is the live one.
            protocols: How objects are prompted, of `tuning.protocols.PROTOCOLS`, or ``all``. ``box``, which
                decides, is always among them; on many objects the others take ten times as long.
            on_progress: Called with (objects done, objects in all).

        Raises:
            InvalidInput: A folder is missing, there is no pair of image and mask that can be read, or a
                protocol is unknown.
            NotFound: There is no such version.
            Unavailable: The version's file is gone or damaged.
        """
        from samstudio.tuning.evaluation import evaluate

        chosen = chosen_protocols(protocols)
        number = self._versions.live().number if version is None else self._versions.get(version).number
        decoder = self._decoder(number)
        skipped: list[tuple[str, str]] = []
        examples = self._examples(images, masks, skipped)
        if not examples:
            raise InvalidInput(f"{images} and {masks} hold no image with a mask of the same name")
        scores = evaluate(decoder, examples, self._stored, chosen, on_progress=on_progress)
        means = scores.mious()
        return FolderScore(number, means[DECIDES], len(examples), means, skipped)

    def _decoder(self, number: int) -> SamDecoder:
        from samstudio.sam.decoder import load_decoder_state

        if number == STOCK_VERSION:
            return self._stock
        return self._stock.with_weights(load_decoder_state(self._versions.path(number)))

    def _stored(self, image_id: str) -> Embedding:
        return self._embeddings.get(image_id, _never_encoded)

    def _examples(self, images: Path, masks: Path, skipped: list[tuple[str, str]]) -> list[Example]:
        """List the objects of the folder, encoding each image that was never encoded."""
        examples = []
        for item in labelled_folder(images, masks, max_pixels=self._max_pixels, skipped=skipped):
            image_id = pixels_id(item.pixels)
            self._embeddings.get(image_id, lambda pixels=item.pixels: pixels)  # type: ignore[misc]
            examples += [Example(image_id, rle) for rle in item.rles]
        return examples


def chosen_protocols(protocols: Sequence[str]) -> tuple[str, ...]:
    """Put the protocols that are asked for in their usual order, ``box`` first.

    Raises:
        InvalidInput: One is unknown.
    """
    known = PROTOCOLS.names()
    names = {name.strip() for name in protocols}
    unknown = sorted(names - {*known, "all"})
    if unknown:
        raise InvalidInput(f"there is no protocol {unknown[0]!r}: choose of {', '.join(known)}, or all")
    return tuple(name for name in known if name == DECIDES or name in names or "all" in names)


def _never_encoded() -> NDArray[np.uint8]:
    raise InvalidInput("an embedding vanished from the storage folder while it was in use; try again")
