"""Masks for prompts: checks a prompt against its image, finds the embedding, asks the predictor.

Stateless: image id, prompt and version in, masks and logits out.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from samstudio.domain import Embedding, InvalidInput, Prediction, Prompt
from samstudio.masks import validated_box, validated_points
from samstudio.sam.geometry import mask_logits
from samstudio.services.images import ImageService
from samstudio.services.images.decoding import decode_image, pixels_id

LOGITS_SHAPE = (1, 256, 256)

Observe: TypeAlias = Callable[[str, float], object]
"""Told how many seconds a stage took that went well: ``encode``, ``decode``, ``predict`` (the whole)."""


class Embeddings(Protocol):
    """What is asked of `samstudio.sam.embeddings.EmbeddingStore`."""

    def get(self, image_id: str, pixels: Callable[[], NDArray[np.uint8]], /) -> Embedding:
        """The image's embedding; ``pixels`` is called when it was never encoded."""

    def has(self, image_id: str, /) -> bool:
        """Whether it was encoded."""


class Predictor(Protocol):
    """What is asked of `samstudio.sam.predictor.LivePredictor`."""

    def predict(
        self,
        embedding: Embedding,
        prompts: Sequence[Prompt],
        *,
        version: int | None = None,
        multimask_output: bool = False,
    ) -> list[Prediction]:
        """One prediction a prompt, all of one image, in one batch."""


class PredictionService:
    """Answers prompts on stored images, with the live version or a named one."""

    def __init__(
        self,
        *,
        images: ImageService,
        embeddings: Embeddings,
        predictor: Predictor,
        observe: Observe = lambda _stage, _seconds: None,
    ) -> None:
        self._images = images
        self._embeddings = embeddings
        self._predictor = predictor
        self._observe = observe

    def predict(
        self, image_id: str, prompt: Prompt, *, version: int | None = None, multimask_output: bool = False
    ) -> Prediction:
        """The masks for one prompt.

        Raises NotFound for an unknown image or version; InvalidInput for a
        prompt that is empty or does not fit the image.
        """
        return self.predict_many(image_id, [prompt], version=version, multimask_output=multimask_output)[0]

    def predict_many(
        self,
        image_id: str,
        prompts: Sequence[Prompt],
        *,
        version: int | None = None,
        multimask_output: bool = False,
    ) -> list[Prediction]:
        """The masks for several prompts on one image, decoded as one batch; raises as `predict` does."""
        image = self._images.get(image_id)
        checked = [validated_prompt(prompt, width=image.width, height=image.height) for prompt in prompts]
        if not checked:
            return []
        with self._timed("predict"):
            embedding = self._embedding(image_id)
            return self._decode(embedding, checked, version=version, multimask_output=multimask_output)

    def logits_of_mask(self, mask: NDArray[np.bool_]) -> NDArray[np.float32]:
        """A mask drawn by hand (bool HxW, of its image's size) as a prompt's ``mask_input``."""
        return mask_logits(mask)

    def predict_file(
        self, path: Path, prompt: Prompt, *, version: int | None = None, max_pixels: int
    ) -> Prediction:
        """The mask for a prompt on an image file that need not be in the dataset.

        Nothing is stored but the embedding, so asking again is quick. Raises
        InvalidInput for a file that cannot be read, else as `predict` does.
        """
        return self.predict_pixels(_read(path, max_pixels=max_pixels), [prompt], version=version)[0]

    def predict_pixels(
        self,
        pixels: NDArray[np.uint8],
        prompts: Sequence[Prompt],
        *,
        version: int | None = None,
        multimask_output: bool = False,
    ) -> list[Prediction]:
        """The masks for prompts on a picture (uint8 HxWx3 RGB) that need not be in the dataset.

        As `predict_file`, nothing is stored but the embedding; raises as `predict_many` does.
        """
        height, width = pixels.shape[:2]
        checked = [validated_prompt(prompt, width=width, height=height) for prompt in prompts]
        with self._timed("predict"):
            embedding = self._encoded(pixels_id(pixels), lambda: pixels)
            return self._decode(embedding, checked, version=version, multimask_output=multimask_output)

    def prepare(self, image_id: str) -> None:
        """Encode an image ahead, so that the first prompt on it is quick; raises NotFound."""
        self._images.get(image_id)
        self._embedding(image_id)

    def prepared(self, image_id: str) -> bool:
        """Whether an image was encoded already."""
        return self._embeddings.has(image_id)

    def _embedding(self, image_id: str) -> Embedding:
        return self._encoded(image_id, lambda: self._images.pixels(image_id))

    def _encoded(self, image_id: str, pixels: Callable[[], NDArray[np.uint8]]) -> Embedding:
        began: list[float] = []

        def given() -> NDArray[np.uint8]:
            found = pixels()
            began.append(time.perf_counter())
            return found

        embedding = self._embeddings.get(image_id, given)
        if began:  # the pixels were asked for: it was encoded, here and now
            self._observe("encode", time.perf_counter() - began[0])
        return embedding

    def _decode(
        self, embedding: Embedding, prompts: Sequence[Prompt], *, version: int | None, multimask_output: bool
    ) -> list[Prediction]:
        with self._timed("decode"):
            return self._predictor.predict(
                embedding, prompts, version=version, multimask_output=multimask_output
            )

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self._observe(stage, time.perf_counter() - began)


def validated_prompt(prompt: Prompt, *, width: int, height: int) -> Prompt:
    """The prompt with its box clipped to the image; raises InvalidInput with what is wrong with it."""
    if prompt.box is None and not prompt.point_coords and prompt.mask_input is None:
        raise InvalidInput("the prompt is empty: draw a box or click on the object")
    box = prompt.box
    if box is not None:
        box = validated_box(box, width=width, height=height)
    validated_points(prompt.point_coords, prompt.point_labels, width=width, height=height)
    return Prompt(box, prompt.point_coords, prompt.point_labels, _validated_logits(prompt.mask_input))


def _read(path: Path, *, max_pixels: int) -> NDArray[np.uint8]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror or error}") from error
    return decode_image(data, filename=path.name, max_pixels=max_pixels).pixels


def _validated_logits(logits: NDArray[np.float32] | None) -> NDArray[np.float32] | None:
    if logits is None:
        return None
    if logits.shape != LOGITS_SHAPE:
        raise InvalidInput(
            f"mask_input has shape {logits.shape}: give a previous prediction's 1x256x256 logits"
        )
    if not np.isfinite(logits).all():
        raise InvalidInput(
            "mask_input holds numbers that are not finite: give a previous prediction's logits"
        )
    return logits.astype(np.float32, copy=False)
