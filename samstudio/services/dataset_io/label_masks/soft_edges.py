"""Masks whose values shade into each other: smoothed edges, JPEG's noise, probabilities, photographs."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from samstudio.domain import InvalidInput
from samstudio.services.dataset_io.label_masks.labels import Doubt, LabelMask
from samstudio.services.dataset_io.label_masks.structure import structure_of
from samstudio.services.dataset_io.label_masks.values import ValueMap

NEAR = 0.125
"""A grey is near the darkest or the lightest one within this part of the range."""

MOST_BETWEEN = 3
"""The edge of a small object, smoothed, has up to this many times the pixels of its inside."""

FLAT = 0.04
"""Where neighbours differ by no more than this part of the range, there is no edge."""

MOST_FLAT = 0.1
"""Of the pixels between two levels, at most this part is flat by chance."""

LEAST_RANGE = 32
"""Greys closer together than this are numbers of objects, not shades."""


def is_soft(look: ValueMap) -> bool:
    """Tell whether half of the values or more lie only between others, which those of objects do not."""
    if len(look.values) <= 2 or look.values[-1] - look.values[0] < LEAST_RANGE:
        return False
    inner = structure_of(look.ids, len(look.values)).soft[1:-1]
    # Small numbers alone are objects, however thin, beside the 255 of what is undecided.
    high = look.values[1:-1] > look.values[0] + NEAR * (look.values[-1] - look.values[0])
    return bool((inner & high).any() and 2 * np.count_nonzero(inner) >= len(inner))


def cut_greys(name: str, values: NDArray[Any]) -> LabelMask:
    """Cut greys in the middle, where nearly all are near the darkest or the lightest one.

    Raises:
        InvalidInput: They are not.
    """
    low, high = float(values.min()), float(values.max())
    return _cut(name, values, 0.0 if low <= NEAR * high else low, high, least=LEAST_RANGE)


def cut_probabilities(name: str, values: NDArray[Any]) -> LabelMask:
    """Cut values from 0 to 1 at one half.

    Raises:
        InvalidInput: They are mostly neither near 0 nor near 1.
    """
    return _cut(name, values, 0.0, 1.0, least=0.5)


def _cut(name: str, values: NDArray[Any], low: float, high: float, *, least: float) -> LabelMask:
    """Cut between two levels.

    Args:
        name: The mask's, for sentences.
        values: HxW numbers.
        low: The level of the background.
        high: The level of the object.
        least: How far apart they must be.

    Raises:
        InvalidInput: They are closer, or more values lie between than near one of them.
    """
    parts = (values.astype(np.float64) - low) / max(high - low, 1e-9)
    dark, light = np.count_nonzero(parts <= NEAR), np.count_nonzero(parts >= 1 - NEAR)
    between, different = parts.size - dark - light, len(np.unique(values))
    clear = between <= max(dark, light) and between <= MOST_BETWEEN * min(dark, light)
    if high - low < least or not clear or _has_steps(parts.astype(np.float32), int(between)):
        raise InvalidInput(
            f"{name} has {different} values that shade into each other, and a mask has one value an object: "
            "it was resized smoothly or saved as JPEG, or it is a picture; "
            "save the mask again as PNG, without smoothing"
        )
    cut = (low + high) / 2
    doubt = (
        f"the mask is not of two values but of {different} that shade into each other: it was cut at {cut:g}"
    )
    doubts = [Doubt("soft_edges", doubt, unsure=False)]
    return LabelMask((values >= cut).astype(np.int64), {1: f"value {high:g}"}, doubt=doubts)


def _has_steps(parts: NDArray[np.float32], between: int) -> bool:
    """Tell whether some of what lies between the levels is flat: a third level, and not an edge."""
    square = np.ones((3, 3), np.uint8)
    flat = cv2.dilate(parts, square) - cv2.erode(parts, square) <= FLAT
    steps = np.count_nonzero(flat & (parts > NEAR) & (parts < 1 - NEAR))
    return bool(steps > MOST_FLAT * between)
