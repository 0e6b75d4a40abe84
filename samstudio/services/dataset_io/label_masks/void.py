"""Values of a mask that mark no object: VOC's border, and what else means undecided."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from samstudio.services.dataset_io.label_masks.structure import is_rim
from samstudio.services.dataset_io.label_masks.values import ValueMap

VOC_BORDER = (224, 224, 192)
"""The colour of VOC's palette for 255: the border that nobody decided."""

UNDECIDED = (255, 65535, 2**32 - 1)
"""The highest value of 8, 16 and 32 bits: many tools write it for what is undecided."""

FEW = 3
"""With more objects than this, none is looked at for being a rim."""


@dataclass(frozen=True)
class Void:
    """What is no object.

    ``numbers``: places of values that are none. ``doubts``: of those that may
    be none, by value. ``notes``: a phrase on each that was left out.
    """

    numbers: list[int] = field(default_factory=list)
    doubts: dict[int, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def void_of(look: ValueMap, background: int) -> Void:
    """Find the values that are no object though they are not the background."""
    negative = np.flatnonzero((look.values < 0) & (look.values != background)).tolist()
    void = Void(negative, notes=[_note(look, number, "it is negative") for number in negative])
    objects = [
        number
        for number in range(len(look.values))
        if number not in negative and look.values[number] != background
    ]
    if len(objects) < 2:
        return void
    top, others = objects[-1], objects[:-1]
    if look.values[top] in UNDECIDED and look.values[top - 1] < look.values[top] - 1:
        _judge_top(look, top, others, void)
    else:
        _doubt_rims(look, objects, void)
    return void


def _judge_top(look: ValueMap, top: int, others: list[int], void: Void) -> None:
    """Decide on 255 (or 65535) with a gap below it."""
    value, highest = int(look.values[top]), int(look.values[others[-1]])
    small = highest < value // 2
    if _has_voc_colour(look, top):
        void.numbers.append(top)
        void.notes.append(_note(look, top, "it has the colour of VOC's border"))
        return
    rim = _is_rim(look, top, others)
    if rim and small:
        void.numbers.append(top)
        void.notes.append(_note(look, top, "it is a rim around objects, as VOC's border is"))
    elif rim or small:
        why = "it is a rim around others" if rim else "beside small values it often means undecided"
        void.doubts[value] = f"value {value} may be no object: {why}"


def _has_voc_colour(look: ValueMap, number: int) -> bool:
    used = look.palette_used
    return used is not None and tuple(used[number, :3].tolist()) == VOC_BORDER


def _is_rim(look: ValueMap, number: int, others: list[int]) -> bool:
    return is_rim(look.mask_of([number]), look.mask_of(others))


def _doubt_rims(look: ValueMap, objects: list[int], void: Void) -> None:
    """Doubt, among few objects, one that is a rim around the others, as the border of a trimap is."""
    if len(objects) > FEW:
        return
    for number in objects:
        others = [each for each in objects if each != number]
        if _is_line(look, number) and _is_rim(look, number, others):
            value = int(look.values[number])
            void.doubts[value] = f"value {value} may be no object: it is a rim around others"


def _is_line(look: ValueMap, number: int) -> bool:
    """Tell whether a value fills less than half of the rectangle that it spans."""
    mask = look.mask_of([number])
    ys, xs = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return bool(2 * np.count_nonzero(mask) < (ys[-1] - ys[0] + 1) * (xs[-1] - xs[0] + 1))


def _note(look: ValueMap, number: int, why: str) -> str:
    return f"value {int(look.values[number])} is no object: {why}"
