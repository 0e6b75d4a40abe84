"""Annotation effort: clicks until a mask is good, and pixels that a person must correct by hand.

The number of clicks to an IoU is the usual measure of interactive segmentation (NoC@90: Sofiiuk et
al., RITM, 2021). Here the box that a person draws comes first and is not counted; each further click
is in the middle of the largest wrong region. People do not click the middle: the clicks are also
counted with each moved at random within that region.
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
from samstudio.tuning.data.prompts import fixed_rng, next_click, tight_box
from samstudio.tuning.data.samples import EmbeddingOf, Sample, by_image
from samstudio.tuning.evaluation import low_res_answers, overlap

GOOD = 0.9
"""A mask of this IoU counts as done."""

MOST_CLICKS = 5
"""Most clicks that are simulated; a mask that is not good after them counts one more."""

PASSES = 1 + 2 * MOST_CLICKS
"""Decoder passes that an object takes at most."""


@dataclass(frozen=True)
class AnnotationEffort:
    """The effort over objects: means of clicks after the box and of wrong pixels, and shares of objects.

    ``no_click``: the share whose mask is good as the box gets it. ``failed``: the share that is not good
    after `MOST_CLICKS`. ``loose_clicks``: the mean number of clicks where they are beside the middle.
    """

    clicks: float
    pixels: float
    no_click: float
    failed: float
    loose_clicks: float


def annotation_effort(
    decoder: SamDecoder, samples: Sequence[Sample], embedding: EmbeddingOf
) -> NDArray[np.float64]:
    """Return the effort for each object, float64 Nx3: clicks (0 to 6), wrong pixels, loose clicks (0 to 6).

    The pixels are those of the original image.
    """
    found: dict[int, tuple[float, float, float]] = {}
    for image_id, objects in by_image(samples).items():
        features = torch.from_numpy(embedding(image_id).features).to(decoder.device).float()[None]
        found |= {id(sample): _effort(decoder, features, sample) for sample in objects}
    return np.array([found[id(sample)] for sample in samples], np.float64).reshape(-1, 3)


def mean_effort(each: NDArray[np.float64]) -> AnnotationEffort:
    """Return the effort over objects Nx3."""
    clicks, pixels, loose = each.T
    return AnnotationEffort(
        clicks=float(clicks.mean()),
        pixels=float(pixels.mean()),
        no_click=float((clicks == 0).mean()),
        failed=float((clicks > MOST_CLICKS).mean()),
        loose_clicks=float(loose.mean()),
    )


def _effort(decoder: SamDecoder, features: Tensor, sample: Sample) -> tuple[float, float, float]:
    mask, box = sample.mask(), tight_box(sample)
    first = low_res_answers(decoder, features, [sample], [box])[0]
    iou, wrong = _compared(first, mask)
    if iou >= GOOD:
        return 0.0, float(wrong), 0.0
    middle, loose = (
        _clicks(decoder, features, sample, mask, first, rng) for rng in (None, fixed_rng(sample))
    )
    return float(middle), float(wrong), float(loose)


def _clicks(
    decoder: SamDecoder,
    features: Tensor,
    sample: Sample,
    mask: Mask,
    logits: Tensor,
    rng: np.random.Generator | None,
) -> int:
    """Count the clicks until the mask is good, the first answer being ``logits``.

    Args:
        decoder: The decoder that answers.
        features: The image's, float32 1x256x64x64.
        sample: The object.
        mask: Its true mask.
        logits: The answer to its box, float32 256x256.
        rng: Moves each click off the middle of the wrong region; None clicks the middle.
    """
    prompt = tight_box(sample)
    for clicks in range(1, MOST_CLICKS + 1):
        prompt = next_click(prompt, sample, logits.numpy(), rng)
        logits = low_res_answers(decoder, features, [sample], [prompt])[0]
        if _compared(logits, mask)[0] >= GOOD:
            return clicks
    return MOST_CLICKS + 1


def _compared(logits: Tensor, mask: Mask) -> tuple[float, int]:
    """Return the IoU, and how many pixels differ."""
    shared, answered = overlap(logits, mask)
    together = answered + int(np.count_nonzero(mask))
    union = together - shared
    return (shared / union if union else 1.0), union - shared
