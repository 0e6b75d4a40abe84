"""The table of measurements: one row an object, as CSV and as Parquet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv, parquet

from samstudio.domain import InvalidInput, NotFound, PixelSize, Unavailable
from samstudio.masks import Mask, RunLengths
from samstudio.services.dataset_io.exports.files import place
from samstudio.services.dataset_io.exports.measuring import Shape, intensity_of, shape_of
from samstudio.services.dataset_io.exports.sizes_used import SizesUsed
from samstudio.services.dataset_io.exports.source import ExportItem, ExportReport, ExportSource

NO_VALUES = "{has} no intensities in the table, because the original file cannot be read as that image"

LENGTHS = ("perimeter", "equivalent_diameter", "feret_diameter", "centroid_x", "centroid_y")
"""Columns of lengths, which are there in pixels and in units."""

SCHEMA: tuple[tuple[str, pa.DataType], ...] = (
    ("image", pa.string()),
    ("group", pa.string()),
    ("object", pa.int64()),
    ("category", pa.string()),
    ("status", pa.string()),
    ("area_px", pa.int64()),
    *((f"{name}_px", pa.float64()) for name in LENGTHS),
    ("circularity", pa.float64()),
    ("eccentricity", pa.float64()),
    ("orientation_deg", pa.float64()),
    ("pixel_size", pa.float64()),
    ("pixel_height", pa.float64()),
    ("unit", pa.string()),
    ("area", pa.float64()),
    *((name, pa.float64()) for name in LENGTHS),
)
"""The columns before those of the intensities."""


def write_measurements(source: ExportSource, out: Path) -> ExportReport:
    """Write ``measurements.csv`` and ``measurements.parquet``: one row an object.

    An image without objects has a row without measurements. ``pixel_size`` is the
    width of a pixel. Intensities are of
    the original file's values, ``intensity_mean_1``, ``intensity_std_1``, … by channel.

    Raises:
        InvalidInput: There is nothing to export.
    """
    report = ExportReport()
    columns: dict[str, list[Any]] = {name: [] for name, _ in SCHEMA}
    intensities: list[tuple[list[float], list[float]]] = []
    sizes = SizesUsed(source.dataset_pixel_size)
    for item in source.items():
        report.images += 1
        report.annotations += len(item.annotations)
        sizes.add(item.image, source.pixel_size(item.image))
        for row, intensity in _rows(item, source):
            for name, values in columns.items():
                values.append(row.get(name))
            intensities.append(intensity)
    sizes.say(source.notes)
    table = _table(columns, intensities)
    csv.write_csv(table, place(out / "measurements.csv"))
    parquet.write_table(table, out / "measurements.parquet")
    report.files += 2
    return report


Row = tuple[dict[str, Any], tuple[list[float], list[float]]]
"""A row by column, and the means and standard deviations by channel."""


def _rows(item: ExportItem, source: ExportSource) -> Iterator[Row]:
    size = source.pixel_size(item.image)
    known: dict[str, Any] = {"image": item.name, "group": item.image.group}
    known |= {"pixel_size": size.width, "pixel_height": size.height, "unit": size.unit} if size else {}
    if not item.annotations:
        yield known, ([], [])
        return
    values = _values(item, source)
    for annotation, mask in zip(item.annotations, item.masks, strict=True):
        crop = mask.decode_box()
        row = {
            **known,
            "object": annotation.id,
            "category": annotation.category.name,
            "status": str(annotation.status),
            **_measured(mask, crop, size),
        }
        yield row, ([], []) if values is None else intensity_of(mask, crop, values)


def _measured(mask: RunLengths, crop: Mask, size: PixelSize | None) -> dict[str, Any]:
    """Return an object's columns; those that have no unit are of its true shape."""
    in_pixels = shape_of(mask, crop)
    true = in_pixels if size is None else shape_of(mask, crop, (size.width, size.height))
    row = {f"{name}_px": length for name, length in _lengths(in_pixels).items()}
    row |= {"area_px": round(in_pixels.area)} | (_lengths(true) | {"area": true.area} if size else {})
    return row | {
        "circularity": true.circularity,
        "eccentricity": true.eccentricity,
        "orientation_deg": true.orientation,
    }


def _lengths(shape: Shape) -> dict[str, Any]:
    x, y = shape.centroid
    lengths = (shape.perimeter, shape.equivalent_diameter, shape.feret_diameter, x, y)
    return dict(zip(LENGTHS, lengths, strict=True))


def _values(item: ExportItem, source: ExportSource) -> NDArray[Any] | None:
    """Return the original's values, HxW or HxWxC; None, with a note, where they cannot be had."""
    try:
        values = source.original_values(item.image)
    except (NotFound, Unavailable, InvalidInput):
        values = np.empty(0)
    if values.shape[:2] != item.image.size:
        source.notes.add(NO_VALUES, item.image.filename)
        return None
    return values


def _table(columns: dict[str, list[Any]], intensities: list[tuple[list[float], list[float]]]) -> pa.Table:
    arrays = [pa.array(columns[name], kind) for name, kind in SCHEMA]
    names = [name for name, _ in SCHEMA]
    channels = max(len(means) for means, _ in intensities)
    for channel in range(channels):
        for place_of, name in enumerate(("mean", "std")):
            found = [each[place_of][channel] if channel < len(each[0]) else None for each in intensities]
            arrays.append(pa.array(found, pa.float64()))
            names.append(f"intensity_{name}_{channel + 1}")
    return pa.table(arrays, names=names)
