"""Whether a mask, given or stored, can be used on its image; the only place that decides it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from samstudio.domain import InvalidInput, Rle, Size
from samstudio.lru import LruCache
from samstudio.masks.arrays import EMPTY
from samstudio.masks.run_lengths import RunLengths

SHORT = 1000
"""Characters of run lengths up to which a parsed mask is remembered; it has at most 16 times the bytes."""

REMEMBERED = 1024


class MaskProblem(StrEnum):
    """Why a mask cannot be used."""

    EMPTY = "empty_mask"
    SIZE = "mask_size"
    DAMAGED = "damaged_mask"


class UnusableMask(InvalidInput):
    """An error: a mask that cannot be used on its image; ``problem`` is the reason as a code."""

    def __init__(self, message: str, *, problem: MaskProblem) -> None:
        super().__init__(message)
        self.problem = problem


def usable_mask(rle: Any, size: Size) -> RunLengths:
    """Read a mask that is to be used on an image of ``size`` (H, W).

    Raises:
        UnusableMask: It is no COCO RLE, of another size, or empty.
    """
    mask = mask_of_size(rle, size)
    if mask.is_empty:
        raise UnusableMask(EMPTY, problem=MaskProblem.EMPTY)
    return mask


def mask_of_size(rle: Any, size: Size) -> RunLengths:
    """Read a mask, perhaps empty, of an image of ``size`` (H, W).

    Raises:
        UnusableMask: It is no COCO RLE, or of another size.
    """
    # Looked at first, so that a mask which claims to be huge is refused by its size and not unpacked.
    claimed = _claimed_size(rle)
    _check_size(claimed, size)
    try:
        mask = _parsed(rle, claimed)
    except InvalidInput as error:
        raise UnusableMask(str(error), problem=MaskProblem.DAMAGED) from error
    _check_size(mask.size, size)  # again: a size in other types than int is not seen before
    return mask


def known_rle(mask: RunLengths) -> Rle:
    """Return a mask's COCO RLE, which `usable_mask` then need not read where it is asked for it soon."""
    rle = mask.to_rle()
    if len(rle["counts"]) <= SHORT:
        _known.put((rle["counts"], mask.size), mask)
    return rle


def _parsed(rle: Any, claimed: Size | None) -> RunLengths:
    """Parse a mask; of short ones the last are remembered, since an import checks and then stores each."""
    counts = None if claimed is None else rle.get("counts")
    if claimed is not None and isinstance(counts, str) and len(counts) <= SHORT:
        return _known.get_or_make((counts, claimed), lambda: RunLengths.parse(rle))
    return RunLengths.parse(rle)


_known: LruCache[tuple[str, Size], RunLengths] = LruCache(max_items=REMEMBERED)


def _check_size(claimed: Size | None, size: Size) -> None:
    if claimed is None or tuple(claimed) == tuple(size):
        return
    height, width = claimed
    raise UnusableMask(
        f"the mask is {width}x{height} pixels but its image is {size[1]}x{size[0]}: "
        "a mask needs the size of its image",
        problem=MaskProblem.SIZE,
    )


def _claimed_size(rle: Any) -> Size | None:
    """Return the size (H, W) that a mask declares; None where it declares none that is valid."""
    claimed = rle.get("size") if isinstance(rle, Mapping) else None
    if not isinstance(claimed, list | tuple) or len(claimed) != 2:
        return None
    height, width = claimed
    return (height, width) if isinstance(height, int) and isinstance(width, int) else None
