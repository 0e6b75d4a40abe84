"""What the history of an object calls the files that it was imported from."""

from __future__ import annotations

from pathlib import PurePath

from samstudio.services.dataset_io.imports.reading import Reading
from samstudio.services.dataset_io.imports.source.file_tree import FileTree


def source_name(tree: FileTree, reading: Reading) -> str:
    """Return the name of the one annotation file, else of the folder or file that was brought in.

    Without the folders above it: they say how a person's disk is ordered.
    """
    names = list(reading.used) if len(reading.used) == 1 else tree.title.split(", ")
    bare = ", ".join(PurePath(name).name for name in names)
    return "".join(one if one.isprintable() else " " for one in bare).strip() or "files"
