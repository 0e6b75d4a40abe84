"""A mask of one number a pixel, its values numbered in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from samstudio.domain import InvalidInput
from samstudio.services.dataset_io.label_masks.picture import MaskPicture

MOST_VALUES = 65535
"""More values than this in one mask are no objects."""


@dataclass(frozen=True, eq=False)
class ValueMap:
    """The numbers of a mask: ``values`` int64 in order; ``ids`` uint16 HxW, each pixel's place among them."""

    picture: MaskPicture
    values: NDArray[np.int64]
    ids: NDArray[np.uint16]

    @property
    def palette_used(self) -> NDArray[np.uint8] | None:
        """The palette's RGBA colours of the values, Nx4; None where there is none for them."""
        palette = self.picture.palette
        if palette is None or self.values[0] < 0 or self.values[-1] >= len(palette):
            return None
        return palette[self.values]

    def mask_of(self, numbers: list[int]) -> NDArray[np.bool_]:
        """Return the pixels of these places in ``values``, bool HxW."""
        chosen = np.zeros(len(self.values), np.bool_)
        chosen[numbers] = True
        found: NDArray[np.bool_] = chosen[self.ids]
        return found


def value_map(picture: MaskPicture, numbers: NDArray[np.integer]) -> ValueMap:
    """Return the values of a mask in order, and where each lies.

    Raises:
        InvalidInput: There are more than `MOST_VALUES`.
    """
    values, ids = _numbered(numbers)
    if len(values) > MOST_VALUES:
        raise InvalidInput(
            f"{picture.name} has {len(values):,} different values, more than an image has objects: "
            "it is no mask but a picture, or measured heights"
        )
    return ValueMap(picture, values, ids.astype(np.uint16, copy=False))


def whole_or_probable(picture: MaskPicture) -> NDArray[Any]:
    """Return a mask's values as integers, or as floats from 0 to 1 where they are probabilities.

    Raises:
        InvalidInput: They are neither.
    """
    values = picture.values
    if values.dtype.kind != "f":
        return values.astype(np.int64) if values.dtype == np.uint64 else values
    if values.size and not np.isfinite(values).any():
        raise InvalidInput(f"{picture.name} has no number at any pixel (NaN or infinite)")
    known: NDArray[np.floating] = np.nan_to_num(values, nan=0.0)
    if known.size and np.abs(known).max() < 2**53 and np.array_equal(known, np.round(known)):
        whole: NDArray[np.int64] = known.astype(np.int64)
        return whole
    if known.min() >= 0 and known.max() <= 1:
        return known
    raise InvalidInput(
        f"{picture.name} has broken numbers from {known.min():g} to {known.max():g}: "
        "a mask has whole numbers, or probabilities from 0 to 1"
    )


def _numbered(numbers: NDArray[np.integer]) -> tuple[NDArray[np.int64], NDArray[np.integer]]:
    """Return the different values in order, and each pixel's place among them."""
    if numbers.dtype == np.bool_:
        numbers = numbers.view(np.uint8)
    if numbers.dtype in (np.uint8, np.uint16):
        present = np.bincount(numbers.reshape(-1)) > 0
        places = (np.cumsum(present) - 1).astype(np.uint16)
        return np.flatnonzero(present), np.take(places, numbers)
    values, ids = np.unique(numbers, return_inverse=True)
    return values.astype(np.int64), ids.reshape(numbers.shape)
