"""Simulated prompts: for training, and for each scoring protocol.

Deterministic except for the generator passed in. All coordinates are pixels of
the original image, in segment-anything's convention.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from samstudio.domain import Box, InvalidInput, Point, Prompt, Size
from samstudio.masks import Mask
from samstudio.prompts import prompt_from_json
from samstudio.sam.geometry import LONG_SIDE, LOW_RES, preprocess_shape
from samstudio.tuning.data.samples import Sample

JITTER = 0.1
"""The jittered-box protocol moves each side by up to this fraction of the box's width or height."""

OFF_MIDDLE = 0.7
"""A person's click lies up to this part of the way from the middle of a wrong region to its border."""

LIKE = 0.5
"""A logged box whose IoU with the mask's own box is less than this was meant for something else."""


def tight_box(sample: Sample) -> Prompt:
    """Return the prompt of the protocol that decides: the tight box of the true mask."""
    return Prompt(box=sample.box)


def jittered_box(sample: Sample, amount: float, rng: np.random.Generator) -> Prompt:
    """Return the tight box, each side moved at random, as a prompt within the image.

    ``amount``: the largest move, as a fraction of the box's width or height.
    """
    x0, y0, x1, y1 = sample.box
    width, height = max(x1 - x0, 1.0), max(y1 - y0, 1.0)
    dx0, dy0, dx1, dy1 = rng.uniform(-amount, amount, 4) * (width, height, width, height)
    image_height, image_width = sample.size
    box: Box = (
        float(np.clip(x0 + dx0, 0, image_width - 1)),
        float(np.clip(y0 + dy0, 0, image_height - 1)),
        float(np.clip(x1 + dx1, 0, image_width - 1)),
        float(np.clip(y1 + dy1, 0, image_height - 1)),
    )
    return Prompt(box=box if box[2] > box[0] and box[3] > box[1] else sample.box)


def fixed_rng(sample: Sample) -> np.random.Generator:
    """Return a generator seeded by the object alone, so that every decoder gets the same loose box."""
    return np.random.default_rng(zlib.crc32(f"{sample.image_id} {sample.box}".encode()))


def interior_point(mask: Mask) -> tuple[Point, float]:
    """Return the pixel of ``mask`` farthest from its outside, as XY, and that distance in pixels.

    Raises:
        ValueError: The mask is empty.
    """
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    top, left = int(rows.min()), int(columns.min())
    crop = mask[top : rows[-1] + 1, left : columns[-1] + 1].astype(np.uint8)
    distance = cv2.distanceTransform(np.pad(crop, 1), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[1:-1, 1:-1]
    row, column = np.unravel_index(int(distance.argmax()), distance.shape)
    return (float(left + column), float(top + row)), float(distance[row, column])


def first_click(sample: Sample) -> Prompt:
    """Return one click on the object's most interior point."""
    point, _ = interior_point(sample.mask())
    return Prompt(point_coords=(point,), point_labels=(1,))


def any_click(sample: Sample, rng: np.random.Generator) -> Prompt:
    """Return one click on the object: as often its most interior point as a random pixel of it."""
    if rng.random() < 0.5:
        return first_click(sample)
    rows, columns = np.nonzero(sample.mask())
    chosen = int(rng.integers(len(rows)))
    return Prompt(point_coords=((float(columns[chosen]), float(rows[chosen])),), point_labels=(1,))


def logged_prompt(sample: Sample, rng: np.random.Generator) -> Prompt | None:
    """Return one of the prompts that the person who made this mask gave; None where none of them fits it.

    A prompt that contradicts the mask (a point on the wrong side, a box elsewhere) was
    undone, or the mask was corrected by hand.
    """
    fitting = [prompt for step in sample.example.prompts if (prompt := _fitting(step, sample))]
    return fitting[int(rng.integers(len(fitting)))] if fitting else None


def _fitting(step: Mapping[str, Any], sample: Sample) -> Prompt | None:
    """Return a logged step as a prompt, without its mask input; None when it does not fit the mask."""
    try:
        prompt = prompt_from_json(step)
    except InvalidInput:
        return None
    box, points, labels = prompt.box, prompt.point_coords, prompt.point_labels
    if len(points) != len(labels) or not (box or 1 in labels):
        return None
    if box and _box_iou(box, sample.box) < LIKE:
        return None
    if points and not _agree(points, labels, sample.mask()):
        return None
    return prompt


def _agree(points: Sequence[Point], labels: Sequence[int], mask: Mask) -> bool:
    height, width = mask.shape
    cells = [(round(y), round(x)) for x, y in points]
    return all(
        0 <= row < height and 0 <= column < width and bool(mask[row, column]) == (label == 1)
        for (row, column), label in zip(cells, labels, strict=True)
    )


def _box_iou(one: Box, other: Box) -> float:
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    shared = max(0.0, width) * max(0.0, height)
    union = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)) - shared
    return shared / union if union > 0 else 0.0


def next_click(
    prompt: Prompt,
    sample: Sample,
    logits: NDArray[np.float32],
    rng: np.random.Generator | None = None,
) -> Prompt:
    """Return the prompt with a click in the middle of the largest wrong region, and the last answer.

    This simulates a person's correction. Wrong regions are found on the low-res grid, as RITM and
    micro-sam do. Where there is none, the clicks stay the same.

    Args:
        prompt: The prompt that was answered.
        sample: The object.
        logits: The answer, float32 256x256; it becomes ``mask_input``.
        rng: Moves the click off the middle, by up to `OFF_MIDDLE` of the way to the region's border.
    """
    height, width = sample.region
    truth = sample.target()[:height, :width] >= 0.5
    answer = logits[:height, :width] > 0
    points, labels = prompt.point_coords, prompt.point_labels
    worst = 0.0
    for wrong, label in ((truth & ~answer, 1), (answer & ~truth, 0)):
        if not wrong.any():
            continue
        cell, depth = interior_point(wrong)
        if depth > worst:
            worst = depth
            cell = cell if rng is None else _off_middle(cell, depth, rng)
            points = (*prompt.point_coords, _to_pixels(cell, sample.size))
            labels = (*prompt.point_labels, label)
    mask_input = np.ascontiguousarray(logits[None], dtype=np.float32)
    return Prompt(box=prompt.box, point_coords=points, point_labels=labels, mask_input=mask_input)


def _off_middle(cell: Point, depth: float, rng: np.random.Generator) -> Point:
    """Return a random point near the middle of a region that is ``depth`` cells deep."""
    way, angle = OFF_MIDDLE * depth * np.sqrt(rng.random()), 2 * np.pi * rng.random()
    return (cell[0] + float(way * np.cos(angle)), cell[1] + float(way * np.sin(angle)))


def _to_pixels(cell: Point, size: Size) -> Point:
    """Return the middle of a low-res cell, in pixels of the original image."""
    resized_height, resized_width = preprocess_shape(size)
    stride = LONG_SIDE // LOW_RES
    x = (cell[0] + 0.5) * stride * size[1] / resized_width - 0.5
    y = (cell[1] + 0.5) * stride * size[0] / resized_height - 0.5
    return (float(np.clip(x, 0, size[1] - 1)), float(np.clip(y, 0, size[0] - 1)))
