"""Annotation effort: clicks until a mask is good, and pixels that a person must correct by hand.

The number of clicks to an IoU is the usual measure of interactive segmentation (NoC@90: Sofiiuk et
al., RITM, 2021). Here the box that a person draws comes first and is not counted; each further click
is in the middle of the largest wrong region.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from samstudio.masks import Mask
from samstudio.sam.decoder import SamDecoder
from samstudio.tuning.data.prompts import next_click, tight_box
from samstudio.tuning.data.samples import EmbeddingOf, Sample, by_image
from samstudio.tuning.evaluation import low_res_answers, overlap

GOOD = 0.9
"""A mask of this IoU counts as done."""

MOST_CLICKS = 5
"""Most clicks that are simulated; a mask that is not good after them counts one more."""

PASSES = 1 + MOST_CLICKS
"""Decoder passes that an object takes at most."""


@dataclass(frozen=True)
class AnnotationEffort:
    """A mean over objects: clicks after the box, and wrong pixels of the box's answer."""

    clicks: float
    pixels: float


def annotation_effort(
    decoder: SamDecoder, samples: Sequence[Sample], embedding: EmbeddingOf
) -> NDArray[np.float64]:
    """Return the effort for each object, float64 Nx2: clicks (0 to 6), wrong pixels of the original image."""
    found: dict[int, tuple[float, float]] = {}
    for image_id, objects in by_image(samples).items():
        features = torch.from_numpy(embedding(image_id).features).to(decoder.device).float()[None]
        found |= {id(sample): _effort(decoder, features, sample) for sample in objects}
    return np.array([found[id(sample)] for sample in samples], np.float64).reshape(-1, 2)


def mean_effort(each: NDArray[np.float64]) -> AnnotationEffort:
    """Return the mean over objects Nx2."""
    clicks, pixels = each.mean(axis=0)
    return AnnotationEffort(float(clicks), float(pixels))


def _effort(decoder: SamDecoder, features: Tensor, sample: Sample) -> tuple[float, float]:
    mask, prompt = sample.mask(), tight_box(sample)
    wrong_at_first = 0.0
    for clicks in range(MOST_CLICKS + 1):
        logits = low_res_answers(decoder, features, [sample], [prompt])[0]
        iou, wrong = _compared(logits, mask)
        if not clicks:
            wrong_at_first = float(wrong)
        if iou >= GOOD:
            return float(clicks), wrong_at_first
        prompt = next_click(prompt, sample, logits.numpy())
    return float(MOST_CLICKS + 1), wrong_at_first


def _compared(logits: Tensor, mask: Mask) -> tuple[float, int]:
    """Return the IoU, and how many pixels differ."""
    shared, answered = overlap(logits, mask)
    together = answered + int(np.count_nonzero(mask))
    union = together - shared
    return (shared / union if union else 1.0), union - shared
