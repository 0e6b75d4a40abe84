"""Masks whose values are classes and not objects: a list names the category of each value."""

from __future__ import annotations

import csv
from collections.abc import Callable
from functools import partial
from pathlib import PurePosixPath

from samstudio.domain import InvalidInput
from samstudio.services.dataset_io.imports.formats.format import (
    ImportFormat,
    ImportRequest,
    Recognised,
    Sureness,
)
from samstudio.services.dataset_io.imports.formats.masks import paired_masks, recognise_masks
from samstudio.services.dataset_io.imports.masks.mask_objects import Naming
from samstudio.services.dataset_io.imports.names import named_alike
from samstudio.services.dataset_io.imports.parsing.voc_annotation import LabelMap, label_map_of
from samstudio.services.dataset_io.imports.reading import EntryKind, Reading, Skipped
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from samstudio.services.dataset_io.imports.source.json_files import read_text
from samstudio.services.dataset_io.label_masks import MaskObject

BACKGROUND = ("background", "_background_", "bg", "unlabelled", "unlabeled", "void", "ignore")


def recognise_semantic(tree: FileTree) -> Recognised | None:
    """Claim files with masks beside images, and a list of classes."""
    if recognise_masks(tree) is None:
        return None
    found = next((name for name in tree if _reader(name) is not None), None)
    return Recognised(Sureness.LIKELY, f"{found} names classes") if found else None


def read_semantic(tree: FileTree, request: ImportRequest) -> Reading:
    """Pair images with their masks; each value or colour of a mask is a class.

    Raises:
        InvalidInput: The folder of masks is missing.
    """
    labels, used, notes = LabelMap(), set(), []
    for name in tree:
        read = _reader(name)
        if read is not None and not labels.by_value:
            labels = _read(tree, name, read)
            used.add(name)
            notes = [*_no_class(name, labels), *named_alike(name, labels.by_value.items())]
    reading = paired_masks(tree, request, Naming(partial(_name, labels), request.split_parts))
    reading.used |= used
    reading.notes += notes
    reading.categories = labels.names
    return reading


def _no_class(name: str, labels: LabelMap) -> list[Skipped]:
    """Say of a list without classes that it has none: else they would be called by their values silently."""
    why = f"{name} names no class that can be read"
    return [] if labels.by_value else [Skipped(name, why, kind=EntryKind.FILE)]


def _reader(name: str) -> Callable[[str], LabelMap] | None:
    return _LISTS.get(PurePosixPath(name).name.casefold())


def _read(tree: FileTree, name: str, read: Callable[[str], LabelMap]) -> LabelMap:
    try:
        return read(read_text(tree.path(name).read_bytes(), name=name))
    except OSError as error:
        raise InvalidInput(f"{name} cannot be read: {error.strerror or error}") from error


def _name(labels: LabelMap, _mask: str, one: MaskObject) -> str:
    """Return the class of an object: by its colour, or by its value."""
    if one.colour is not None and one.colour in labels.by_colour:
        return labels.by_colour[one.colour]
    # A mask of colours alone has no values that a list could number.
    found = labels.by_value.get(one.value) if one.name.startswith("value") else None
    return found or one.name.split(",")[0].replace("value", "class").replace("colour", "class")


def _of_lines(text: str) -> LabelMap:
    """Read a class a line: the first one is value 0 where it is the background, and value 1 otherwise."""
    names = [line.strip() for line in text.splitlines() if line.strip()]
    first = 0 if names and names[0].casefold() in BACKGROUND else 1
    return LabelMap(dict(enumerate(names, start=first)))


def _of_csv(text: str) -> LabelMap:
    """Read ``name,r,g,b`` a line, as ``class_dict.csv`` has it."""
    by_value, by_colour = {}, {}
    lines = text.splitlines()
    between = ";" if lines and "," not in lines[0] else ","  # as spreadsheets of some countries write it
    for value, row in enumerate(list(csv.reader(lines, delimiter=between))[1:]):
        if len(row) >= 4 and all(part.strip().isdecimal() for part in row[1:4]):
            red, green, blue = (int(part) for part in row[1:4])
            by_colour[red, green, blue] = row[0].strip()
            by_value[value] = row[0].strip()
    return LabelMap(by_value, by_colour)


_LISTS: dict[str, Callable[[str], LabelMap]] = {
    "labelmap.txt": label_map_of,
    "classes.txt": _of_lines,
    "class_names.txt": _of_lines,
    "class_dict.csv": _of_csv,
}

SEMANTIC = ImportFormat(
    name="semantic",
    label="masks of classes",
    description="masks whose values are classes, and a list of the classes",
    recognise=recognise_semantic,
    read=read_semantic,
)
