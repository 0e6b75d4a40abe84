"""The objects of a mask file, as run-lengths."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from samstudio.domain import InvalidInput, Rle, Size
from samstudio.masks import encode_rle, known_rle
from samstudio.masks.rle import labelled_masks
from samstudio.services.dataset_io.label_masks.colours import labels_of_colours
from samstudio.services.dataset_io.label_masks.grey import labels_of_values
from samstudio.services.dataset_io.label_masks.labels import Doubt, LabelMask
from samstudio.services.dataset_io.label_masks.mask_files import open_mask
from samstudio.services.dataset_io.label_masks.picture import MaskPicture, PageOf
from samstudio.services.dataset_io.label_masks.structure import parts_of


@dataclass(frozen=True)
class MaskObject:
    """One object of a mask file.

    ``name``: what a sentence calls it (``value 3``). ``value``: its label. ``colour``:
    its RGB colour, where the mask has colours or a palette. ``doubts``: why a person should look at
    it; none where nothing is odd.
    """

    name: str
    value: int
    rle: Rle
    colour: tuple[int, int, int] | None = None
    doubts: tuple[Doubt, ...] = ()

    @property
    def doubt(self) -> str:
        """The reasons in one phrase; empty where there is none."""
        return "; ".join(each.why for each in self.doubts)

    @property
    def unsure(self) -> bool:
        """Whether it may be no object at all."""
        return any(each.unsure for each in self.doubts)


@dataclass(frozen=True)
class MaskObjects:
    """The objects of a mask file, by label; ``notes`` say which values are none."""

    objects: list[MaskObject] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def objects_of_file(path: Path, *, size: Size, split: bool = False) -> MaskObjects:
    """Read the objects of a mask of an image of ``size`` (H, W); a stack has one object a page.

    Args:
        path: The file.
        size: (H, W) of the image, in pixels.
        split: Whether each separate part of a value is an object of its own.

    Raises:
        InvalidInput: The file cannot be read, holds no mask, or has another size; the sentence names it.
    """
    picture = open_mask(path, size=size)
    if picture.stacked:
        return _of_stack(picture)
    return objects_of(labels_of(picture), split=split)


def objects_of_page(picture: MaskPicture, page: PageOf, *, split: bool = False) -> MaskObjects:
    """Return the objects of an image's page: a stack of masks has as many pages, one for each.

    A single mask, and what is said of a stack of another number of pages, is the first page's.

    Raises:
        InvalidInput: It is no mask, or has another number of pages than the image.
    """
    pages = len(picture.values) if picture.stacked else 1
    if picture.stacked and pages == page.count:
        name = f"page {page.number} of {picture.name}"
        one = replace(picture, name=name, values=picture.values[page.number - 1], stacked=False)
        return objects_of(labels_of(one), split=split)
    if not page.first:
        return MaskObjects()
    if picture.stacked:
        why = f"{picture.name} has {pages} pages and its image {page.count}: they must have as many"
        raise InvalidInput(why)
    return objects_of(labels_of(picture), split=split)


def labels_of(picture: MaskPicture) -> LabelMask:
    """Make labels of a mask's values.

    Raises:
        InvalidInput: It is no mask; the sentence names it.
    """
    return labels_of_values(picture) if picture.values.ndim == 2 else labels_of_colours(picture)


def objects_of(mask: LabelMask, *, split: bool = False) -> MaskObjects:
    """Return a mask's labels as objects, or each separate part of each, where they are ``split``."""
    if split:
        return _parts(mask)
    objects = [
        MaskObject(mask.name_of(value), value, known_rle(one), mask.colours.get(value), mask.doubts_of(value))
        for value, one in labelled_masks(mask.labels)
    ]
    return MaskObjects(objects, list(mask.notes))


def _parts(mask: LabelMask) -> MaskObjects:
    objects = []
    for value in [int(each) for each in np.unique(mask.labels) if each]:
        parts, count = parts_of(mask.labels == value)
        name, colour = mask.name_of(value), mask.colours.get(value)
        doubts = tuple(each for each in mask.doubts_of(value) if each.code != "parts")
        objects += [
            MaskObject(f"{name}, part {number}" if count > 1 else name, value, known_rle(one), colour, doubts)
            for number, one in labelled_masks(parts)
        ]
    return MaskObjects(objects, list(mask.notes))


def _of_stack(picture: MaskPicture) -> MaskObjects:
    """Return the masks of a stack NxHxW, one an object; they may overlap.

    Raises:
        InvalidInput: One of them has more than two values.
    """
    found = MaskObjects()
    for number, layer in enumerate(picture.values, start=1):
        mask = _layer(layer, picture.name, number)
        if mask.any():
            found.objects.append(MaskObject(f"mask {number}", number, encode_rle(mask)))
        else:
            found.notes.append(f"mask {number} is empty")
    return found


def _layer(layer: NDArray[np.generic], name: str, number: int) -> NDArray[np.bool_]:
    values = np.unique(layer)
    if len(values) > 2 or (len(values) == 2 and values[0] != 0):
        raise InvalidInput(
            f"{name} is a stack of {len(values)} values in page {number}: "
            "save one page for one image, or one object a page"
        )
    return np.asarray(layer != 0)
