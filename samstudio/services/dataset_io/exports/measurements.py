"""A table of measurements: areas, lengths and intensities, one row an object."""

from __future__ import annotations

from pathlib import Path

from samstudio.services.dataset_io.exports.format import ExportFormat
from samstudio.services.dataset_io.exports.source import ExportReport, ExportSource


def _write(source: ExportSource, out: Path) -> ExportReport:
    # Loaded when needed: scikit-image and Arrow take seconds, and every command reads the list of formats.
    from samstudio.services.dataset_io.exports.measurement_table import write_measurements

    return write_measurements(source, out)


MEASUREMENTS = ExportFormat(
    name="measurements",
    label="Measurements",
    description="A table (CSV and Parquet) of areas, lengths and intensities, one row an object",
    write=_write,
    measures=True,
)
