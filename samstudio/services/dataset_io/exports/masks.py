"""The label masks that ``import --masks`` reads: one 16-bit PNG an image."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from samstudio.files import write_with
from samstudio.services.dataset_io.exports.format import ExportFormat
from samstudio.services.dataset_io.exports.label_pictures import check_fits, label_picture, note_overlaps
from samstudio.services.dataset_io.exports.source import ExportReport, ExportSource, copy_image
from samstudio.services.dataset_io.label_masks import MAX_LABEL, write_labels


def write_masks(source: ExportSource, out: Path) -> ExportReport:
    """Write ``images/`` and ``masks/``: one 16-bit label PNG an image, the layout that ``import`` reads.

    Raises:
        InvalidInput: There is nothing to export, or an image has more objects than labels fit.
    """
    report = ExportReport()
    hidden = 0
    for item in source.items():
        check_fits(item, MAX_LABEL)
        copy_image(item, out / "images", report)
        labels, overlapped = label_picture(item)
        write_with(out / "masks" / f"{Path(item.name).stem}.png", partial(write_labels, labels=labels))
        report.files += 1
        hidden += overlapped
    note_overlaps(hidden, report)
    return report


MASKS = ExportFormat(
    name="masks", label="PNG", description="One label picture an image, and the images", write=write_masks
)
