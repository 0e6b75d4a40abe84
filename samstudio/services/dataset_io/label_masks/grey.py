"""What the values of a mask of one number a pixel mean, and whether to believe them.

The rules, in this order:

0. A file of our own exports says what its values are, and is believed.
1. A mask of one value alone has no object if that is 0, and is no mask otherwise.
2. A file whose format changes values (JPEG), or half of whose values lie only between
   others, had two values once if nearly all of it is near two: it is cut in the
   middle, with a doubt. Otherwise it is no mask. (`soft_edges`)
3. Background is what the palette says, or else 0. (`background`)
4. 255 (of 16 bits: 65535) with smaller values far below it, and negative values, mark no
   object where they are VOC's border: by its palette, or as a rim around objects.
   Where that is not sure, they are objects with a doubt. (`void`)
5. An object that covers the edge of the picture all around may be the background of
   an inverted mask; one of up to 3 pixels may be a slip: both are doubts.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from samstudio.domain import InvalidInput
from samstudio.services.dataset_io.label_masks.background import background_of, is_clear
from samstudio.services.dataset_io.label_masks.labels import Doubt, LabelMask
from samstudio.services.dataset_io.label_masks.picture import MaskPicture
from samstudio.services.dataset_io.label_masks.soft_edges import cut_greys, cut_probabilities, is_soft
from samstudio.services.dataset_io.label_masks.structure import border_counts, parts_of
from samstudio.services.dataset_io.label_masks.values import ValueMap, value_map, whole_or_probable
from samstudio.services.dataset_io.label_masks.void import void_of

SPECK = 3
"""An object of so many pixels or fewer may be a slip of the brush."""

SPECK_DOUBT = "it has {pixels} pixels: it may be a slip of the brush"

ALL_AROUND = 0.9
"""An object that has this part of the picture's edge lies around everything else."""


def labels_of_values(picture: MaskPicture) -> LabelMask:
    """Make labels of a mask of one number a pixel.

    Raises:
        InvalidInput: It is no mask; the sentence names it.
    """
    numbers = whole_or_probable(picture)
    if numbers.dtype.kind == "f":
        return cut_probabilities(picture.name, numbers)
    look = value_map(picture, numbers)
    if picture.plain:
        return _as_said(look)
    if len(look.values) == 1:
        return _of_one_value(look)
    if picture.lossy or is_soft(look):
        return cut_greys(picture.name, numbers)
    return _label_map(look)


def _as_said(look: ValueMap) -> LabelMask:
    return LabelMask(_as_labels(look.values, look), colours=_colours(look, look.values))


def _of_one_value(look: ValueMap) -> LabelMask:
    value = int(look.values[0])
    if value != 0 and not is_clear(look):
        raise InvalidInput(
            f"{look.picture.name} has the value {value} at every pixel: nothing in it is background"
        )
    return LabelMask(np.zeros(look.ids.shape, np.int64))


def _label_map(look: ValueMap) -> LabelMask:
    background, doubt = background_of(look)
    void = void_of(look, background)
    table = look.values.copy()
    # Where another value is the background, the objects of value 0 need another label.
    table[table == 0] = table.max() + 1
    table[(look.values == background) | np.isin(np.arange(len(table)), void.numbers)] = 0
    names = dict(zip(table.tolist(), (f"value {value}" for value in look.values), strict=True))
    found = LabelMask(_as_labels(table, look), names, _colours(look, table), doubt, notes=void.notes)
    for value, why in void.doubts.items():
        found.doubt_object(int(table[look.values == value][0]), Doubt("undecided", why))
    _doubt_objects(found, table, look.ids)
    return found


def _as_labels(table: NDArray[np.int64], look: ValueMap) -> NDArray[np.integer]:
    """Return each pixel's label, in as few bits as suffice: masks are large."""
    kinds = (kind for kind in (np.uint8, np.uint16, np.int32) if _holds(kind, table))
    labels: NDArray[np.integer] = np.take(table.astype(next(kinds, np.int64)), look.ids)
    return labels


def _holds(kind: type[np.integer], table: NDArray[np.int64]) -> bool:
    limits = np.iinfo(kind)
    return bool(limits.min <= table.min() and table.max() <= limits.max)


def _colours(look: ValueMap, table: NDArray[np.int64]) -> dict[int, tuple[int, int, int]]:
    """Return the palette's colours of the labels, where there is a palette."""
    used = look.palette_used
    if used is None:
        return {}
    return {int(label): (int(r), int(g), int(b)) for label, (r, g, b, _) in zip(table, used, strict=True)}


def _doubt_objects(found: LabelMask, table: NDArray[np.int64], ids: NDArray[np.uint16]) -> None:
    """Add doubts on objects that are too small, or lie around everything as a background does."""
    areas = np.bincount(ids.reshape(-1), minlength=len(table))
    objects = np.flatnonzero(table)
    for number in objects[areas[objects] <= SPECK].tolist():
        found.doubt_object(int(table[number]), Doubt("speck", SPECK_DOUBT.format(pixels=areas[number])))
    if len(objects) == 1:
        _doubt_only_object(found, int(table[objects[0]]), ids == objects[0])


def _doubt_only_object(found: LabelMask, label: int, mask: NDArray[np.bool_]) -> None:
    edge = border_counts(mask.astype(np.uint16), 2)
    share = np.count_nonzero(mask) / mask.size
    if edge[1] >= ALL_AROUND * edge.sum() and share > 0.5:
        why = f"it covers {share:.0%} of the picture and its edge all around: the mask may be inverted"
        found.doubt_object(label, Doubt("inverted", why))
    _, parts = parts_of(mask)
    if parts > 1:
        why = f"it has {parts} separate parts, and was taken as one object"
        found.doubt_object(label, Doubt("parts", why, unsure=False))
