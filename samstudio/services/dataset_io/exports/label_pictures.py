"""An image's objects as one label picture, for the formats that store them so."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from samstudio.domain import InvalidInput
from samstudio.services.dataset_io.exports.source import ExportItem, ExportSource

OVERLAPS = (
    "{belongs} to several objects, and a label picture holds one a pixel: the smaller object got "
    "them, or the upper one where a person ordered the objects; the coco format keeps both"
)
TOO_MANY = "{has} more than %d objects and {was} left out: export as coco"
COVERED = "{was} wholly covered by others and {has} no pixel in the label picture; the coco format keeps such"


def fitting(source: ExportSource, most: int) -> Iterator[ExportItem]:
    """Yield the images with at most ``most`` objects; the others are left out, with a note.

    Raises:
        InvalidInput: No image is left.
    """
    found = False
    for item in source.items():
        if len(item.annotations) > most:
            source.notes.add(TOO_MANY % most, item.image.filename)
        else:
            found = True
            yield item
    if not found:
        raise InvalidInput(f"there is nothing to export: {'; '.join(source.notes.sentences())}")


def label_picture(item: ExportItem, source: ExportSource) -> NDArray[np.uint16]:
    """Return uint16 HxW labels 1, 2, … in the order of the annotations; overlaps are noted.

    The order that a person gave the objects of an image holds. Where nobody
    did, large objects are painted first, so that a small one stays whole.
    """
    order = list(range(len(item.annotations)))
    if all(each.rank is None for each in item.annotations):
        order.sort(key=lambda index: -item.masks[index].area)
    labels = np.zeros(item.image.size, np.uint16)
    painted = 0
    for index in order:
        mask = item.masks[index]
        x0, y0, x1, y1 = (int(side) for side in mask.box)
        labels[y0 : y1 + 1, x0 : x1 + 1][mask.decode_box()] = index + 1
        painted += mask.area
    _note_overlaps(item, labels, painted, source)
    return labels


def _note_overlaps(item: ExportItem, labels: NDArray[np.uint16], painted: int, source: ExportSource) -> None:
    """Note the pixels that were painted over, and the objects of which none is left."""
    hidden = painted - int(np.count_nonzero(labels))
    if not hidden:
        return
    source.notes.add(OVERLAPS, item.image.filename, noun="pixel", count=hidden)
    seen = np.unique(labels)
    for index, annotation in enumerate(item.annotations, start=1):
        if index not in seen:
            source.notes.add(COVERED, f"{annotation.id} on {item.image.filename}", noun="object")
