"""The peer of `benchmarks.decode`: segment-anything's own modules and steps, on the same weights."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray

from samstudio.domain import Box, Embedding, Size
from samstudio.sam.decoder import SamDecoder
from samstudio.sam.geometry import encoder_input, postprocess_masks, scale_coords


class Stock:
    """Stock modules with weights of their own; the image encoder in onnxruntime's default session."""

    def __init__(self, decoder: SamDecoder, encoder_file: Path) -> None:
        self.prompt_encoder = decoder.prompt_encoder
        self.mask_decoder = decoder.with_weights(decoder.decoder_state()).mask_decoder
        self._session = onnxruntime.InferenceSession(str(encoder_file), providers=["CPUExecutionProvider"])

    def encode(self, pixels: NDArray[np.uint8]) -> torch.Tensor:
        """Features float32 1x256x64x64 of uint8 HxWx3."""
        return torch.from_numpy(self._session.run(None, {"input": encoder_input(pixels)[0]})[0])

    def boxes(self, boxes: Sequence[Box], size: Size) -> torch.Tensor:
        """Boxes in pixels of an image of ``size``, in the 1024 frame: float32 Bx4."""
        corners = scale_coords(np.array(boxes).reshape(-1, 2, 2), size)
        return torch.from_numpy(corners.reshape(-1, 4)).float()

    def decode(self, features: torch.Tensor, boxes: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Low-res logits Bx1x256x256 and predicted IoU Bx1, for boxes in the 1024 frame."""
        sparse, dense = self.prompt_encoder(points=None, boxes=boxes, masks=None)
        low_res, iou = self.mask_decoder(
            image_embeddings=features,
            image_pe=self.prompt_encoder.get_dense_pe(),
            sparse_prompt_embeddings=sparse,
            dense_prompt_embeddings=dense,
            multimask_output=False,
        )
        return low_res, iou

    @torch.no_grad()
    def predict(
        self, embedding: Embedding, features: torch.Tensor, boxes: Sequence[Box]
    ) -> tuple[NDArray[Any], ...]:
        """``SamPredictor.predict_torch``, to numpy: masks, predicted IoU, low-res logits."""
        original, resized = embedding.original_size, embedding.input_size
        low_res, iou = self.decode(features, self.boxes(boxes, original))
        masks = postprocess_masks(low_res, input_size=resized, original_size=original) > 0
        return masks.numpy(), iou.numpy(), low_res.numpy()
