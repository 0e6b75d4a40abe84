"""What the right image is worth to an answer: a decoder that does not look answers as well on another one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from samstudio.domain import Prompt, Size
from samstudio.masks import Mask, iou
from samstudio.sam.decoder import SamDecoder
from samstudio.tuning.collapse.probes import OWN, SWAPPED, Probe, answers_to
from samstudio.tuning.data.prompts import tight_box
from samstudio.tuning.data.samples import EmbeddingOf, Sample, by_image


def image_gains(
    decoder: SamDecoder, own: Sequence[Sample], samples: Sequence[Sample], embedding: EmbeddingOf
) -> NDArray[np.float64]:
    """Return what the right image is worth to an answer, in IoU with the accepted mask, within the box.

    Each object's box is also laid on the next image, and that answer is compared with the same mask. Who
    answers with the shape that masks usually have in their box, and does not look, gains nothing.

    Args:
        decoder: The decoder to ask.
        own: N objects that it did not learn from.
        samples: Objects of several images; those give the other images.
        embedding: Reads an image's stored embedding, float16 256x64x64.

    Returns:
        The differences of IoU, float64 N; none where there is one image only.
    """
    images = by_image(samples)
    ids = list(images)
    if len(ids) < 2:
        return np.zeros(0)
    right = [Probe(OWN, sample, tight_box(sample)) for sample in own]
    wrong = [_moved_to(images[ids[(ids.index(one.image_id) + 1) % len(ids)]][0], one) for one in own]
    answers = answers_to([*right, *wrong], decoder, embedding)
    gains = [
        _fit(probe, answers[row], probe) - _fit(wrong[row], answers[len(own) + row], probe)
        for row, probe in enumerate(right)
    ]
    return np.array(gains, np.float64)


def _moved_to(there: Sample, sample: Sample) -> Probe:
    """Return the box of a sample as a prompt on the image of another, at the same place in it."""
    down, across = there.size[0] / sample.size[0], there.size[1] / sample.size[1]
    x0, y0, x1, y1 = sample.box
    return Probe(SWAPPED, there, Prompt(box=(x0 * across, y0 * down, x1 * across, y1 * down)))


def _fit(probe: Probe, answer: Mask, to: Probe) -> float:
    """Return the IoU of an answer with the mask of ``to``, each within its box, in the cells of that."""
    height, width = to.sample.region
    x0, y0, x1, y1 = to.cells
    grid = (max(1, round(y1 - y0) + 1), max(1, round(x1 - x0) + 1))
    mask = _within(to, to.sample.target()[:height, :width] > 0, grid)
    return iou(_within(probe, answer, grid), mask)


def _within(probe: Probe, mask: Mask, grid: Size) -> Mask:
    """Return the part of a mask within a prompt's box, resampled to a grid of (rows, columns)."""
    x0, y0, x1, y1 = probe.cells
    rows = y0 + (np.arange(grid[0]) + 0.5) / grid[0] * (y1 - y0)
    columns = x0 + (np.arange(grid[1]) + 0.5) / grid[1] * (x1 - x0)
    inside = np.ix_(
        np.clip(rows, 0, mask.shape[0] - 1).astype(int), np.clip(columns, 0, mask.shape[1] - 1).astype(int)
    )
    found: Mask = mask[inside]
    return found
