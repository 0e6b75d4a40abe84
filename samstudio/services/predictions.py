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

from samstudio.domain import Embedding, InvalidInput, Prediction, Prompt, Size
from samstudio.prompts import fit_prompt
from samstudio.sam.geometry import mask_logits
from samstudio.services.images import ImageService
from samstudio.services.images.decoding import decode_image, pixels_id

BATCH_BYTES = 256 * 1024 * 1024
"""Masks of one batch, at the image's size: a hundred of 12 megapixels would be 1.2 GB."""

MULTIMASKS = 3

Observe: TypeAlias = Callable[[str, float], object]
"""Called with a stage that succeeded (``encode``, ``decode``, ``predict``: the whole) and its seconds."""


class Embeddings(Protocol):
    """The part of `samstudio.sam.embeddings.EmbeddingStore` that is used here."""

    def get(self, image_id: str, pixels: Callable[[], NDArray[np.uint8]], /) -> Embedding:
        """Return the image's embedding.

        ``pixels`` gives the picture, uint8 HxWx3 RGB; it is called when the image was never encoded.
        """

    def has(self, image_id: str, /) -> bool:
        """Tell whether the image was encoded."""


class Predictor(Protocol):
    """The part of `samstudio.sam.predictor.LivePredictor` that is used here."""

    def predict(
        self,
        embedding: Embedding,
        prompts: Sequence[Prompt],
        *,
        version: int | None = None,
        multimask_output: bool = False,
    ) -> list[Prediction]:
        """Return one prediction for each prompt, all by one version, in one batch.

        Args:
            embedding: The embedding of the image that all prompts are on.
            prompts: The prompts, in the image's pixels.
            version: The version that answers; None is the live one.
            multimask_output: Return three masks for each prompt instead of one.
        """


class PredictionService:
    """The prediction of masks for prompts, by the live version or a chosen one."""

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
        self._used = time.monotonic()

    def quiet_seconds(self) -> float:
        """Return for how long nothing was predicted or prepared, since the start at the longest."""
        return time.monotonic() - self._used

    def predict(
        self, image_id: str, prompt: Prompt, *, version: int | None = None, multimask_output: bool = False
    ) -> Prediction:
        """Return the masks for one prompt on a stored image, the best by predicted IoU first.

        Args:
            image_id: The image.
            prompt: Coordinates in the image's pixels; a box is clipped to the image.
            version: The version that answers; None is the live one.
            multimask_output: Return three masks instead of one.

        Raises:
            NotFound: There is no such image or version.
            InvalidInput: The prompt is empty or does not fit the image.
            Unavailable: The file of the version, or of an image not encoded yet, is gone or damaged.
        """
        return next(self.predict_many(image_id, [prompt], version=version, multimask_output=multimask_output))

    def predict_many(
        self,
        image_id: str,
        prompts: Sequence[Prompt],
        *,
        version: int | None = None,
        multimask_output: bool = False,
    ) -> Iterator[Prediction]:
        """Check prompts on one image, then answer them in order, all by one version.

        They are decoded some at a time, as the answers are taken, so that the
        masks of a large image do not fill the memory. The image and the prompts
        are checked before anything is decoded.

        Args:
            image_id: The image.
            prompts: Coordinates in the image's pixels; a box is clipped to the image.
            version: The version that answers; None is the live one.
            multimask_output: Return three masks for each prompt instead of one.

        Returns:
            One prediction for each prompt, its masks sorted by predicted IoU, the best first.

        Raises:
            NotFound: There is no such image or, with the first answer, no such version.
            InvalidInput: A prompt is empty or does not fit the image.
            Unavailable: With the first answer: as in `predict`.
        """
        size = self._images.get(image_id).size
        fitting = [fit_prompt(prompt, size) for prompt in prompts]
        return self._answers(
            lambda: self._embedding(image_id), fitting, size, version=version, multimask=multimask_output
        )

    def logits_of_mask(self, mask: NDArray[np.bool_]) -> NDArray[np.float32]:
        """Convert a mask drawn by hand to a prompt's ``mask_input``: float32 1x256x256 logits.

        ``mask``: bool HxW, of its image's size.
        """
        return mask_logits(mask)

    def predict_file(
        self, path: Path, prompt: Prompt, *, version: int | None = None, max_pixels: int
    ) -> Prediction:
        """Return the mask for a prompt on an image file that need not be in the dataset.

        Nothing is stored but the embedding, so that the next prompt on it is quick.

        Args:
            path: The image file.
            prompt: Coordinates in the image's pixels; a box is clipped to the image.
            version: The version that answers; None is the live one.
            max_pixels: The largest image accepted.

        Raises:
            InvalidInput: The file cannot be read or is too large, or the prompt does not fit it.
            NotFound: There is no such version.
            Unavailable: The version's file is gone or damaged.
        """
        return next(self.predict_pixels(_read(path, max_pixels=max_pixels), [prompt], version=version))

    def predict_pixels(
        self,
        pixels: NDArray[np.uint8],
        prompts: Sequence[Prompt],
        *,
        version: int | None = None,
        multimask_output: bool = False,
    ) -> Iterator[Prediction]:
        """Answer prompts, as `predict_many` does, on a picture that need not be in the dataset.

        Nothing is stored but the embedding.

        Args:
            pixels: The picture, uint8 HxWx3 RGB.
            prompts: Coordinates in its pixels; a box is clipped to it.
            version: The version that answers; None is the live one.
            multimask_output: Return three masks for each prompt instead of one.

        Returns:
            One prediction for each prompt, its masks sorted by predicted IoU, the best first.

        Raises:
            InvalidInput: A prompt is empty or does not fit the picture.
            NotFound: With the first answer: there is no such version.
            Unavailable: With the first answer: the version's file is gone or damaged.
        """
        size = (pixels.shape[0], pixels.shape[1])
        fitting = [fit_prompt(prompt, size) for prompt in prompts]
        image_id = pixels_id(pixels)
        return self._answers(
            lambda: self._encoded(image_id, lambda: pixels),
            fitting,
            size,
            version=version,
            multimask=multimask_output,
        )

    def prepare(self, image_id: str) -> None:
        """Encode an image ahead, so that the first prompt on it is quick.

        Raises:
            NotFound: There is no such image.
            Unavailable: Its file is gone or damaged.
        """
        self._images.get(image_id)
        self._embedding(image_id)

    def prepared(self, image_id: str) -> bool:
        """Tell whether an image was encoded already."""
        return self._embeddings.has(image_id)

    def _embedding(self, image_id: str) -> Embedding:
        return self._encoded(image_id, lambda: self._images.pixels(image_id))

    def _encoded(self, image_id: str, pixels: Callable[[], NDArray[np.uint8]]) -> Embedding:
        self._used = time.monotonic()
        began: list[float] = []

        def given() -> NDArray[np.uint8]:
            found = pixels()
            began.append(time.perf_counter())
            return found

        embedding = self._embeddings.get(image_id, given)
        if began:  # the pixels were asked for: it was encoded, here and now
            self._observe("encode", time.perf_counter() - began[0])
        self._used = time.monotonic()
        return embedding

    def _answers(
        self,
        embedding: Callable[[], Embedding],
        prompts: Sequence[Prompt],
        size: Size,
        *,
        version: int | None,
        multimask: bool,
    ) -> Iterator[Prediction]:
        at_once = prompts_at_once(size, masks_each=MULTIMASKS if multimask else 1)
        for start in range(0, len(prompts), at_once):
            with self._timed("predict"):
                known = embedding()
                with self._timed("decode"):
                    batch = self._predictor.predict(
                        known,
                        prompts[start : start + at_once],
                        version=version,
                        multimask_output=multimask,
                    )
            version = batch[0].version  # a swap in between must not give half of them to another version
            yield from map(best_first, batch)

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self._observe(stage, time.perf_counter() - began)
        self._used = time.monotonic()


def _read(path: Path, *, max_pixels: int) -> NDArray[np.uint8]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror or error}") from error
    return decode_image(data, filename=path.name, max_pixels=max_pixels).pixels


def prompts_at_once(size: Size, *, masks_each: int) -> int:
    """Return how many prompts' masks, at the image's size (H, W), are held in memory at once."""
    return max(1, BATCH_BYTES // (size[0] * size[1] * masks_each))


def best_first(prediction: Prediction) -> Prediction:
    """Return a prediction with its masks in the order of their predicted IoU, the best first."""
    order = np.argsort(-prediction.iou_predictions, kind="stable")
    if (order == np.arange(len(order))).all():  # nearly always: the masks are not copied
        return prediction
    return Prediction(
        masks=prediction.masks[order],
        iou_predictions=prediction.iou_predictions[order],
        low_res_logits=prediction.low_res_logits[order],
        version=prediction.version,
    )
