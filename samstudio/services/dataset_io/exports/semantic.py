"""Semantic label maps: one PNG an image, whose values are the categories."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from samstudio.domain import InvalidInput
from samstudio.services.dataset_io.exports.files import write_lines, write_with
from samstudio.services.dataset_io.exports.format import ExportFormat
from samstudio.services.dataset_io.exports.label_pictures import fitting, label_picture
from samstudio.services.dataset_io.exports.source import ExportReport, ExportSource, copy_image
from samstudio.services.dataset_io.label_masks import MAX_LABEL, write_labels


def write_semantic(source: ExportSource, out: Path) -> ExportReport:
    """Write ``images/``, ``semantic/`` (one PNG an image) and ``classes.txt``, which ``import`` reads.

    The lines of ``classes.txt`` name the values from 0, the background, on; the
    categories follow in their order. The PNGs have 8 bits, or 16 where there are
    more than 255 categories. Their folder is not that of the format ``masks``, so
    that both can be exported into one folder.

    Raises:
        InvalidInput: There is nothing to export, or there are more categories than values.
    """
    report = ExportReport()
    categories = source.categories()
    if len(categories) > MAX_LABEL:
        raise InvalidInput(f"label maps hold at most {MAX_LABEL} categories: export as coco")
    dtype = np.uint8 if len(categories) <= np.iinfo(np.uint8).max else np.uint16
    values = {category.id: value for value, category in enumerate(categories, start=1)}
    for item in fitting(source, MAX_LABEL):
        copy_image(item, out / "images", report)
        kinds: NDArray[np.unsignedinteger[Any]] = np.array(
            [0, *(values[each.category.id] for each in item.annotations)], dtype
        )
        labels = kinds[label_picture(item, source)]
        write_with(out / "semantic" / f"{Path(item.name).stem}.png", partial(write_labels, labels=labels))
        report.files += 1
    write_lines(out / "classes.txt", ["background", *(category.name for category in categories)])
    report.files += 1
    return report


SEMANTIC = ExportFormat(
    name="semantic",
    label="Semantic PNG",
    description="One picture of categories an image, and the images",
    write=write_semantic,
)
