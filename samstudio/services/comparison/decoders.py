"""The decoders of the versions in a comparison, and their answers by the scoring protocol.

Prompt: the tight box of the true mask; single-mask answer; upsampled as
segment-anything does; threshold 0; IoU at the image's own resolution.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from samstudio.domain import STOCK_VERSION, Embedding, Prompt, Unavailable
from samstudio.lru import LruCache
from samstudio.masks import Mask, encode_rle, iou, mask_to_box
from samstudio.sam.decoder import SINGLE, PromptBatch, SamDecoder, load_decoder_state, save_decoder
from samstudio.sam.geometry import binary_masks
from samstudio.services.comparison.types import BlendedVersion, ScoredMask
from samstudio.tuning.trainer import blend

if TYPE_CHECKING:
    from samstudio.sam.embeddings import EmbeddingStore
    from samstudio.sam.models import SamModel
    from samstudio.services.versions import VersionService

SPARE_DECODERS = 4
"""Kept in memory, 16 MB each."""


class BlendedDecoders:
    """The decoders of all versions, blended where asked; the model is loaded at the first use."""

    def __init__(
        self,
        *,
        versions: VersionService,
        model: Callable[[], SamModel],
        embeddings: Callable[[], EmbeddingStore],
        pixels: Callable[[str], NDArray[np.uint8]],
    ) -> None:
        self._versions = versions
        self._model = model
        self._embeddings = embeddings
        self._pixels = pixels
        self._decoders: LruCache[BlendedVersion, SamDecoder] = LruCache(max_items=SPARE_DECODERS)
        self._building = threading.Lock()

    def load(self, blended: BlendedVersion) -> None:
        """Load a blended version's decoder, so that it is ready.

        Raises:
            NotFound: There is no such version.
            Unavailable: Its file is gone or damaged, or does not fit the model.
        """
        self._decoder(blended)

    def answers(self, blended: BlendedVersion, image_id: str, masks: Sequence[Mask]) -> list[ScoredMask]:
        """Decode a blended version's answers to the tight boxes of masks of one image.

        ``masks``: each bool HxW of the image's size, none empty.
        """
        decoder = self._decoder(blended)
        embedding = self._embeddings().get(image_id, lambda: self._pixels(image_id))
        return answer(decoder, embedding, masks)

    def write(self, blended: BlendedVersion, path: Path) -> None:
        """Write a blended version's weights as a version's file."""
        origin = {"blended_from": str(blended.version), "strength": f"{blended.strength:g}"}
        save_decoder(path, self._state(blended), {"model": self._model().name, **origin})

    def _decoder(self, blended: BlendedVersion) -> SamDecoder:
        if blended.version == STOCK_VERSION:
            return self._model().stock
        with self._building:  # one at a time: whoever comes second finds it built
            return self._decoders.get_or_make(blended, lambda: self._built(blended))

    def _built(self, blended: BlendedVersion) -> SamDecoder:
        state = self._state(blended)
        try:
            return self._model().stock.with_weights(state)
        except RuntimeError as error:
            raise _unfit(blended, error) from error

    def _state(self, blended: BlendedVersion) -> dict[str, Tensor]:
        tuned: dict[str, Any] = load_decoder_state(self._versions.path(blended.version))
        if blended.strength == 1:
            return tuned
        stock = self._model().stock.decoder_state()
        try:
            return blend(stock, [tuned], blended.strength)
        except (KeyError, RuntimeError) as error:
            raise _unfit(blended, error) from error


def _unfit(blended: BlendedVersion, error: Exception) -> Unavailable:
    return Unavailable(f"the file of version {blended.version} does not fit this model: {error}")


@torch.inference_mode()
def answer(decoder: SamDecoder, embedding: Embedding, masks: Sequence[Mask]) -> list[ScoredMask]:
    """Decode one decoder's answers to the tight boxes of masks of one image.

    ``masks``: each bool HxW of the image's size, none empty.
    """
    size = embedding.original_size
    prompts = [Prompt(box=mask_to_box(mask)) for mask in masks]
    batch = PromptBatch.of(prompts, [size] * len(prompts), decoder.device)
    features = torch.from_numpy(embedding.features[None]).to(decoder.device, torch.float32)
    low_res, _ = decoder(features, batch, tokens=SINGLE)
    given = binary_masks(low_res, input_size=embedding.input_size, original_size=size)
    return [_answer(ours[0], mask) for ours, mask in zip(given, masks, strict=True)]


def _answer(given: Mask, true: Mask) -> ScoredMask:
    if not given.any():
        return ScoredMask(iou=0.0)
    x0, y0, x1, y1 = (int(edge) for edge in mask_to_box(given))
    crop = encode_rle(given[y0 : y1 + 1, x0 : x1 + 1])
    return ScoredMask(iou=iou(given, true), corner=(x0, y0), crop=crop)
