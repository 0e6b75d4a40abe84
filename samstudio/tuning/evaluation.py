"""Scores of a decoder on objects, under each of the protocols that are asked for.

An object is prompted as the protocol (`samstudio.tuning.protocols`) says; single-mask answer; logits
upsampled as segment-anything's ``postprocess_masks`` does; threshold 0; IoU at the image's original
resolution. mIoU is the mean over objects.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from samstudio.domain import Example, Prompt, Size
from samstudio.lru import LruCache
from samstudio.masks import Mask
from samstudio.sam.decoder import SINGLE, PromptBatch, SamDecoder
from samstudio.sam.geometry import LONG_SIDE, LOW_RES, preprocess_shape
from samstudio.tuning.data.prompts import next_click
from samstudio.tuning.data.samples import EmbeddingOf, Sample, by_image, make_sample
from samstudio.tuning.protocols import DECIDES, PROTOCOLS, most_corrections
from samstudio.tuning.protocols.protocol import FirstPrompt

CHUNK = 8
"""Prompts decoded at once: 20 MB of intermediate values each."""

UpsamplingMatrices: TypeAlias = tuple[Tensor, Tensor]


def _nbytes(matrices: UpsamplingMatrices) -> int:
    return sum(matrix.nbytes for matrix in matrices)


# Some 7 MB for an image of 12 megapixels; most datasets have a few sizes.
_upsampling: LruCache[Size, UpsamplingMatrices] = LruCache(max_bytes=64 << 20, size_of=_nbytes)

OnObject = Callable[[int, int], None]
"""Called with the numbers of objects done and in all."""


@dataclass(frozen=True)
class ObjectScore:
    """An object's IoU under each protocol that was asked for."""

    image_id: str
    annotation_id: int | None
    ious: dict[str, float]


@dataclass(frozen=True)
class Evaluation:
    """The scores of one decoder on some objects, in the order they were given."""

    objects: tuple[ObjectScore, ...]

    def mious(self) -> dict[str, float]:
        """Return the mIoU by protocol; empty when there was no object."""
        names = self.objects[0].ious if self.objects else {}
        return {name: float(np.mean([scored.ious[name] for scored in self.objects])) for name in names}

    @property
    def miou(self) -> float:
        """mIoU under the protocol that decides; NaN when there was no object."""
        return self.mious().get(DECIDES, float("nan"))

    def ious(self, protocol: str = DECIDES) -> NDArray[np.float64]:
        """Return each object's IoU under one protocol, float64 N."""
        return np.array([scored.ious[protocol] for scored in self.objects], np.float64)


def evaluate(
    decoder: SamDecoder,
    examples: Sequence[Example],
    embedding: EmbeddingOf,
    protocols: Sequence[str] = (DECIDES,),
    *,
    on_progress: OnObject = lambda _done, _total: None,
) -> Evaluation:
    """Score a decoder on objects.

    Args:
        decoder: The decoder to score.
        examples: Objects with their true masks.
        embedding: Reads an image's stored embedding, float16 256x64x64.
        protocols: Names in `samstudio.tuning.protocols.PROTOCOLS`.
        on_progress: Called with the numbers of objects done and in all.

    Raises:
        InvalidInput: An object's mask is empty or not a mask.
    """
    return score([make_sample(e) for e in examples], decoder, embedding, protocols, on_object=on_progress)


def score(
    samples: Sequence[Sample],
    decoder: SamDecoder,
    embedding: EmbeddingOf,
    protocols: Sequence[str] = (DECIDES,),
    *,
    on_object: OnObject = lambda _done, _total: None,
) -> Evaluation:
    """Score a decoder on prepared samples; each image's embedding is read once.

    Args:
        samples: Objects with their true masks.
        decoder: The decoder to score.
        embedding: Reads an image's stored embedding, float16 256x64x64.
        protocols: Names in `samstudio.tuning.protocols.PROTOCOLS`.
        on_object: Called with the numbers of objects done and in all.
    """
    scores: dict[int, dict[str, float]] = {}
    for image_id, objects in by_image(samples).items():
        features = torch.from_numpy(embedding(image_id).features).to(decoder.device).float()[None]
        for start in range(0, len(objects), CHUNK):
            chunk = objects[start : start + CHUNK]
            scored = _score_chunk(decoder, features, chunk, protocols)
            scores.update(zip(map(id, chunk), scored, strict=True))
            on_object(len(scores), len(samples))
    return Evaluation(tuple(ObjectScore(s.image_id, s.example.annotation_id, scores[id(s)]) for s in samples))


def _score_chunk(
    decoder: SamDecoder, features: Tensor, chunk: Sequence[Sample], protocols: Sequence[str]
) -> list[dict[str, float]]:
    """Return each object's IoU by protocol; features are 1x256x64x64."""
    answers = _answers(decoder, features, chunk, protocols)
    masks = [sample.mask() for sample in chunk]
    return [
        {name: mask_iou(answers[name][row], mask) for name in protocols} for row, mask in enumerate(masks)
    ]


def _answers(
    decoder: SamDecoder, features: Tensor, chunk: Sequence[Sample], protocols: Sequence[str]
) -> dict[str, Tensor]:
    """Return low-res logits Bx256x256 on the CPU, of the last prompt of each protocol."""
    chosen = [PROTOCOLS.get(name) for name in protocols]
    answers = {
        prompt: _corrected(decoder, features, chunk, prompt, corrections)
        for prompt, corrections in most_corrections(chosen).items()
    }
    return {one.name: answers[one.prompt][one.corrections] for one in chosen}


def _corrected(
    decoder: SamDecoder, features: Tensor, chunk: Sequence[Sample], first: FirstPrompt, corrections: int
) -> list[Tensor]:
    """Return the answers to the first prompts, then to each further click where the last is most wrong."""
    prompts = [first(sample) for sample in chunk]
    answers = [low_res_answers(decoder, features, chunk, prompts)]
    for _ in range(corrections):
        answered = zip(prompts, chunk, answers[-1].numpy(), strict=True)
        prompts = [next_click(prompt, sample, logits) for prompt, sample, logits in answered]
        answers.append(low_res_answers(decoder, features, chunk, prompts))
    return answers


@torch.no_grad()
def low_res_answers(
    decoder: SamDecoder, features: Tensor, chunk: Sequence[Sample], prompts: Sequence[Prompt]
) -> Tensor:
    """Decode one prompt for each of B objects of one image.

    Args:
        decoder: The decoder to use.
        features: The image's, float32 1x256x64x64, on the decoder's device.
        chunk: The B objects.
        prompts: One for each of them, in pixels of the original image.

    Returns:
        Low-res logits float32 Bx256x256 on the CPU; -100 in padding.
    """
    size = chunk[0].size
    batch = PromptBatch.of(prompts, [size] * len(chunk), decoder.device)
    low_res, _ = decoder(features, batch, tokens=SINGLE, region=_needed(chunk[0].region))
    height, width = low_res.shape[-2:]
    full = torch.full((len(chunk), LOW_RES, LOW_RES), -100.0)
    full[:, :height, :width] = low_res[:, 0].cpu()
    return full


def _needed(region: Size) -> Size:
    """Return one cell more than the image covers: at its edge, bilinear interpolation reads that far."""
    return (min(LOW_RES, region[0] + 1), min(LOW_RES, region[1] + 1))


def mask_iou(logits: Tensor, mask: Mask) -> float:
    """Return the IoU of low-res logits 256x256, upsampled and thresholded at 0, with a bool HxW mask."""
    shared, answered = overlap(logits, mask)
    union = int(np.count_nonzero(mask)) + answered - shared
    return shared / union if union else 1.0


def overlap(logits: Tensor, mask: Mask) -> tuple[int, int]:
    """Count the pixels that low-res logits 256x256 and a bool HxW mask share, and those of the answer.

    `postprocess_masks` is linear and separable, so it is one matrix a side; and
    where no neighbouring logit is positive no pixel is, so only the part around
    the positive logits is computed. Equal to full upsampling, at a twentieth of its cost.
    """
    rows, columns = upsampling((mask.shape[0], mask.shape[1]))
    positive = logits > 0
    if not bool(positive.any()):
        return 0, 0
    top, bottom = _affected_rows(rows, positive.any(dim=1))
    left, right = _affected_rows(columns, positive.any(dim=0))
    upsampled = rows[top:bottom] @ logits @ columns[left:right].T
    answer = (upsampled > 0).numpy()
    shared = int(np.count_nonzero(answer & mask[top:bottom, left:right]))
    return shared, int(np.count_nonzero(answer))


def _affected_rows(matrix: Tensor, cells: Tensor) -> tuple[int, int]:
    """Return the span of rows of an upsampling matrix that some of ``cells`` (bool 256) contributes to."""
    touched = (matrix[:, cells] > 0).any(dim=1).nonzero()
    return (int(touched[0]), int(touched[-1]) + 1) if len(touched) else (0, 1)


def upsampling(size: Size) -> UpsamplingMatrices:
    """Return the matrices Hx256 and Wx256 that ``postprocess_masks`` multiplies low-res logits with."""
    return _upsampling.get_or_make(size, lambda: _upsampling_of(size))


def _upsampling_of(size: Size) -> UpsamplingMatrices:
    resized = preprocess_shape(size)
    height, width = (_interpolation(inner, outer) for inner, outer in zip(resized, size, strict=True))
    return height, width


def _interpolation(resized: int, original: int) -> Tensor:
    cells = torch.eye(LOW_RES)[None]
    frame = F.interpolate(cells, LONG_SIDE, mode="linear", align_corners=False)[..., :resized]
    return F.interpolate(frame, original, mode="linear", align_corners=False)[0].T.contiguous()
