"""The table beside masks that names each value's category: ``labels.csv`` of the masks' export."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from samstudio.domain import InvalidInput
from samstudio.services.dataset_io.imports.reading import EntryKind, Skipped
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from samstudio.services.dataset_io.imports.source.json_files import read_text

COLUMNS = b"mask,value,category"

MOST_LINES = 10
"""Lines that a sentence gives."""


@dataclass(frozen=True)
class ValueCategories:
    """The categories of a table.

    ``source``: its name. ``of_masks``: by a mask's name, with or without folders, and a value.
    ``notes``: what is to be said of its rows.
    """

    source: str = ""
    of_masks: Mapping[tuple[str, int], str] = field(default_factory=dict)
    notes: Sequence[Skipped] = ()

    @property
    def names(self) -> list[str]:
        """The categories in the order of the table."""
        return list(dict.fromkeys(name for name in self.of_masks.values() if name))

    def category(self, mask: str, value: int) -> str:
        """Return the category of a mask's value, by as much of its path as the table has; else empty."""
        found = (self.of_masks.get((name, value), "") for name in _endings(mask))
        return next(filter(None, found), "")


def categories_of_masks(tree: FileTree) -> ValueCategories | None:
    """Return the first CSV file of the tree that has such a table."""
    for name in tree.with_suffix(".csv"):
        if not tree.head(name, 256).removeprefix(b"\xef\xbb\xbf").lower().startswith(COLUMNS):
            continue
        try:
            text = read_text(tree.path(name).read_bytes(), name=name)
        except (InvalidInput, OSError):
            continue  # it stays a file that is not read
        return _of_rows(name, list(csv.reader(text.splitlines())), tree)
    return None


def _of_rows(name: str, rows: Sequence[list[str]], tree: FileTree) -> ValueCategories:
    masks = {ending for file in tree for ending in _endings(file)}
    usable: dict[tuple[str, int], str] = {}
    left: list[int] = []
    for line, row in enumerate(rows[1:], start=2):
        whole = len(row) == 3 and row[1].isdecimal() and bool(row[2].strip())
        if whole:
            usable[row[0], int(row[1])] = row[2]
        if row and not (whole and row[0] in masks):
            left.append(line)
    lines = ", ".join(map(str, left[:MOST_LINES])) + (" …" if len(left) > MOST_LINES else "")
    why = f"{name} has lines that name no mask of the source with a value and a category: {lines}"
    notes = [Skipped(name, why, kind=EntryKind.FILE)] if left else []
    return ValueCategories(name, usable, notes)


def _endings(name: str) -> list[str]:
    """Return a name with all its folders, with fewer and fewer, and alone."""
    parts = name.split("/")
    return ["/".join(parts[start:]) for start in range(len(parts))]
