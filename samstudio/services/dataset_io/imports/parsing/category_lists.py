"""The table beside masks that names each value's category: ``labels.csv`` of the masks' export."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from samstudio.domain import InvalidInput
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from samstudio.services.dataset_io.imports.source.json_files import read_text

COLUMNS = b"mask,value,category"


@dataclass(frozen=True)
class ValueCategories:
    """The categories of a table: ``source``, its name, and ``of_masks``, by a mask's name and a value."""

    source: str = ""
    of_masks: Mapping[tuple[str, int], str] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """The categories in the order of the table."""
        return list(dict.fromkeys(name for name in self.of_masks.values() if name))


def categories_of_masks(tree: FileTree) -> ValueCategories | None:
    """Return the first CSV file of the tree that has such a table."""
    for name in tree.with_suffix(".csv"):
        if not tree.head(name, 256).removeprefix(b"\xef\xbb\xbf").lower().startswith(COLUMNS):
            continue
        try:
            text = read_text(tree.path(name).read_bytes(), name=name)
        except (InvalidInput, OSError):
            continue  # it stays a file that is not read
        rows = [
            row for row in list(csv.reader(text.splitlines()))[1:] if len(row) == 3 and row[1].isdecimal()
        ]
        return ValueCategories(name, {(mask, int(value)): category for mask, value, category in rows})
    return None


def mask_key(name: str) -> str:
    """Return a mask's name as a table has it: without its folders."""
    return PurePosixPath(name).name
