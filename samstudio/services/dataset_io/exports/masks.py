"""The label masks that ``import --masks`` reads: one 16-bit PNG an image."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from samstudio.services.dataset_io.exports.files import csv_text, write_text, write_with
from samstudio.services.dataset_io.exports.format import ExportFormat
from samstudio.services.dataset_io.exports.label_pictures import fitting, label_picture
from samstudio.services.dataset_io.exports.source import ExportReport, ExportSource, copy_image
from samstudio.services.dataset_io.label_masks import MAX_LABEL, write_labels


def write_masks(source: ExportSource, out: Path) -> ExportReport:
    """Write ``images/`` and ``masks/``: one 16-bit label PNG an image, the layout that ``import`` reads.

    ``labels.csv`` has the category of each value.

    Raises:
        InvalidInput: There is nothing to export, or every image has more objects than labels fit.
    """
    report = ExportReport()
    rows: list[tuple[object, ...]] = []
    for item in fitting(source, MAX_LABEL):
        copy_image(item, out / "images", report)
        labels = label_picture(item, source)
        name = f"{Path(item.name).stem}.png"
        write_with(out / "masks" / name, partial(write_labels, labels=labels))
        rows += [(name, value, each.category.name) for value, each in enumerate(item.annotations, start=1)]
        report.files += 1
    if rows:
        write_text(out / "labels.csv", csv_text(("mask", "value", "category"), rows))
        report.files += 1
    return report


MASKS = ExportFormat(
    name="masks", label="PNG", description="One label picture an image, and the images", write=write_masks
)
