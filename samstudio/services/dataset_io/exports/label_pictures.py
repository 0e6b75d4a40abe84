"""An image's objects as one label picture, for the formats that store them so."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from samstudio.domain import InvalidInput
from samstudio.services.dataset_io.exports.source import ExportItem, ExportReport


def check_fits(item: ExportItem, most: int) -> None:
    """Check that an image has no more objects than the format has labels.

    Raises:
        InvalidInput: It has more than ``most``.
    """
    if len(item.annotations) > most:
        raise InvalidInput(f"{item.image.filename} has more than {most} objects: export it as coco")


def note_overlaps(hidden: int, report: ExportReport) -> None:
    """Add to the report how many pixels belong to several objects, if any do."""
    if hidden:
        report.notes.append(
            f"{hidden} pixels belong to several objects, and a label picture holds one a pixel: "
            "the smaller object got them, or the upper one where a person ordered the objects; "
            "the coco format keeps both"
        )


def label_picture(item: ExportItem) -> tuple[NDArray[np.uint16], int]:
    """Return uint16 HxW labels 1, 2, … in the order of the annotations, and how many pixels overlapped.

    The order that a person gave the objects of an image holds. Where nobody
    did, large objects are painted first, so that a small one stays whole.
    """
    order = list(range(len(item.annotations)))
    if all(each.rank is None for each in item.annotations):
        order.sort(key=lambda index: -item.annotations[index].area)
    labels = np.zeros(item.image.size, np.uint16)
    overlapped = 0
    for index in order:
        mask = item.masks[index].decode()
        overlapped += int(np.count_nonzero(labels[mask]))
        labels[mask] = index + 1
    return labels, overlapped
