"""Whether masks lie beside their objects: moved onto what stock sees around them, they would fit it better.

Masks that are all moved alike can be learned, and their boxes move with them; so scores, which use those
boxes, rise. Where stock knows the objects, it tells that the masks are misplaced. Where it does not, this
says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from samstudio.domain import Box, Prompt
from samstudio.masks import Mask, iou
from samstudio.sam.decoder import SamDecoder
from samstudio.sam.geometry import scale_coords
from samstudio.tuning.collapse.probes import CELL, OWN, Probe, answers_to
from samstudio.tuning.data.samples import EmbeddingOf, Sample

Shift: TypeAlias = tuple[int, int]
"""Cells of the low-res frame, (rows, columns)."""

AROUND = (0.5, 0.0, 0.0)
"""Stock is asked so many times by a mask's box, moved along; this part of its sides is added on each side."""


def fits_here_and_there(
    stock: SamDecoder, samples: Sequence[Sample], embedding: EmbeddingOf
) -> NDArray[np.float64]:
    """Return how well stock's answers fit masks where they are, and where they are moved to.

    Each mask is moved to where it covers best what stock sees in a box around it, and then to what stock
    sees in the moved box.

    Args:
        stock: The model's own decoder.
        samples: N objects.
        embedding: Reads an image's stored embedding, float16 256x64x64.

    Returns:
        IoUs of both, float64 Nx2.
    """
    masks = [_cells(sample) for sample in samples]
    shifts = [(0, 0)] * len(masks)
    here = answers_to(_boxes(samples, shifts), stock, embedding)
    for part in AROUND:
        seen = answers_to(_boxes(samples, shifts, part), stock, embedding)
        shifts = [best_shift(mask, answer) for mask, answer in zip(masks, seen, strict=True)]
    there = answers_to(_boxes(samples, shifts), stock, embedding)
    fits = [
        (iou(here[row], mask), iou(there[row], _moved(mask, shifts[row]))) for row, mask in enumerate(masks)
    ]
    return np.array(fits, np.float64).reshape(-1, 2)


def best_shift(mask: Mask, seen: Mask) -> Shift:
    """Return the (rows, columns) by which ``mask`` has to move to have its largest IoU with ``seen``."""
    if not (mask.any() and seen.any()):
        return 0, 0
    size = (2 * mask.shape[0], 2 * mask.shape[1])
    spectrum = np.fft.rfft2(seen, size) * np.conj(np.fft.rfft2(mask, size))
    shared = np.fft.irfft2(spectrum, size)
    ious = shared / (mask.sum() + seen.sum() - shared)
    row, column = np.unravel_index(int(ious.argmax()), size)
    return (
        int(row) - (size[0] if row >= mask.shape[0] else 0),
        int(column) - (size[1] if column >= mask.shape[1] else 0),
    )


def _cells(sample: Sample) -> Mask:
    """Return the mask in cells of the low-res frame, the part of it that is image."""
    height, width = sample.region
    found: Mask = sample.target()[:height, :width] > 0
    return found


def _moved(mask: Mask, shift: Shift) -> Mask:
    """Return a mask moved by (rows, columns); what leaves the image is lost."""
    rows, columns = (at + by for at, by in zip(np.nonzero(mask), shift, strict=True))
    inside = (rows >= 0) & (rows < mask.shape[0]) & (columns >= 0) & (columns < mask.shape[1])
    found = np.zeros_like(mask)
    found[rows[inside], columns[inside]] = True
    return found


def _boxes(samples: Sequence[Sample], shifts: Sequence[Shift], around: float = 0.0) -> list[Probe]:
    """Return the samples' tight boxes, each moved and grown by a part of its sides on each side."""
    found = []
    for sample, (down, across) in zip(samples, shifts, strict=True):
        a_pixel = scale_coords(np.ones((1, 2)), sample.size)[0] / CELL
        x, y = across / a_pixel[0], down / a_pixel[1]
        x0, y0, x1, y1 = sample.box
        wide, high = around * (x1 - x0), around * (y1 - y0)
        box = (x0 + x - wide, y0 + y - high, x1 + x + wide, y1 + y + high)
        found.append(Probe(OWN, sample, Prompt(box=_clipped(box, sample))))
    return found


def _clipped(box: Box, sample: Sample) -> Box:
    """Return the part of a box that is in the image, at least a pixel."""
    height, width = sample.size
    x0, y0 = min(max(box[0], 0), width - 2), min(max(box[1], 0), height - 2)
    return (x0, y0, max(min(box[2], width - 1), x0 + 1), max(min(box[3], height - 1), y0 + 1))
