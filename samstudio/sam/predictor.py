"""Predicts masks from prompts with the decoder version that is live.

Stateless per request. A request takes (version, decoder) once and finishes
with it; a swap builds the new decoder separately, loads it strictly, smoke-tests it
and then replaces one reference. Not here: which version is live and where its file
is, which the callables passed in return.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor

from samstudio.domain import STOCK_VERSION, Embedding, Prediction, Prompt, StudioError, Unavailable
from samstudio.lru import LruCache
from samstudio.sam.decoder import MULTIMASK, SINGLE, PromptBatch, SamDecoder
from samstudio.sam.geometry import binary_masks

_log = logging.getLogger(__name__)

_PROMPTS_AT_ONCE = {"cpu": 4, "cuda": 32}
"""Decoding takes some 40 MB a prompt; four at once is quickest on a CPU (8: a quarter slower a prompt)."""

_SPARE_DECODERS = 2
"""Versions kept beside stock and live (16 MB each), for A/B views and rollbacks."""


class LivePredictor:
    """A predictor with the live decoder, or with any version by its number. Thread-safe."""

    def __init__(
        self,
        *,
        stock: SamDecoder,
        load: Callable[[int], Mapping[str, Tensor]],
        live: Callable[[], int],
        device: torch.device | str = "cpu",
        retry_seconds: float = 5.0,
        patience_seconds: float = 0.5,
    ) -> None:
        """Serve ``stock`` until the live version is loaded.

        Args:
            stock: Decoder version 0; moved to ``device``.
            load: Returns a version's decoder state; may raise `StudioError`.
            live: Returns the number of the version that is live now; may raise `StudioError`.
            device: Where prompts are decoded.
            retry_seconds: How long a version that failed to load is not tried again.
            patience_seconds: How long a request waits for a swap that another one is making.
        """
        self._stock = stock.to(device)
        self._load = load
        self._ask_live = live
        self._device = torch.device(device)
        self._retry_seconds = retry_seconds
        self._patience_seconds = patience_seconds
        self._current: tuple[int, SamDecoder] = (STOCK_VERSION, self._stock)
        self._failed: tuple[int, float] | None = None
        self._swap_lock = threading.Lock()
        self._spare: LruCache[int, SamDecoder] = LruCache(max_items=_SPARE_DECODERS)

    def predict(
        self,
        embedding: Embedding,
        prompts: Sequence[Prompt],
        *,
        version: int | None = None,
        multimask_output: bool = False,
    ) -> list[Prediction]:
        """Answer each prompt on one image, all by one version.

        Args:
            embedding: The image's.
            prompts: In pixels of the original image.
            version: The number of the version to use; None for the live one.
            multimask_output: Return C=3 masks a prompt, not C=1.

        Raises:
            InvalidInput: A prompt is empty or malformed.
            Unavailable: The file of an explicit ``version`` does not fit.
            StudioError: ``load`` could not give an explicit ``version``.
        """
        number, decoder = self._live(embedding) if version is None else self._version(version, embedding)
        tokens = MULTIMASK if multimask_output else SINGLE
        answers: list[Prediction] = []
        at_once = _PROMPTS_AT_ONCE.get(self._device.type, 1)
        for start in range(0, len(prompts), at_once):
            chunk = prompts[start : start + at_once]
            answers += self._decode(number, decoder, embedding, chunk, tokens)
        return answers

    def _decode(
        self, number: int, decoder: SamDecoder, embedding: Embedding, prompts: Sequence[Prompt], tokens: slice
    ) -> list[Prediction]:
        batch = PromptBatch.of(prompts, [embedding.original_size] * len(prompts), self._device)
        with torch.inference_mode():
            low_res, iou = decoder(self._features(embedding), batch, tokens=tokens)
            masks = binary_masks(
                low_res, input_size=embedding.input_size, original_size=embedding.original_size
            )
        logits, scores = low_res.cpu().numpy(), iou.cpu().numpy()
        return [
            Prediction(
                masks=masks[row], iou_predictions=scores[row], low_res_logits=logits[row], version=number
            )
            for row in range(len(prompts))
        ]

    def _features(self, embedding: Embedding) -> Tensor:
        return torch.from_numpy(embedding.features[None]).to(self._device, torch.float32)

    def _live(self, embedding: Embedding) -> tuple[int, SamDecoder]:
        """Return the live (version, decoder), read once; swap first if ``live`` has moved."""
        wanted = self._ask_live()
        # A swap takes a fraction of a second, and whoever comes meanwhile waits for it: a preview may
        # have begun it, and the click that follows wants the new version. A longer one holds up nobody.
        if (
            wanted != self._current[0]
            and not self._lately_failed(wanted)
            and self._swap_lock.acquire(timeout=self._patience_seconds)
        ):
            try:
                if wanted != self._current[0] and not self._lately_failed(wanted):
                    self._swap(wanted, embedding)
            finally:
                self._swap_lock.release()
        return self._current

    def _lately_failed(self, number: int) -> bool:
        failed = self._failed
        return (
            failed is not None and failed[0] == number and time.monotonic() - failed[1] < self._retry_seconds
        )

    def _swap(self, number: int, embedding: Embedding) -> None:
        try:
            arriving = self._version(number, embedding)
        except Exception as error:  # whatever it is, the last good decoder goes on serving
            reason = str(error) if isinstance(error, StudioError) else f"{type(error).__name__}: {error}"
            self._failed = (number, time.monotonic())
            _log.exception(
                "version %d could not be made live, version %d still serves: %s",
                number,
                self._current[0],
                reason,
            )
            return
        leaving = self._current
        self._current = arriving
        self._failed = None
        self._keep(leaving)
        _log.info("version %d is live, was %d", arriving[0], leaving[0])

    def _version(self, number: int, embedding: Embedding) -> tuple[int, SamDecoder]:
        current = self._current
        if number == current[0]:
            return current
        if number == STOCK_VERSION:
            return (STOCK_VERSION, self._stock)
        known = self._spare.get(number)
        if known is not None:
            return (number, known)
        built = (number, self._build(number, embedding))
        self._keep(built)
        return built

    def _build(self, number: int, embedding: Embedding) -> SamDecoder:
        state = self._load(number)
        try:
            decoder = self._stock.with_weights(state)
        except RuntimeError as error:
            raise Unavailable(f"the file of version {number} does not fit this model: {error}") from error
        self._smoke_test(number, decoder, embedding)
        return decoder

    def _smoke_test(self, number: int, decoder: SamDecoder, embedding: Embedding) -> None:
        height, width = embedding.original_size
        whole = PromptBatch.of(
            [Prompt(box=(0.0, 0.0, float(width), float(height)))], [embedding.original_size], self._device
        )
        with torch.inference_mode():
            low_res, iou = decoder(self._features(embedding), whole)
        if not bool(torch.isfinite(low_res).all() and torch.isfinite(iou).all()):
            raise Unavailable(f"version {number} gives no finite mask: its file is damaged")

    def _keep(self, one: tuple[int, SamDecoder]) -> None:
        number, decoder = one
        if number != STOCK_VERSION:
            self._spare.put(number, decoder)
