"""Prompts as tensors: B prompts, each with its own mix of box, points and mask.

Stock ``PromptEncoder`` takes B prompts of one kind. Here every prompt is a
list of labelled points, as in segment-anything's ONNX export (a box is two
points with labels 2 and 3), and lists of different lengths are padded and
*masked out* in attention: a padding token is not a no-op (stock adds exactly
one "not a point" token, and only when there are points and no box). Each
prompt's answer is therefore the one that stock gives to it alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from samstudio.domain import InvalidInput, Prompt, Size
from samstudio.prompts import check_prompt
from samstudio.sam.geometry import LONG_SIDE, LOW_RES, scale_coords

_BOX_CORNER_LABELS = (2, 3)


@dataclass(frozen=True, eq=False)
class PromptBatch:
    """B prompts in the 1024 frame; every tensor is float32 unless said otherwise.

    ``boxes``: Bx4 XYXY. ``point_coords``: BxNx2 XY, with ``point_labels`` BxN:
    1 foreground, 0 background, -1 no point there (padding between prompts with
    different numbers of points; it never reaches the decoder).
    ``mask_input``: Bx1x256x256 logits. ``has_box`` and ``has_mask_input``: bool B,
    which rows of those count; None means all of them.
    """

    boxes: Tensor | None = None
    point_coords: Tensor | None = None
    point_labels: Tensor | None = None
    mask_input: Tensor | None = None
    has_box: Tensor | None = None
    has_mask_input: Tensor | None = None

    def __post_init__(self) -> None:
        if (self.point_coords is None) != (self.point_labels is None):
            raise InvalidInput("point_coords and point_labels come together")
        sizes = {len(part) for part in self._parts() if part is not None}
        if len(sizes) != 1:
            raise InvalidInput(f"a batch of prompts needs parts of one length, not {sorted(sizes) or 'none'}")

    def _parts(self) -> tuple[Tensor | None, ...]:
        return (
            self.boxes,
            self.point_coords,
            self.point_labels,
            self.mask_input,
            self.has_box,
            self.has_mask_input,
        )

    def __len__(self) -> int:
        return next(len(part) for part in self._parts() if part is not None)

    @classmethod
    def of(
        cls, prompts: Sequence[Prompt], original_sizes: Sequence[Size], device: torch.device | str = "cpu"
    ) -> PromptBatch:
        """Scale prompts, given in pixels of their original images, into one batch.

        ``original_sizes`` has one (H, W) a prompt.

        Raises:
            InvalidInput: There is no prompt, one is empty, or a label is neither 0 nor 1.
        """
        if not prompts:
            raise InvalidInput("there is no prompt")
        for prompt in prompts:
            check_prompt(prompt)
        points, labels = _pad_points(prompts, original_sizes)
        boxes = [_scaled_box(prompt, size) for prompt, size in zip(prompts, original_sizes, strict=True)]
        masks = [_mask_plane(prompt) for prompt in prompts]
        return cls(
            boxes=_stacked(boxes, (4,), device),
            has_box=_presence(boxes, device),
            point_coords=torch.from_numpy(points).to(device, torch.float32) if points.size else None,
            point_labels=torch.from_numpy(labels).to(device, torch.float32) if points.size else None,
            mask_input=_stacked(masks, (1, LOW_RES, LOW_RES), device),
            has_mask_input=_presence(masks, device),
        )


def embed_points(
    prompt_encoder: Any, prompts: PromptBatch, device: torch.device
) -> tuple[Tensor, Tensor | None]:
    """Return tokens BxTx256 for all points and boxes, and which of them count: bool BxT, or None for all.

    The order of tokens is stock's: points, its one "not a point" token, box corners.
    """
    coords, labels, valid = _labelled_points(prompts, device)
    tokens = prompt_encoder.pe_layer._pe_encoding((coords + 0.5) / LONG_SIDE)
    table = torch.cat(
        [prompt_encoder.not_a_point_embed.weight, *(part.weight for part in prompt_encoder.point_embeddings)]
    )
    tokens = torch.where((labels < 0)[..., None], 0.0, tokens) + table[labels + 1]
    return tokens, None if bool(valid.all()) else valid


def embed_masks(prompt_encoder: Any, prompts: PromptBatch) -> Tensor:
    """Return the dense embedding: Bx256x64x64, or 1x256x1x1 when no prompt has a mask."""
    none: Tensor = prompt_encoder.no_mask_embed.weight.reshape(1, -1, 1, 1)
    if prompts.mask_input is None:
        return none
    if prompts.has_mask_input is None:
        every: Tensor = prompt_encoder.mask_downscaling(prompts.mask_input)
        return every
    height, width = prompt_encoder.image_embedding_size
    dense = none.repeat(len(prompts), 1, height, width)
    embedded = prompt_encoder.mask_downscaling(prompts.mask_input[prompts.has_mask_input])
    dense[prompts.has_mask_input] = embedded.to(dense.dtype)
    return dense


def _labelled_points(prompts: PromptBatch, device: torch.device) -> tuple[Tensor, Tensor, Tensor]:
    """Return coordinates BxTx2, labels BxT (int64), validity BxT of points, "not a point" and corners."""
    batch = len(prompts)
    coords = [torch.zeros((batch, 0, 2), device=device)]
    labels = [torch.zeros((batch, 0), dtype=torch.int64, device=device)]
    valid = [torch.zeros((batch, 0), dtype=torch.bool, device=device)]
    boxed = _rows(prompts.boxes, prompts.has_box, batch, device)

    def add(xy: Tensor, label: Tensor, counts: Tensor) -> None:
        coords.append(xy)
        labels.append(label)
        valid.append(counts)

    if prompts.point_coords is not None and prompts.point_labels is not None:
        real = prompts.point_labels >= 0
        add(prompts.point_coords, prompts.point_labels.to(torch.int64).clamp(min=-1), real)
        lone = real.any(dim=1, keepdim=True) & ~boxed[:, None]
        if bool(lone.any()):
            nowhere = torch.zeros((batch, 1, 2), device=device)
            add(nowhere, torch.full((batch, 1), -1, dtype=torch.int64, device=device), lone)
    if prompts.boxes is not None:
        corners = torch.tensor(_BOX_CORNER_LABELS, device=device).expand(batch, 2)
        add(prompts.boxes.reshape(batch, 2, 2), corners, boxed[:, None].expand(batch, 2))
    return torch.cat(coords, dim=1), torch.cat(labels, dim=1), torch.cat(valid, dim=1)


def _rows(part: Tensor | None, has: Tensor | None, batch: int, device: torch.device) -> Tensor:
    if part is not None and has is not None:
        return has
    return torch.full((batch,), part is not None, dtype=torch.bool, device=device)


def _pad_points(
    prompts: Sequence[Prompt], original_sizes: Sequence[Size]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    longest = max(len(prompt.point_coords) for prompt in prompts)
    points = np.zeros((len(prompts), longest, 2))
    labels = np.full((len(prompts), longest), -1)
    for row, (prompt, size) in enumerate(zip(prompts, original_sizes, strict=True)):
        if prompt.point_coords:
            points[row, : len(prompt.point_coords)] = scale_coords(prompt.point_coords, size)
            labels[row, : len(prompt.point_labels)] = prompt.point_labels
    return points, labels


def _scaled_box(prompt: Prompt, size: Size) -> Tensor | None:
    if prompt.box is None:
        return None
    return torch.from_numpy(scale_coords(np.reshape(prompt.box, (2, 2)), size).reshape(4))


def _mask_plane(prompt: Prompt) -> Tensor | None:
    if prompt.mask_input is None:
        return None
    return torch.from_numpy(np.ascontiguousarray(prompt.mask_input, dtype=np.float32))


def _stacked(parts: list[Tensor | None], shape: tuple[int, ...], device: torch.device | str) -> Tensor | None:
    if all(part is None for part in parts):
        return None
    return torch.stack([torch.zeros(shape) if part is None else part for part in parts]).to(
        device, torch.float32
    )


def _presence(parts: list[Tensor | None], device: torch.device | str) -> Tensor | None:
    """Return which parts are there, bool B; None when all or none are, so that the plain cases stay plain."""
    there = [part is not None for part in parts]
    return None if all(there) or not any(there) else torch.tensor(there, device=device)
