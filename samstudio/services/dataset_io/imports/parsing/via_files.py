"""The files of VIA 1 and 2, JSON and CSV, as images with their regions."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from samstudio.domain import InvalidInput
from samstudio.services.dataset_io.imports.parsing.annotation_files import JsonKind
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from samstudio.services.dataset_io.imports.source.json_files import read_text

METADATA = "_via_img_metadata"
ATTRIBUTES = "_via_attributes"
CSV_COLUMNS = ("filename", "region_shape_attributes", "region_attributes")
LONGEST_FIELD = 2**27
"""Characters in a field of a CSV: Python's own limit would refuse a polygon of some thousand points."""


@dataclass(frozen=True)
class ViaRegion:
    """One region: its shape and its attributes, as the file has them; ``problem``: why it has none."""

    shape: Any
    attributes: Any
    problem: str = ""


@dataclass
class ViaImage:
    """One image. ``filename``: as the file has it, a name, a path or a URL."""

    filename: str
    regions: list[ViaRegion] = field(default_factory=list)


def files_of(document: Any) -> Mapping[str, Any] | None:
    """Return the files of a project or of exported annotations; None where it is neither."""
    if not isinstance(document, Mapping):
        return None
    if isinstance(document.get(METADATA), Mapping):
        files: Mapping[str, Any] = document[METADATA]
        return files
    return document if any(_is_file(entry) for entry in document.values()) else None


def _is_file(entry: Any) -> bool:
    return isinstance(entry, Mapping) and "filename" in entry and "regions" in entry


JSON = JsonKind(
    "a VIA project or its annotations",
    lambda document: files_of(document) is not None,
    sign=re.compile(rb'"(_via_img_metadata|regions|filename)"'),
)


def json_images(document: Any) -> Iterator[ViaImage | str]:
    """Yield the images of a parsed file; the key instead of an entry that is no image."""
    for key, entry in (files_of(document) or {}).items():
        if not isinstance(entry, Mapping):
            yield key
            continue
        name = entry.get("filename")
        yield ViaImage(name if isinstance(name, str) else "", _regions(entry.get("regions")))


def _regions(given: Any) -> list[ViaRegion]:
    """Return an image's regions: VIA 1 has them by number, VIA 2 in a list."""
    every = list(given.values()) if isinstance(given, Mapping) else given
    if every is None or isinstance(every, list):
        return [_region(one) for one in every or ()]
    return [ViaRegion(None, None, "its image's regions are no list")]


def _region(entry: Any) -> ViaRegion:
    if not isinstance(entry, Mapping):
        return ViaRegion(None, None, "it is no JSON object")
    return ViaRegion(entry.get("shape_attributes"), entry.get("region_attributes"))


def options_of(document: Any) -> Mapping[str, list[str]]:
    """Return the values that a project offers for each attribute of a region."""
    attributes = document.get(ATTRIBUTES) if isinstance(document, Mapping) else None
    of_regions = attributes.get("region") if isinstance(attributes, Mapping) else None
    return {
        str(name): [str(value) for value in entry["options"]]
        for name, entry in (of_regions.items() if isinstance(of_regions, Mapping) else ())
        if isinstance(entry, Mapping) and isinstance(entry.get("options"), Mapping)
    }


def csv_names(tree: FileTree) -> Iterator[str]:
    """Yield the names of the CSV files of VIA among a tree's files."""
    for name in tree.with_suffix(".csv"):
        head = tree.head(name, 4096).replace(b"\0", b"").partition(b"\n")[0]
        if all(column.encode() in head for column in CSV_COLUMNS):
            yield name


def csv_images(path: Path, *, name: str) -> list[ViaImage]:
    """Read a CSV file: a line a region; an image without regions has a line of its own.

    Raises:
        InvalidInput: It cannot be read, or lacks a column; the sentence calls it ``name``.
    """
    csv.field_size_limit(LONGEST_FIELD)
    try:
        text = read_text(path.read_bytes(), name=name)
        rows = csv.DictReader(io.StringIO(text, newline=""))
        missing = [column for column in CSV_COLUMNS if column not in (rows.fieldnames or ())]
        if missing:
            raise InvalidInput(f"{name} is not a CSV file of VIA: it has no column {missing[0]}")
        images: dict[str, ViaImage] = {}
        for row in rows:
            filename = row["filename"] or ""
            image = images.setdefault(filename, ViaImage(filename))
            region = _region_of_row(row)
            if region is not None:
                image.regions.append(region)
    except OSError as error:
        raise InvalidInput(f"{name} cannot be read: {error.strerror or error}") from error
    except csv.Error as error:
        raise InvalidInput(f"{name} is not CSV: {error}") from error
    return list(images.values())


def _region_of_row(row: Mapping[str, str | None]) -> ViaRegion | None:
    try:
        shape, attributes = (json.loads(row[column] or "{}") for column in CSV_COLUMNS[1:])
    except (ValueError, RecursionError):
        return ViaRegion(None, None, "its attributes are not JSON")
    return ViaRegion(shape, attributes) if shape else None
